"""Messages by what they failed with and what they were for, as a table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from constructs_lib.dead_letters.command.seen import Seen
from constructs_lib.dead_letters.command.texts import length, shortened

__all__ = ["Group", "grouped", "print_groups"]

_AGES: Final = (("last hour", 3_600.0), ("last day", 86_400.0), ("older", float("inf")))
"""The columns of ages, and up to how many seconds each reaches."""


@dataclass(kw_only=True)
class Group:
    """The messages of one error and function.

    Attributes:
        error_type: what they failed with.
        function: what they were for.
        count: how many there are.
        ages: how many failed in each of the times of the columns.
        oldest: the largest age, in seconds.
        newest: the smallest one.
        samples: some of them.
    """

    error_type: str
    function: str
    count: int = 0
    ages: list[int] = field(default_factory=lambda: [0] * len(_AGES))
    oldest: float = 0.0
    newest: float = float("inf")
    samples: list[Seen] = field(default_factory=list)

    def add(self, seen: Seen, now: float, samples: int) -> None:
        """Count `seen`, and keep it if there are fewer samples yet."""
        age = max(0.0, now - seen.failed_at)
        self.count += 1
        self.ages[next(place for place, (_, limit) in enumerate(_AGES) if age < limit)] += 1
        self.oldest, self.newest = max(self.oldest, age), min(self.newest, age)
        if len(self.samples) < samples:
            self.samples.append(seen)

    def to_json(self, now: float) -> dict[str, Any]:
        """For the document of ``--json``."""
        return {
            "error_type": self.error_type,
            "function": self.function or None,
            "messages": self.count,
            "by_age": {name.replace(" ", "_"): self.ages[place] for place, (name, _) in enumerate(_AGES)},
            "oldest_seconds": round(self.oldest),
            "newest_seconds": round(self.newest),
            "samples": [each.to_json(now) for each in self.samples],
        }


def grouped(messages: Iterable[Seen], now: float, samples: int) -> list[Group]:
    """The groups of `messages`, the largest first, each with so many samples at most."""
    groups: dict[tuple[str, str], Group] = {}
    for seen in messages:
        key = (seen.error_type, seen.function)
        group = groups.setdefault(key, Group(error_type=seen.error_type, function=seen.function))
        group.add(seen, now, samples)
    return sorted(groups.values(), key=lambda each: (-each.count, each.error_type, each.function))


def print_groups(console: Console, groups: Sequence[Group], now: float, *, origin: str) -> None:
    """Say how many there are of each; `origin` heads the column that says what they were for."""
    table = Table(box=SIMPLE, header_style="bold")
    for name in ("error", origin):
        table.add_column(name, overflow="fold")
    for name in ("messages", *(name for name, _ in _AGES), "oldest"):
        table.add_column(name, justify="right")
    for each in groups:
        table.add_row(
            escape(each.error_type),
            escape(each.function.partition(":function:")[2] or each.function or "-"),
            f"{each.count:,}",
            *(f"{count:,}" if count else "-" for count in each.ages),
            length(each.oldest),
        )
    console.print(table)
    for each in groups:
        for sample in each.samples:
            _print_sample(console, sample, now)


def _print_sample(console: Console, sample: Seen, now: float) -> None:
    tried = "" if sample.attempts is None else f", re-driven {sample.attempts} times"
    console.print(
        f"[bold]{escape(sample.error_type)}[/] {sample.letter.message_id}, {length(max(0.0, now - sample.failed_at))} "
        f"ago{tried}",
        soft_wrap=True,
    )
    for text in (sample.message, sample.event or sample.letter.body):
        if text:
            console.print(f"  {escape(shortened(text))}", soft_wrap=True)
