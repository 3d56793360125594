"""What the replicas of global tables have still to tell each other, and which writes lost against a later one.

The server says it as JSON, `LocalCloud.replication` gives it as these values.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

Item = Mapping[str, Any]
"""An item or a key as DynamoDB's API has it, e.g. `{"id": {"S": "1"}}`."""


@dataclass(frozen=True, kw_only=True)
class UnderWay:
    """Writes of a table that one Region has not got yet.

    Attributes:
        table: the name of the table.
        source: the Region that they were made in; None for a strongly consistent table, whose replicas take what
            they lack from whichever Region has it.
        target: the Region that they will arrive in.
        writes: how many there are.
    """

    table: str
    source: str | None
    target: str
    writes: int


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """Two writes of one item, of which neither Region knew the other's: the later one was kept.

    Attributes:
        table: the name of the table.
        key: the primary key of the item.
        kept: the Region of the later write.
        discarded: the Region of the earlier one, where it was the current one until the later one arrived.
        kept_item: what the later write left; None if it deleted the item.
        discarded_item: what the earlier write had left; None if it had deleted the item.
        kept_at: when the later write was made, in seconds since 1970.
        discarded_at: when the earlier write was made, likewise.
    """

    table: str
    key: Item
    kept: str
    discarded: str
    kept_item: Item | None
    discarded_item: Item | None
    kept_at: float
    discarded_at: float


@dataclass(frozen=True, kw_only=True)
class Replication:
    """The state of replication over all global tables.

    Attributes:
        pending: how many arrivals of writes are still to come.
        under_way: the same by table and pair of Regions.
        conflicts: what was reconciled since the cloud was started, in the order in which it was.
    """

    pending: int
    under_way: tuple[UnderWay, ...]
    conflicts: tuple[Conflict, ...]

    @classmethod
    def of(cls, under_way: tuple[UnderWay, ...], conflicts: tuple[Conflict, ...]) -> Self:
        return cls(pending=sum(each.writes for each in under_way), under_way=under_way, conflicts=conflicts)

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Self:
        """What the server said; `dataclasses.asdict` is the way there."""
        return cls.of(
            tuple(UnderWay(**each) for each in said["under_way"]),
            tuple(Conflict(**each) for each in said["conflicts"]),
        )
