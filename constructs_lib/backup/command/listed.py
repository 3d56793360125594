"""What there is to restore from, for people: as a table where it fits, and one below the other where it does not."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from constructs_lib.backup.command.found import Found
from constructs_lib.backup.command.texts import length, size, stamp
from constructs_lib.backup.command.verdicts import Verdict

__all__ = ["Listed", "print_listed"]

_COLUMNS: Final = ("table", "source", "made", "age", "size", "status", "verified", "name", "id")
_ANY_WIDTH: Final = 10_000


@dataclass(frozen=True, kw_only=True)
class Listed:
    """What was found, and what could not be looked at.

    Attributes:
        found: what there is.
        verified: the newest verdicts, by the ARN of the backup.
        notes: what could not be looked at, and why.
    """

    found: list[Found]
    verified: dict[str, Verdict]
    notes: list[str]


def print_listed(console: Console, listed: Listed, now: datetime) -> None:
    """Say all of it. Ids are never broken, so that they can be copied."""
    rows = [_row(each, listed.verified.get(each.arn), now) for each in listed.found]
    table = Table(*_COLUMNS, box=SIMPLE, header_style="bold")
    for row in rows:
        table.add_row(*row)
    if not rows:
        console.print("There is nothing to restore from.")
    elif (
        console.measure(table, options=console.options.update(max_width=_ANY_WIDTH)).maximum <= console.width
    ):
        console.print(table)
    else:
        for row in rows:
            _print_lines(console, row)
    for line in _failures(listed):
        console.print(line, soft_wrap=True)
    for note in listed.notes:
        console.print(f"[yellow]Not looked at:[/] {escape(note)}", soft_wrap=True)


def _row(found: Found, verdict: Verdict | None, now: datetime) -> tuple[str, ...]:
    """The cells of `_COLUMNS`."""
    continuous = found.source == "PITR"
    made = stamp(found.created)
    return (
        found.table,
        found.source,
        f"{made}\nto {stamp(found.until)}" if continuous else made,
        length((now - found.until).total_seconds()),
        size(found.size),
        found.status,
        _verified(verdict),
        escape(found.name),
        "--at TIME" if continuous else found.id,
    )


def _print_lines(console: Console, row: tuple[str, ...]) -> None:
    cells = dict(zip(_COLUMNS, row, strict=True))
    console.print(f"[bold]{cells['table']}[/]  {cells['source']}  {cells['id']}", soft_wrap=True)
    for column in ("made", "age", "size", "status", "verified", "name"):
        if cells[column]:
            text = " ".join(cells[column].split("\n"))
            console.print(f"  {column:<9} {text}", soft_wrap=True)


def _verified(verdict: Verdict | None) -> str:
    if verdict is None:
        return "-"
    if not verdict.passed:
        return f"[red]failed[/]\n{verdict.finished}"
    took = "" if verdict.restore_seconds is None else f" in {length(verdict.restore_seconds)}"
    return f"[green]passed[/]{took}\n{verdict.finished}"


def _failures(listed: Listed) -> Iterator[str]:
    for each in listed.found:
        verdict = listed.verified.get(each.arn)
        if verdict is not None and not verdict.passed:
            yield f"[red]Failed:[/] {each.table} {each.id}. {escape(' '.join(verdict.reasons))}"
