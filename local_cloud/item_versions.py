"""Versions of items in the replicas of a global table: which of two writes is later, and did it know the other.

"Last writer wins": https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

from local_cloud.replication import Item


@dataclass(frozen=True, kw_only=True)
class Version:
    """Where and when an item was last written.

    Attributes:
        moment: when, in seconds since 1970; no two writes have the same.
        region: where.
        seen: the moment of the latest write by Region that was there, or had been, when this one was made.
    """

    moment: float
    region: str
    seen: Mapping[str, float]

    @classmethod
    def made(cls, moment: float, region: str, before: Self | None) -> Self:
        """The version of a write that is made where another version is."""
        return cls(moment=moment, region=region, seen={**(before.seen if before else {}), region: moment})

    def is_later_than(self, other: Self | None) -> bool:
        return other is None or self.moment > other.moment

    def knows(self, other: Self) -> bool:
        """Whether the other write was there, or had been, when this one was made."""
        return other.moment <= self.seen.get(other.region, 0.0)

    def in_place_of(self, other: Self | None) -> Self:
        """The same write where another version was: who writes next there has seen both."""
        seen = other.seen if other else {}
        latest = {
            region: max(self.seen.get(region, 0.0), seen.get(region, 0.0)) for region in {*self.seen, *seen}
        }
        return replace(self, seen=latest)


def name(key: Item) -> str:
    """A primary key as text."""
    return json.dumps(key, sort_keys=True)
