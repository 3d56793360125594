"""What is backed up, and what the ledger remembers of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, Self

from table_backup.retention import Policy

__all__ = ["DAY", "LIVE", "Entry", "Settings", "State", "name_of", "stamp"]

DAY: Final = 86_400.0
_STAMP: Final = "%Y-%m-%dT%H:%M:%SZ"


class State(StrEnum):
    """Where the backup of one table and scheduled time stands."""

    CLAIMED = "CLAIMED"
    """An invocation has said that it makes it; whether there is one is not known."""
    MADE = "MADE"
    """DynamoDB has taken the request."""
    GOOD = "GOOD"
    """It has been seen to be available."""
    DELETED = "DELETED"
    """It is not there any more: retention deleted it, or somebody else did."""


LIVE: Final = (State.MADE, State.GOOD)
"""The states in which there is a backup."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How tables are backed up.

    Attributes:
        schedule: the name of the schedule, a dimension of the metrics.
        ledger: the table that remembers what was made.
        namespace: the namespace of the metrics.
        prefix: what the names of backups start with.
        retention: what is kept.
    """

    schedule: str
    ledger: str
    namespace: str
    prefix: str
    retention: Policy

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Self:
        """The settings as the construct writes them."""
        return cls(**{**given, "retention": Policy(**given["retention"])})


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What the ledger says of one table and scheduled time. Times are in seconds of the ledger's clock.

    Attributes:
        table: the table's ARN.
        scheduled: for when the backup was due, as `stamp` writes it.
        state: where it stands.
        name: what the backup is called. Part of it is random, so that no other backup is called so.
        claim: the invocation that makes it.
        claimed_at: when the first claim was made; the backup is not older.
        leased_until: until when nobody else makes it.
        arn: the backup; empty until it is known.
        created: when DynamoDB says that it was requested.
        size: its bytes.
    """

    table: str
    scheduled: str
    state: State
    name: str
    claim: str
    claimed_at: float
    leased_until: float = 0.0
    arn: str = ""
    created: float = 0.0
    size: int = 0

    @property
    def due(self) -> datetime:
        """`scheduled` as a time."""
        return datetime.strptime(self.scheduled, _STAMP).replace(tzinfo=UTC)


def stamp(text: str) -> str:
    """The ISO time `text` in UTC, so that texts are in the order of their times.

    Raises:
        ValueError: it is no time, or says nothing of a time zone.
    """
    when = datetime.fromisoformat(text)
    if when.tzinfo is None:
        raise ValueError(f"The scheduled time {text!r} has no time zone.")
    return when.astimezone(UTC).strftime(_STAMP)


def name_of(table: str) -> str:
    """The name of the table with the ARN `table`."""
    return table.rpartition(":table/")[2]
