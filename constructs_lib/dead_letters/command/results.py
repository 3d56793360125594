"""What a re-drive did so far: a progress bar meanwhile, a table in the end."""

from collections import Counter
from typing import Any, Final, Self

from redrive.model import Action, Outcome, Report, Route
from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from constructs_lib.dead_letters.command.queues import Known
from constructs_lib.dead_letters.command.texts import counted, shortened

__all__ = ["Results", "print_results"]

_UNFINISHED: Final = (Outcome.FAILED, Outcome.PARKED, Outcome.POSTPONED)
_EVERY: Final = 1_000
"""Messages from one line to the next where nobody looks at a terminal."""
_REASONS: Final = 10


class Results:
    """Collects what becomes of each message.

    Attributes:
        route: how it is re-driven.
        report: what the run says of itself in the end.
        unparking: whether messages go back from the parking queue, so that each says where to.
        outcomes: how many messages of which error had which outcome.
        reasons: how many had which outcome for which reason.
    """

    def __init__(self, console: Console, known: Known, route: Route, there: int) -> None:
        """Collect for the queue `known`, in which about `there` messages are."""
        self.route = route
        self.report = Report(queue=known.name, dry_run=route.dry_run)
        self.unparking = known.is_parking
        self.outcomes: Counter[tuple[str, Outcome]] = Counter()
        self.reasons: Counter[tuple[Outcome, str]] = Counter()
        self._console = console
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task(f"Re-driving {known.name}", total=there)

    def __enter__(self) -> Self:
        """Show the bar."""
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Remove it."""
        self._bar.stop()

    def __call__(self, action: Action) -> None:
        """Take what became of one message."""
        self.outcomes[action.error_type, action.outcome] += 1
        if action.reason:
            self.reasons[action.outcome, action.reason] += 1
        self._bar.advance(self._task)
        if not self._console.is_terminal and self.seen % _EVERY == 0:
            self._console.print(f"{counted(self.seen)} so far", soft_wrap=True)

    @property
    def seen(self) -> int:
        """How many messages something became of."""
        return self.outcomes.total()

    @property
    def complete(self) -> bool:
        """Whether all that the filters let pass has gone where it should; in a dry run, whether all was seen."""
        unfinished = any(outcome in _UNFINISHED for _, outcome in self.outcomes)
        return not self.report.stopped and (self.route.dry_run or not unfinished)

    def to_json(self) -> dict[str, Any]:
        """The document of ``--json``."""
        return {
            **self.report.to_json(),
            "by_error": [
                {"error_type": error, "outcome": str(outcome), "messages": count}
                for (error, outcome), count in sorted(self.outcomes.items())
            ],
            "reasons": [
                {"outcome": str(outcome), "reason": reason, "messages": count}
                for (outcome, reason), count in self.reasons.most_common()
            ],
        }


def print_results(console: Console, results: Results) -> None:
    """Say what became of the messages, by error; and why, where it is not what somebody wants."""
    outcomes = [each for each in Outcome if any(outcome is each for _, outcome in results.outcomes)]
    table = Table("error", *map(str, outcomes), box=SIMPLE, header_style="bold")
    for column in table.columns[1:]:
        column.justify = "right"
    for error in sorted({error for error, _ in results.outcomes}):
        counts = (results.outcomes[error, each] for each in outcomes)
        table.add_row(escape(error), *(f"{count:,}" if count else "-" for count in counts))
    if outcomes:
        console.print(table)
    report = results.report
    would = "would be " if report.dry_run else ""
    for (outcome, reason), count in results.reasons.most_common(_REASONS):
        if outcome is not Outcome.REDRIVEN or results.unparking:
            console.print(f"{counted(count)} {would}{outcome}: {escape(shortened(reason))}", soft_wrap=True)
    if report.dry_run:
        console.print("Nothing was changed.")
    if report.moving:
        console.print(
            f"SQS moves {counted(report.moving)} back, {results.route.rate_per_second} a second.",
            soft_wrap=True,
        )
    if report.stopped:
        console.print(f"[yellow]Not all was looked at:[/] {escape(report.stopped)}.", soft_wrap=True)
    console.print(f"About {counted(report.remaining)} left in {report.queue}.", soft_wrap=True)
