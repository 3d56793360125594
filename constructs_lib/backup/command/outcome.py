"""What a restore says in the end, and how somebody goes on with it."""

import argparse
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.markup import escape
from table_restore.losses import Loss
from table_restore.restoring import FromBackup, FromMoment

from constructs_lib.backup.command.checking import Checked
from constructs_lib.backup.command.plan import Plan
from constructs_lib.backup.command.reapplying import Applied
from constructs_lib.backup.command.texts import stamp

__all__ = ["Outcome", "print_outcome", "resuming"]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a restore.

    Attributes:
        plan: what was planned.
        waited: the seconds until the table was there, from the start of the command.
        applied: what became of what is applied again.
        by_hand: what remains for people.
        checked: what ``--verify`` found; None without it.
    """

    plan: Plan
    waited: float
    applied: Sequence[Applied]
    by_hand: Sequence[Loss]
    checked: Checked | None

    @property
    def complete(self) -> bool:
        """Whether everything was applied, and what was verified is right."""
        return not any(each.problem for each in self.applied) and not (self.checked and self.checked.problems)

    def to_json(self) -> dict[str, Any]:
        """The document of ``--json``."""
        checked = self.checked
        return {
            **self.plan.to_json(),
            "waited_seconds": round(self.waited, 1),
            "applied": [each.loss.what for each in self.applied if not each.problem],
            "not_applied": [
                {"what": each.loss.what, "why": each.problem} for each in self.applied if each.problem
            ],
            "by_hand": [{"what": loss.what, "how": loss.by_hand} for loss in self.by_hand],
            "verified": checked and {"items": checked.items, "problems": list(checked.problems)},
        }


def print_outcome(console: Console, outcome: Outcome) -> None:
    """Say what was applied, what was not, and what remains."""
    plan, checked = outcome.plan, outcome.checked
    lines = [
        f"[red]Not applied:[/] {escape(each.loss.what)}. {escape(each.problem)}"
        if each.problem
        else f"[green]Applied:[/] {escape(each.loss.what)}"
        for each in outcome.applied
    ]
    if checked is not None:
        if checked.items is not None:
            lines.append(
                f"Counted {checked.items:,} items; DynamoDB last counted about {plan.choice.items:,}."
            )
        lines += [f"[red]Not right:[/] {escape(problem)}" for problem in checked.problems]
    lines += [
        f"[yellow]Left to you:[/] {escape(loss.what)}. {escape(loss.by_hand)}" for loss in outcome.by_hand
    ]
    lines.append(
        f"Look at {plan.target}, then deploy your app with it. {plan.choice.source.name} was not touched."
    )
    for line in lines:
        console.print(line, soft_wrap=True)


def resuming(arguments: argparse.Namespace, plan: Plan) -> str:
    """The command that goes on with this very restore."""
    origin = plan.choice.origin
    words = ["python", "-m", "constructs_lib.backup", "restore", "--table", arguments.table]
    match origin:
        case FromBackup():
            words += ["--backup", origin.backup]
        case FromMoment():
            words += ["--at", stamp(origin.moment)]
    words += ["--to", arguments.to]
    for option in ("region", "profile", "billing_mode", "read_units", "write_units", "kms_key"):
        if value := getattr(arguments, option):
            words += [f"--{option.replace('_', '-')}", str(value)]
    for flag in ("without_indexes", "no_reapply", "no_ttl", "verify", "json", "yes"):
        if getattr(arguments, flag):
            words.append(f"--{flag.replace('_', '-')}")
    return shlex.join(words)
