"""What was found, for people: a line a fault, a table, and what held."""

import re
from collections.abc import Sequence

from rich.console import Console, Group
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

from local_cloud.drill.checks import Check
from local_cloud.drill.evidence import Evidence
from local_cloud.drill.results import Drilled, FaultRun
from local_cloud.drill.site import STACK
from local_cloud.replication import Conflict

__all__ = ["print_report", "short_name", "summary"]

_COLUMNS = (
    "fault",
    "failover",
    "worst case",
    "failed",
    "placed",
    "given up",
    "lost",
    "ordered twice",
    "confirmed twice",
    "told after",
    "back after",
)


_LONGEST_KEY = 36
_AROUND = re.compile(rf"^{STACK}-(?:global-)?|[0-9A-F]{{8}}-[0-9A-F]+$")


def summary(run: FaultRun) -> str:
    """What happened, in a line."""
    figures, apart = run.figures, run.divergence
    said = [
        f"served again after {_seconds(figures.failover_seconds)} (worst case {figures.worst_case:.0f} s)",
        f"{figures.failed} requests failed",
        f"{figures.signed_again} signed again",
        f"told after {_seconds(figures.told_after)}",
        f"back after {_seconds(figures.back_seconds)}",
    ]
    if apart.missing:
        said.append(f"{len(apart.missing)} orders missing from the standby meanwhile")
    return ", ".join(said)


def print_report(console: Console, drills: Sequence[Drilled]) -> None:
    """Everything at the end."""
    for drilled in drills:
        console.print(_table(drilled))
        for line in _notes(drilled):
            console.print(f"  [dim]{escape(line)}[/]", soft_wrap=True)
        console.print(_checks(drilled.checks))


def _table(drilled: Drilled) -> Table:
    order = drilled.order
    lag = "" if order.strong else f", replication lag {order.lag:g} s"
    table = Table(title=f"{order.consistency} consistency{lag}", title_justify="left")
    for column in _COLUMNS:
        first = column == "fault"
        table.add_column(column, justify="left" if first else "right", no_wrap=first)
    evidence = drilled.evidence
    for run in drilled.runs:
        figures = run.figures
        table.add_row(
            run.phases.fault,
            _seconds(figures.failover_seconds),
            f"{figures.worst_case:.0f} s",
            str(figures.failed + figures.failed_afterwards),
            str(figures.placed),
            str(figures.given_up),
            *_lost_and_twice(run.evidence),
            _seconds(figures.told_after),
            _seconds(figures.back_seconds),
        )
    if evidence:
        table.add_section()
        table.add_row(*("all", "", "", "", str(evidence.acknowledged), ""), *_lost_and_twice(evidence))
    return table


def _lost_and_twice(evidence: Evidence | None) -> Sequence[str]:
    if evidence is None:
        return ("", "", "")
    return [str(len(found)) for found in (evidence.lost, evidence.ordered_twice, evidence.confirmed_twice)]


def _notes(drilled: Drilled) -> Sequence[str]:
    notes = []
    for run in drilled.runs:
        told = [each for each in run.figures.told if each.state == "ALARM"]
        heard = ", ".join(
            f"{short_name(each.alarm)} ({each.region}{'' if each.reached else ', cut off'}) {each.after:.0f} s"
            for each in told
        )
        notes.append(f"{run.phases.fault}: told by {heard or 'nobody'}")
        if run.figures.failed_by_standby:
            notes.append(
                f"{run.phases.fault}: {run.figures.failed_by_standby} requests failed at the standby: "
                "it is too slow, or this machine is"
            )
        apart = run.divergence
        if apart.missing or apart.conflicts:
            notes.append(
                f"{run.phases.fault}: {len(apart.missing)} orders missing from the standby while cut off, "
                f"{apart.waiting} writes under way when mended, in both Regions after {_seconds(apart.caught_up)}, "
                f"{len(apart.conflicts)} conflicts"
            )
        notes += [
            f"  {short_name(each.table)} {_key(each)}: kept the write of {each.kept}, "
            f"discarded that of {each.discarded}"
            for each in apart.conflicts
        ]
    if drilled.evidence:
        found = drilled.evidence
        notes.append(
            f"confirmations: {len(drilled.resent)} kept as dead letters and sent again, "
            f"{len(found.confirmed_twice)} sent twice"
        )
    return notes


def _key(conflict: Conflict) -> str:
    """The key of an item, cut short."""
    shown = " ".join(str(value) for typed in conflict.key.values() for value in typed.values())
    return shown if len(shown) <= _LONGEST_KEY else f"{shown[:_LONGEST_KEY]}..."


def short_name(name: str) -> str:
    """Where something is in the app, by its physical name without the stack and what CloudFormation adds."""
    return _AROUND.sub("", name)


def _checks(checks: Sequence[Check]) -> Panel:
    grid = Table.grid(padding=(0, 1))
    for check in checks:
        mark = "[green]✓[/]" if check.held else "[bold red]✗[/]"
        grid.add_row(mark, escape(check.claim), f"[dim]{escape(check.detail)}[/]")
    held = all(check.held for check in checks)
    return Panel(Group(grid), title="Held" if held else "Did not hold", title_align="left", expand=False)


def _seconds(value: float | None) -> str:
    return "never" if value is None else f"{value:.1f} s"
