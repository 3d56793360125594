"""What DNS records no longer do: answer, be judged, be forgotten soon.

https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html
"""

from collections.abc import Iterator, Mapping
from typing import Final

from constructs_lib.review.difference.matching import Comparison
from constructs_lib.review.difference.words import Told, duration, listed
from constructs_lib.review.reading import Reading
from constructs_lib.review.reading.records import POLICIES, Record, records_of

__all__ = ["record_changes"]

_TELLING: Final = (*(each for each in POLICIES if each != "Weight"), "SetIdentifier")


def record_changes(comparison: Comparison) -> Iterator[Told]:
    """What changed of records, alone or in groups."""
    before, after = _records(comparison, comparison.old), _records(comparison, comparison.new)
    for key, record in before.items():
        if key not in after:
            yield _told("record-gone", record, "is gone")
    for key, record in after.items():
        if key in before:
            yield from _changes(comparison, before[key], record)
        else:
            yield _told("record-added", record, "is new")


def _records(comparison: Comparison, whole: Reading) -> Mapping[str, Record]:
    """The records, by what no two have in common; of stacks that are left alone there are none."""
    return {
        comparison.frozen(each.node.stack, _identity(comparison, each)): each
        for each in records_of(whole)
        if not comparison.alone(each.node.stack)
    }


def _identity(comparison: Comparison, record: Record) -> list[object]:
    pair = comparison.pair_of(record.node)
    # A name that is known only at deployment tells nothing; the resource does.
    place = record.name or (f"{pair.old!r}" if pair else f"{record.node!r}")
    return [
        record.zone_id,
        record.zone_name,
        place,
        record.type,
        *(record.data.get(each) for each in _TELLING),
    ]


def _told(kind: str, record: Record, what: str) -> Told:
    title = record.title if record.title != record.node.path else f"The record {record.node.path}"
    name = f" ({record.name})" if record.name and record.name not in title else ""
    return Told(kind=kind, node=record.node, message=f"{title}{name} {what}.")


def _changes(comparison: Comparison, old: Record, new: Record) -> Iterator[Told]:
    if old.checked != new.checked:
        kind, what = (
            ("added", "has a health check now") if new.checked else ("gone", "no longer has a health check")
        )
        yield _told(f"health-check-{kind}", new, what)
    if (
        old.alias
        and new.alias
        and None not in (old.evaluates, new.evaluates)
        and old.evaluates != new.evaluates
    ):
        kind, what = ("stronger", "is") if new.evaluates else ("weaker", "is no longer")
        yield _told(f"health-check-{kind}", new, f"{what} judged by the health of what it leads to")
    if old.ttl is not None and new.ttl is not None and old.ttl != new.ttl:
        longer = new.ttl > old.ttl
        why = ": resolvers keep what is broken longer" if longer else ""
        words = f"has a TTL of {duration(new.ttl)} now; before, {duration(old.ttl)}{why}"
        yield _told("ttl-longer" if longer else "ttl-shorter", new, words)
    answers = [
        sorted(str(comparison.canonical(each.node.stack, answer)) for answer in each.answers)
        for each in (old, new)
    ]
    if answers[0] != answers[1]:
        words = f"answers {listed(new.answers)} now; before, {listed(old.answers)}"
        yield _told("record-changed", new, words)
