"""Samples of a table's items that another run would draw again, and the same items of another table."""

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from table_restore.checksums import Item, canonical, key_of

__all__ = ["Count", "Reader"]

_MOST_SEGMENTS: Final = 1_000_000
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html"""
_MOST_KEYS: Final = 100
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html"""
_ITEMS_A_SEGMENT: Final = 25
_EMPTY_SEGMENTS: Final = 4
"""How many times as many segments are drawn as would do if all were equally full."""
_MOST_PAGES: Final = 2_000
"""Of a megabyte each; a count stops there."""
_TRIES: Final = 8


@dataclass(frozen=True)
class Count:
    """How many items a table has.

    Attributes:
        items: how many were counted.
        exact: whether there are no more.
    """

    items: int
    exact: bool

    def __str__(self) -> str:
        """For people."""
        return f"{self.items:,}" if self.exact else f"at least {self.items:,}"


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Reads tables.

    Attributes:
        client: of DynamoDB.
        sleep: waits.
        page: how many items are read at a time.
    """

    client: Any
    sleep: Callable[[float], None]
    page: int = _MOST_KEYS

    def count(self, table: str, up_to: int) -> Count:
        """How many items `table` has; counting stops beyond `up_to`, and after some gigabytes."""
        request: dict[str, Any] = {"TableName": table, "Select": "COUNT"}
        found = 0
        for _ in range(_MOST_PAGES):
            answer = self.client.scan(**request)
            found += answer["Count"]
            if not answer.get("LastEvaluatedKey"):
                return Count(found, exact=True)
            if found > up_to:
                break
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
        return Count(found, exact=False)

    def sample(self, table: str, *, items: int, wanted: int, seed: str) -> Iterator[list[Item]]:
        """Up to about `wanted` items of `table`, which has about `items` of them, a page at a time.

        The segments of a parallel scan that are read are drawn by `seed`: the same again for the same table.
        """
        segments = 1 if items <= wanted else min(_MOST_SEGMENTS, max(1, items // _ITEMS_A_SEGMENT))
        drawn = min(segments, _EMPTY_SEGMENTS * math.ceil(wanted / _ITEMS_A_SEGMENT))
        chance = random.Random(seed)  # noqa: S311 - it has to be drawn again, not to be secret
        left = wanted
        for segment in chance.sample(range(segments), drawn):
            request: dict[str, Any] = {"TableName": table, "Segment": segment, "TotalSegments": segments}
            while left > 0:
                answer = self.client.scan(**request, Limit=min(left, self.page))
                if answer["Items"]:
                    left -= len(answer["Items"])
                    yield answer["Items"]
                if not answer.get("LastEvaluatedKey"):
                    break
                request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def fetch(self, table: str, keys: Sequence[Item]) -> dict[str, Item]:
        """Those items of `table` that have one of `keys`, by the one form of their keys."""
        found: dict[str, Item] = {}
        names = list(keys[0]) if keys else []
        for start in range(0, len(keys), _MOST_KEYS):
            asked: Any = {table: {"Keys": keys[start : start + _MOST_KEYS], "ConsistentRead": True}}
            for attempt in range(_TRIES):
                answer = self.client.batch_get_item(RequestItems=asked)
                for rows in answer["Responses"].values():
                    found |= {canonical(key_of(item, names)): item for item in rows}
                asked = answer.get("UnprocessedKeys")
                if not asked:
                    break
                self.sleep(0.1 * 2**attempt)
            else:
                raise TimeoutError(f"DynamoDB leaves keys of {table} unanswered, {_TRIES} times in a row.")
        return found
