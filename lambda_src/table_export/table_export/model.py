"""What is exported, and what the ledger remembers of a table."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, Self

__all__ = [
    "LONGEST",
    "SHORTEST",
    "Export",
    "Kind",
    "Settings",
    "State",
    "moment_of",
    "name_of",
    "stamp",
    "token_of",
]

SHORTEST: Final = 15 * 60
LONGEST: Final = 24 * 3_600
"""Seconds of a window of an incremental export.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport_Requesting.html
"""
_STAMP: Final = "%Y%m%dT%H%M%SZ"


class Kind(StrEnum):
    """What an export holds, by DynamoDB's names."""

    FULL = "FULL_EXPORT"
    """The table as it was at one moment."""
    INCREMENTAL = "INCREMENTAL_EXPORT"
    """What changed in a window of time."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How tables are exported.

    Attributes:
        name: the dimension of the metrics.
        ledger: the table that remembers.
        namespace: the namespace of the metrics.
        bucket: where exports go.
        owner: the account that owns the bucket.
        prefix: what all keys start with; empty for nothing.
        key: the ARN of the KMS key; empty for the keys of S3.
        incremental: whether there are windows, or full exports alone.
        expire_days: after how many days the bucket deletes; 0 for never.
        shortest: seconds of the shortest window.
        longest: seconds of the longest.
        pause: seconds until an export that failed is made again for the first time.
    """

    name: str
    ledger: str
    namespace: str
    bucket: str
    owner: str
    prefix: str
    key: str = ""
    incremental: bool = True
    expire_days: int = 0
    shortest: int = SHORTEST
    longest: int = LONGEST
    pause: float = 60.0

    def root(self, table: str) -> str:
        """What the keys of `table` start with, without a slash at its end."""
        return f"{self.prefix}/{name_of(table)}" if self.prefix else name_of(table)


@dataclass(frozen=True, kw_only=True)
class Export:
    """An export that is to be made, or under way. Times are in seconds.

    Attributes:
        kind: full or incremental.
        chain: the chain it belongs to.
        base: whether that chain begins with it.
        start: from when it exports changes; of a full export its moment.
        end: until when, exclusively; of a full export its moment.
        token: makes a second request harmless.
        asked: from when on it may have been requested by this token.
        attempt: how many exports of this have been tried, with this one.
        arn: the export; empty until it is known.
    """

    kind: Kind
    chain: str
    base: bool = False
    start: int
    end: int
    token: str
    asked: float
    attempt: int = 1
    arn: str = ""


@dataclass(frozen=True, kw_only=True)
class State:
    """What is known of one table. Times are in seconds of the ledger's clock.

    Attributes:
        table: its ARN.
        version: how often this was written.
        seen: since when it is looked at.
        destination: where its exports go.
        serial: how many tokens were made.
        chain: the chain that is going on; empty until its full export is complete.
        end: until when the chain has everything.
        reached: the newest moment that can be reconstructed, of whatever chain.
        wanted: until when windows are wanted.
        full_asked: the newest time for which a full export was asked for.
        full_at: the moment of the full export that comes next; 0 for none.
        full_of: the moment of the newest full export of the chain.
        pins: moments at which windows have to end, since a full export is of that moment.
        last: the key of the newest manifest of the chain.
        last_md5: its checksum.
        full: the full export that is under way.
        window: the incremental export that is under way.
    """

    table: str
    version: int = 0
    seen: float = 0.0
    destination: str = ""
    serial: int = 0
    chain: str = ""
    end: int = 0
    reached: int = 0
    wanted: int = 0
    full_asked: int = 0
    full_at: int = 0
    full_of: int = 0
    pins: tuple[int, ...] = ()
    last: str = ""
    last_md5: str = ""
    full: Export | None = None
    window: Export | None = None

    def under_way(self, kind: Kind) -> Export | None:
        """The export of `kind` that is under way."""
        return self.full if kind is Kind.FULL else self.window

    def with_under_way(self, kind: Kind, export: Export | None) -> Self:
        """The same with `export` under way, or with none of `kind`."""
        return replace(self, full=export) if kind is Kind.FULL else replace(self, window=export)

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Self:
        """What `to_json` gave."""
        exports = {
            lane: Export(**{**given[lane], "kind": Kind(given[lane]["kind"])}) if given[lane] else None
            for lane in ("full", "window")
        }
        return cls(**{**given, "pins": tuple(given["pins"]), **exports})


def token_of(state: State, kind: Kind, start: int, end: int) -> str:
    """The token of the next export: the same whoever makes it from the same `state`."""
    parts = (state.table, state.destination, state.serial, kind, start, end)
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:36]


def moment_of(text: str) -> int:
    """The ISO time `text` in whole seconds.

    Raises:
        ValueError: it is no time, or says nothing of a time zone.
    """
    when = datetime.fromisoformat(text)
    if when.tzinfo is None:
        raise ValueError(f"The scheduled time {text!r} has no time zone.")
    return int(when.timestamp())


def stamp(moment: float) -> str:
    """A moment for keys, so that texts are in the order of their times."""
    return datetime.fromtimestamp(moment, UTC).strftime(_STAMP)


def name_of(table: str) -> str:
    """The name of the table with the ARN `table`."""
    return table.rpartition(":table/")[2]
