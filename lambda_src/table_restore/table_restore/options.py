"""How restores are tested, as the construct writes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Self

__all__ = ["Options", "Unchanged"]


@dataclass(frozen=True, kw_only=True)
class Unchanged:
    """Items of the live table that were not written since the backup have to be equal.

    Attributes:
        attribute: says when an item was last written.
        margin: by how many seconds it has to be older than the backup.
    """

    attribute: str
    margin: float


@dataclass(frozen=True, kw_only=True)
class Options:
    """How restores are tested.

    Attributes:
        schedule: the name of the restore test, a dimension of the metrics.
        ledger: the table that remembers what was tested.
        namespace: the namespace of the metrics.
        prefix: what the names of temporary tables start with, and of no other table.
        view: whether items are compared with a point-in-time view: not at all, where it is possible, or in any case.
        margin: how many seconds around the time of a backup its items may be from.
        unchanged: comparisons with the live table.
        samples: how many items are compared, of each side.
        count_up_to: up to how many items are counted.
        count_within: by how many percent a count may differ from one that is approximate.
        verifier: whether a function of the user's is asked as well.
        timeout: after how many seconds a test has failed.
    """

    schedule: str
    ledger: str
    namespace: str
    prefix: str
    view: Literal["never", "possible", "required"] = "possible"
    margin: float = 60.0
    unchanged: Sequence[Unchanged] = field(default_factory=tuple)
    samples: int = 1_000
    count_up_to: int = 100_000
    count_within: float = 10.0
    verifier: bool = False
    timeout: float = 43_200.0

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Self:
        """The options as the construct writes them."""
        return cls(**{**given, "unchanged": tuple(Unchanged(**each) for each in given.get("unchanged", ()))})
