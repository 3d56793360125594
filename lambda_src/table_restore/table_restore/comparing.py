"""Samples of what was restored, compared with what they should be."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from table_restore.checksums import Item, canonical, checksum, key_of, shown
from table_restore.options import Unchanged
from table_restore.sampling import Reader

__all__ = ["Found", "Sampling", "compare_unchanged", "compare_views", "written"]

_FEW: Final = 5
_MILLISECONDS: Final = Decimal(10) ** 11
"""Numbers from here on are milliseconds: as seconds, they would be in the year 5138."""


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """What is drawn.

    Attributes:
        keys: the table's key attributes.
        items: how many items there are, about.
        wanted: how many are drawn of each side.
        seed: draws the same ones again.
    """

    keys: Sequence[str]
    items: int
    wanted: int
    seed: str


@dataclass
class Found:
    """What a comparison found.

    Attributes:
        compared: items that were compared.
        left_out: items that nobody can judge.
        unreadable: of them, those that do not say when they were written.
        doubtful: items that differ, where it is not known whether they changed around the backup.
        wrong: what is wrong with which key.
    """

    compared: int = 0
    left_out: int = 0
    unreadable: int = 0
    doubtful: int = 0
    wrong: dict[str, str] = field(default_factory=dict)

    def reasons(self) -> list[str]:
        """What is wrong, for people."""
        some = [f"{key} {problem}" for key, problem in list(self.wrong.items())[:_FEW]]
        return [f"{len(self.wrong):,} of the items compared are wrong: {'; '.join(some)}"] if some else []


def compare_views(
    reader: Reader, sampling: Sampling, *, restored: str, before: str, after: str | None
) -> Found:
    """Compare `restored` with point-in-time views from before and after the time that the backup may be from.

    What differs from the view before is doubtful as long as there is none after. With both, it is wrong if the item
    did not change between the two.
    """
    found = Found()
    for pairs in _pairs(reader, sampling, restored, before):
        differing = [key for key, copy, earlier in pairs if not _equal(copy, earlier)]
        later = reader.fetch(after, differing) if after else {}
        for key, copy, earlier in pairs:
            if _equal(copy, earlier):
                found.compared += 1
            elif not after:
                found.doubtful += 1
            elif not _equal(earlier, later.get(canonical(key))):
                found.left_out += 1
            else:
                found.compared += 1
                found.wrong[shown(key)] = _problem(copy, earlier)
    return found


def compare_unchanged(
    reader: Reader, sampling: Sampling, rule: Unchanged, *, restored: str, live: str, created: float
) -> Found:
    """Compare `restored` with those items of the `live` table that say that they were not written since `created`.

    What the live table does not have was deleted since, or was never there: nobody can judge that.
    """
    found = Found()
    for pairs in _pairs(reader, sampling, restored, live):
        for key, copy, now in pairs:
            when = written(now, rule.attribute) if now is not None else None
            if when is None or when > created - rule.margin:
                found.left_out += 1
                found.unreadable += now is not None and when is None
                continue
            found.compared += 1
            if not _equal(copy, now):
                found.wrong[shown(key)] = _problem(copy, now)
    return found


def _pairs(
    reader: Reader, sampling: Sampling, restored: str, other: str
) -> Iterator[list[tuple[Item, Item | None, Item | None]]]:
    """Keys, with the items of the two tables: drawn from both sides, so that what only one has is seen as well."""
    judged = set[str]()
    for side, opposite in ((restored, other), (other, restored)):
        seed = f"{sampling.seed}/{'restored' if side == restored else 'other'}"
        for page in reader.sample(side, items=sampling.items, wanted=sampling.wanted, seed=seed):
            drawn = {canonical(key_of(item, sampling.keys)): item for item in page}
            keys = {text: key_of(drawn[text], sampling.keys) for text in drawn if text not in judged}
            judged |= set(keys)
            fetched = reader.fetch(opposite, list(keys.values()))
            ours, theirs = (drawn, fetched) if side == restored else (fetched, drawn)
            yield [(key, ours.get(text), theirs.get(text)) for text, key in keys.items()]


def written(item: Item, attribute: str) -> float | None:
    """When `item` says that it was written, in seconds: a number of seconds or milliseconds, or an ISO time.

    None where it does not say so.
    """
    match item.get(attribute):
        case {"N": text}:
            try:
                number = Decimal(text)
            except InvalidOperation:
                return None
            return float(number / 1000 if abs(number) >= _MILLISECONDS else number)
        case {"S": text}:
            try:
                when = datetime.fromisoformat(text)
            except ValueError:
                return None
            return when.timestamp() if when.tzinfo else None
    return None


def _equal(one: Item | None, other: Item | None) -> bool:
    if one is None or other is None:
        return one is other
    return checksum(one) == checksum(other)


def _problem(copy: Item | None, expected: Item | None) -> str:
    if copy is None:
        return "is missing"
    return "should not be there" if expected is None else "differs"
