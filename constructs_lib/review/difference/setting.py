"""A setting of a resource of which one value is safer than another, and a list of which more is safer."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from constructs_lib.review.difference.matching import Comparison, Pair
from constructs_lib.review.difference.words import Told, listed, number, readable
from constructs_lib.review.reading import Node
from constructs_lib.review.reading.data import at, flag_of, items_of, number_of

__all__ = [
    "FOREVER",
    "Members",
    "Setting",
    "absent",
    "any_of",
    "flag",
    "higher",
    "lower",
    "not_flag",
    "ordered",
    "present",
]

FOREVER: Final = "forever"
_OPEN: Final = ("${Fn::If}", "${Fn::Transform}", "${Unreadable}")
"""What may be nothing, once it is deployed."""
Rank = Callable[[Any], float | None]


def higher(value: Any) -> float | None:
    """The higher, the safer; ``-1`` has no end where AWS says so, and is written as `FOREVER`."""
    return math.inf if value == FOREVER else number_of(value)


def lower(value: Any) -> float | None:
    """The lower, the safer."""
    found = higher(value)
    return None if found is None else -found


def flag(value: Any) -> float | None:
    """On is safer than off."""
    found = flag_of(value)
    return None if found is None else float(found)


def not_flag(value: Any) -> float | None:
    """Off is safer than on."""
    found = flag(value)
    return None if found is None else -found


def present(value: Any) -> float | None:
    """Something is safer than nothing."""
    return None if value in _OPEN else float(value is not None)


def absent(value: Any) -> float | None:
    """Nothing is safer than something."""
    found = present(value)
    return None if found is None else -found


def any_of(value: Any) -> float | None:
    """None is safer than another."""
    return None if value in _OPEN else 0.0


def ordered(*values: str | tuple[str, ...]) -> Rank:
    """The later of `values` is the safer one; those in one place are alike."""
    places = {
        each: float(place)
        for place, group in enumerate(values)
        for each in ((group,) if isinstance(group, str) else group)
    }
    return lambda value: places.get(value) if isinstance(value, str) else None


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A setting.

    Attributes:
        types: of the resources that have it.
        keys: where it stands.
        what: what it is called in the middle of a sentence, such as ``the retention``.
        kinds: of the change where it gets less safe, and where it gets safer.
        rank: how safe a value is; None where nobody knows.
        default: its value where it is not written; None for nothing.
        shown: a value in words.
        why: what it means that it is less safe.
        among: where the list stands of whose entries it is a setting; the entries are told apart by `by`.
        by: the key that tells entries apart.
        neither: the kind of a change between two values that are as safe as each other. Left out: that is none.
    """

    types: Sequence[str]
    keys: tuple[str, ...]
    what: str
    kinds: tuple[str, str]
    rank: Rank
    default: Any = None
    shown: Callable[[Any], str] | None = number
    why: str = ""
    among: tuple[str, ...] = ()
    by: str = ""
    neither: str | None = None

    def told(self, comparison: Comparison, pair: Pair) -> Iterator[Told]:
        """What of it changed."""
        if not self.among:
            yield from self._told(comparison, pair, pair.old.properties, pair.new.properties, pair.new.path)
            return
        before, after = (_by_key(comparison, each, self.among, self.by) for each in (pair.old, pair.new))
        for name, (old, _) in before.items():
            if name in after:
                new, shown = after[name]
                yield from self._told(comparison, pair, old, new, f"{pair.new.path} ({shown})")

    def ended(self, node: Node) -> Iterator[Told]:
        """What it means that the whole resource is gone, and AWS takes the defaults."""
        yield from self._between(node, node, node.path, self._value(node.properties), self.default)

    def begun(self, node: Node) -> Iterator[Told]:
        """What it means that the whole resource is new, and took the defaults before."""
        yield from self._between(node, node, node.path, self.default, self._value(node.properties))

    def _told(self, comparison: Comparison, pair: Pair, old: Any, new: Any, path: str) -> Iterator[Told]:
        before, after = self._value(old), self._value(new)
        frozen = comparison.frozen(pair.old.stack, before), comparison.frozen(pair.new.stack, after)
        if frozen[0] != frozen[1]:
            yield from self._between(pair.old, pair.new, path, before, after)

    def _between(self, old: Node, new: Node, path: str, before: Any, after: Any) -> Iterator[Told]:
        ranks = self.rank(before), self.rank(after)
        if ranks[0] is None or ranks[1] is None:
            return
        worse = ranks[1] < ranks[0]
        if ranks[0] == ranks[1] and self.neither is None:
            return
        kind = self.neither if ranks[0] == ranks[1] else self.kinds[0] if worse else self.kinds[1]
        why = f": {self.why}" if worse and self.why else ""
        words = f"from {self._words(old, before)} to {self._words(new, after)}"
        yield Told(kind=str(kind), node=new, message=f"{path}: {self.what} went {words}{why}.")

    def _value(self, data: Any) -> Any:
        found = at(data, *self.keys)
        return self.default if found is None else found

    def _words(self, node: Node, value: Any) -> str:
        if value is None:
            return "none"
        return self.shown(value) if self.shown else readable(node.stack, value)


@dataclass(frozen=True, kw_only=True)
class Members:
    """A list of which more is safer.

    Attributes:
        types: of the resources that have it.
        keys: where it stands; more than one place is one list.
        kinds: of the change where it has fewer, and where it has more.
        gone: the sentence behind the path where something is no longer in it, with ``{}`` in its place.
        added: likewise where something is new in it.
        by: the keys of an entry that say what it is. Left out: the entry itself.
    """

    types: Sequence[str]
    keys: tuple[tuple[str, ...], ...]
    kinds: tuple[str, str]
    gone: str
    added: str
    by: tuple[str, ...] = ()

    def told(self, comparison: Comparison, pair: Pair) -> Iterator[Told]:
        """What of it changed."""
        before, after = self._entries(comparison, pair.old), self._entries(comparison, pair.new)
        if before is None or after is None:
            return
        for kind, sentence, these, others in (
            (self.kinds[0], self.gone, before, after),
            (self.kinds[1], self.added, after, before),
        ):
            if names := [shown for key, shown in these.items() if key not in others]:
                message = f"{pair.new.path} {sentence.format(listed(names))}."
                yield Told(kind=kind, node=pair.new, message=message)

    def _entries(self, comparison: Comparison, node: Node) -> Mapping[str, str] | None:
        found: dict[str, str] = {}
        for place in self.keys:
            value = node.value(*place)
            entries = [at(each, *self.by) if isinstance(each, Mapping) else each for each in items_of(value)]
            if any(each in _OPEN for each in entries) or (isinstance(value, str) and "${" in value):
                return None
            for each in entries:
                found[comparison.frozen(node.stack, each)] = readable(node.stack, each)
        return found


def _by_key(
    comparison: Comparison, node: Node, place: tuple[str, ...], by: str
) -> Mapping[str, tuple[Any, str]]:
    return {
        comparison.frozen(node.stack, at(each, by)): (each, readable(node.stack, at(each, by)))
        for each in items_of(node.value(*place))
        if isinstance(each, Mapping)
    }
