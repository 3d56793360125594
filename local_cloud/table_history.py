"""What was in a table when: the items at one moment, and every change of them since.

Changes are put together as an incremental export does it: of several changes of an item only what was there before
the first and after the last is left, and nothing of an item that was inserted and deleted within the time.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

__all__ = ["Change", "History", "Item", "Items", "Key"]

Key = tuple[Any, Any]
"""The values of an item's partition key and sort key, as MiniStack stores them."""
Item = Mapping[str, Any]
Items = dict[Key, Item]


@dataclass(frozen=True, kw_only=True)
class Change:
    """One write of one item.

    Attributes:
        moment: when, in seconds since 1970.
        key: which item.
        before: what was there; None if it is new.
        after: what is there since; None if it was deleted.
    """

    moment: float
    key: Key
    before: Item | None
    after: Item | None


class History:
    """A table from the moment on when it began to be remembered.

    Items are kept as they are given: a write must bring a new one rather than change one that was written.
    """

    def __init__(self, items: Items) -> None:
        self._first = items
        self._changes: list[Change] = []

    def note(self, changes: Iterable[Change]) -> None:
        """Remember changes, each made later than those before it."""
        self._changes.extend(changes)

    def at(self, moment: float) -> Items:
        """The items as they were just before a moment."""
        items = dict(self._first)
        for change in self._changes:
            if change.moment >= moment:
                break
            if change.after is None:
                items.pop(change.key, None)
            else:
                items[change.key] = change.after
        return items

    def between(self, start: float, end: float) -> list[Change]:
        """What has changed from `start` on, just until `end`: one change an item, at the moment of its last."""
        merged: dict[Key, Change] = {}
        for change in self._changes:
            if start <= change.moment < end:
                first = merged.get(change.key)
                merged[change.key] = replace(change, before=first.before) if first else change
        return [change for change in merged.values() if not (change.before is None and change.after is None)]
