"""What was found, for people: outcomes, faults, and what held."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from local_cloud.chaos.ledger import Ledger
from local_cloud.chaos.results import Ran

__all__ = ["print_report", "summary"]

_MOST_BREACHES = 10


def summary(ran: Ran) -> str:
    """A run in a line."""
    faults = sum(sum(counts.values()) for counts in ran.ledger.by_fault.values())
    broken = [claim for claim in ran.ledger.claims if not claim.holds]
    said = f"{len(broken)} claims broken" if broken else f"{len(ran.ledger.claims)} claims hold"
    return (
        f"seed {ran.seed}: {ran.orders} orders, {ran.files} files, {faults} faults, "
        f"{sum(ran.seconds.values()):.0f} s: {said}"
    )


def print_report(console: Console, runs: Sequence[Ran]) -> None:
    """The ledger of all runs together, and what was broken in each."""
    console.print(_counts("What became of everything", "what", [run.ledger.outcomes for run in runs]))
    console.print(_counts("What the faults came to", "fault", [run.ledger.by_fault for run in runs]))
    if len(runs) > 1:
        console.print(_runs(runs))
    console.print(_claims(runs))
    for run in runs:
        for line in _breaches(run.seed, run.ledger):
            console.print(line, soft_wrap=True)


def _counts(title: str, first: str, given: Sequence[Mapping[str, Mapping[str, int]]]) -> Table:
    total: dict[str, dict[str, int]] = {}
    for counts in given:
        for row, cells in counts.items():
            for column, count in cells.items():
                known = total.setdefault(row, {})
                known[column] = known.get(column, 0) + count
    columns = sorted({column for cells in total.values() for column in cells})
    table = Table(title=title, title_justify="left")
    table.add_column(first, no_wrap=True)
    for column in (*columns, "all"):
        table.add_column(column, justify="right")
    for row, cells in sorted(total.items()):
        shown = [str(cells[column]) if column in cells else "" for column in columns]
        table.add_row(row, *shown, str(sum(cells.values())))
    return table


def _runs(runs: Sequence[Ran]) -> Table:
    table = Table(title="The runs", title_justify="left")
    for column in ("seed", "orders", "files", "faults", "letters", "told twice", "seconds", "claims"):
        table.add_column(column, justify="right")
    for run in runs:
        held = sum(claim.holds for claim in run.ledger.claims)
        table.add_row(
            str(run.seed),
            str(run.orders),
            str(run.files),
            str(sum(sum(counts.values()) for counts in run.ledger.by_fault.values())),
            str(sum(run.queues.values())),
            str(len(run.ledger.told_twice)),
            f"{sum(run.seconds.values()):.0f}",
            f"{held} of {len(run.ledger.claims)}",
        )
    return table


def _claims(runs: Sequence[Ran]) -> Table:
    table = Table.grid(padding=(0, 1))
    for number, claim in enumerate(runs[0].ledger.claims):
        broken = [run for run in runs if not run.ledger.claims[number].holds]
        mark = "[red]✗[/]" if broken else "[green]✓[/]"
        seeds = f"seeds {', '.join(str(run.seed) for run in broken)}" if broken else ""
        table.add_row(mark, escape(claim.text), seeds)
    return table


def _breaches(seed: int, ledger: Ledger) -> Iterator[str]:
    for claim in ledger.claims:
        for subject, said in islice(claim.breaches, _MOST_BREACHES):
            yield f"[red]seed {seed}:[/] {escape(claim.text)}: [bold]{escape(subject)}[/] {escape(said)}"
            for fault in ledger.history(subject):
                yield f"  [dim]{fault.time:.2f} {fault.handler} {fault.kind}, attempt {fault.attempt}[/]"
        if (more := len(claim.breaches) - _MOST_BREACHES) > 0:
            yield f"  [dim]and {more} more[/]"
