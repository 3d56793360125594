"""What is told of a test."""

from datetime import UTC, datetime
from typing import Any, Final

from table_restore.ledger import Entry

__all__ = ["REMEMBERED", "iso", "more", "report_of", "stamp"]

REMEMBERED: Final = 400 * 86_400
"""Seconds for which a test is remembered: a year and a month."""
_MOST_REASONS: Final = 10
_LONGEST_REASON: Final = 600
_MOST_LISTED: Final = 25
_LONGEST_LISTED: Final = 250
"""So that a report fits into the cause with which an execution fails: 32,768 characters.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_ExecutionFailedEventDetails.html
"""
_HIDDEN: Final = frozenset(
    {"begun", "expires", "open", "phase", "reapplying_since", "refused", "restoring_since", "shown", "source"}
)


def report_of(entry: Entry) -> dict[str, Any]:
    """What a test found, as plain data. Of long lists it has the beginning; the ledger has all."""
    told = {name: _shortened(value) for name, value in vars(entry).items() if name not in _HIDDEN}
    return {**told, "seed": entry.seed}


def _shortened(value: Any) -> Any:
    if not isinstance(value, tuple):
        return value
    if len(value) > _MOST_LISTED:
        value = (*value[: _MOST_LISTED - 1], f"and {len(value) - _MOST_LISTED + 1:,} more")
    longest = _LONGEST_REASON if len(value) <= _MOST_REASONS else _LONGEST_LISTED
    return [each[:longest] for each in value]


def stamp(text: str) -> str:
    """The ISO time `text` in UTC, so that texts are in the order of their times.

    Raises:
        ValueError: it is no time, or says nothing of a time zone.
    """
    when = datetime.fromisoformat(text)
    if when.tzinfo is None:
        raise ValueError(f"The scheduled time {text!r} has no time zone.")
    return iso(when.timestamp())


def iso(seconds: float) -> str:
    """A time for people and for sorting."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def more(entry: Entry, *reasons: str) -> tuple[str, ...]:
    """The reasons of an entry and others, no more and no longer than a report can carry."""
    short = [each[:_LONGEST_REASON] for each in reasons]
    return tuple([*entry.reasons, *(each for each in short if each not in entry.reasons)][:_MOST_REASONS])
