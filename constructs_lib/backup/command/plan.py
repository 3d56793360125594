"""What a restore will do, before anything is done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from rich.console import Console
from rich.markup import escape
from table_restore.losses import Loss, as_restored, losses, wanted
from table_restore.restoring import FromBackup, Overrides
from table_restore.settings import TableSettings

from constructs_lib.backup.command.origins import Choice
from constructs_lib.backup.command.texts import length, size, stamp
from constructs_lib.backup.command.verdicts import Verdict

__all__ = ["Applying", "Plan", "plan_of", "print_plan"]

_RESTORE_PRICE: Final = 0.15
"""Dollars a GB that is restored, in us-east-1. https://aws.amazon.com/dynamodb/pricing/on-demand/"""
_GB: Final = 2**30
_TTL_WARNING: Final = (
    "Time to live is applied last: items that expired since are deleted then, typically within days. "
    "Give --no-ttl to keep them."
)


@dataclass(frozen=True, kw_only=True)
class Applying:
    """What of the losses is applied again.

    Attributes:
        nothing: whether none of them is.
        ttl: whether time to live is.
    """

    nothing: bool
    ttl: bool

    def sort(self, lost: Sequence[Loss]) -> tuple[tuple[Loss, ...], tuple[Loss, ...]]:
        """What is applied, and what remains for people."""
        marked = [self._marked(each) for each in lost]
        return (
            tuple(each for each in marked if not each.by_hand),
            tuple(each for each in marked if each.by_hand),
        )

    def _marked(self, loss: Loss) -> Loss:
        if loss.by_hand:
            return loss
        if self.nothing:
            return replace(loss, by_hand="Left out by --no-reapply.")
        if loss.setting == "ttl" and not self.ttl:
            return replace(loss, by_hand="Left out by --no-ttl. Switch it on once you have what expired.")
        return loss


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a restore will do.

    Attributes:
        choice: what is restored.
        target: the new table's name.
        overrides: in what it will differ.
        applying: what is applied again.
        again: what is lost and applied again.
        by_hand: what is lost and remains for people.
        tested: the newest restore test of the table; None for none.
    """

    choice: Choice
    target: str
    overrides: Overrides
    applying: Applying
    again: tuple[Loss, ...]
    by_hand: tuple[Loss, ...]
    tested: Verdict | None = None

    @property
    def wanted(self) -> TableSettings:
        """What the table should be like in the end."""
        return wanted(self.choice.source, self.overrides)

    @property
    def price(self) -> float:
        """Dollars for the restore, by its last known size and the list price of us-east-1."""
        return self.choice.size / _GB * _RESTORE_PRICE

    def to_json(self) -> dict[str, Any]:
        """The plan in the document of ``--json``."""
        origin = self.choice.origin
        return {
            "source": self.choice.source.arn,
            "target": self.target,
            **({"backup": origin.backup} if isinstance(origin, FromBackup) else {}),
            "moment": stamp(self.choice.moment),
            "items": self.choice.items,
            "size": self.choice.size,
            "dollars": round(self.price, 2),
            "unknown": dict(self.choice.source.unknown),
        }


def plan_of(
    choice: Choice,
    target: str,
    *,
    overrides: Overrides,
    applying: Applying,
    restored: TableSettings | None,
    tested: Verdict | None,
) -> Plan:
    """The plan.

    Args:
        choice: what is restored.
        target: the new table's name.
        overrides: in what it will differ.
        applying: what is applied again.
        restored: what the new table is like already; None as long as that is known from the documentation only.
        tested: the newest restore test of the table.
    """
    if restored is None:
        arn = f"{choice.source.arn.rpartition('/')[0]}/{target}"
        restored = as_restored(choice.source, overrides, arn)
    again, by_hand = applying.sort(losses(wanted(choice.source, overrides), restored))
    return Plan(
        choice=choice,
        target=target,
        overrides=overrides,
        applying=applying,
        again=again,
        by_hand=by_hand,
        tested=tested,
    )


def print_plan(console: Console, plan: Plan) -> None:
    """Say all of it."""
    choice, origin = plan.choice, plan.choice.origin
    moment = stamp(choice.moment)
    rows: Mapping[str, str] = {
        "table": choice.source.arn,
        "as of": f"{moment}, backup {origin.backup}" if isinstance(origin, FromBackup) else moment,
        "to": f"{plan.target}, a new table{': begun before, goes on' if choice.begun else ''}",
        "holds": f"about {choice.items:,} items, {size(choice.size)} (DynamoDB counts every six hours)",
        "costs": f"about {plan.price:,.2f} dollars to restore (us-east-1), then the table's storage",
        "takes": _time(plan.tested),
    }
    for name, text in rows.items():
        console.print(f"[bold]{name:<7}[/]{escape(text)}", soft_wrap=True)
    _print_losses(console, "Lost by a restore, and applied again:", plan.again)
    _print_losses(console, "Lost, and left to you:", plan.by_hand)
    for why in dict.fromkeys(choice.source.unknown.values()):
        settings = ", ".join(name for name, each in choice.source.unknown.items() if each == why)
        console.print(f"[yellow]Not known:[/] {settings} ({escape(why)})", soft_wrap=True)
    if any(each.setting == "ttl" for each in plan.again):
        console.print(f"[yellow]{_TTL_WARNING}[/]", soft_wrap=True)


def _time(tested: Verdict | None) -> str:
    if tested is None or tested.restore_seconds is None:
        return "usually less than an hour, and at least some 20 minutes to a moment; no restore test has measured it"
    return (
        f"about {length(tested.restore_seconds)}, as the restore test measured that ended {tested.finished}"
    )


def _print_losses(console: Console, title: str, lost: Sequence[Loss]) -> None:
    if lost:
        console.print(f"[bold]{title}[/]")
    for each in lost:
        by_hand = f". {each.by_hand}" if each.by_hand else ""
        console.print(f"  - {escape(each.what)}{escape(by_hand)}", soft_wrap=True)
