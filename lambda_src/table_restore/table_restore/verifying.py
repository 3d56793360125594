"""Whether a restored table is what its backup says, and what the table was then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from table_restore.comparing import Found, Sampling, compare_unchanged, compare_views
from table_restore.options import Options
from table_restore.sampling import Count, Reader

__all__ = ["Subject", "Verified", "structure_problems", "verify"]

_FEW_ITEMS = 100
"""By so many a count may differ from one of DynamoDB's, which is up to six hours old, but for a table without any.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html
"""
_INDEXES = ("GlobalSecondaryIndexes", "LocalSecondaryIndexes")


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What is verified.

    Attributes:
        restored: the restored table's name.
        live: the source's ARN; empty where it is gone.
        before: the view from before the backup; empty for none.
        after: the view from after it; empty for none yet.
        created: when the backup was requested.
        backup: what DescribeBackup says of it.
        seed: draws the same samples again.
    """

    restored: str
    live: str
    before: str
    after: str
    created: float
    backup: Mapping[str, Any]
    seed: str


@dataclass
class Verified:
    """What was found.

    Attributes:
        count: how many items there are.
        reasons: what is wrong.
        notes: what is worth knowing.
        compared: how many samples were compared.
        left_out: how many nobody can judge.
        doubtful: whether a view from after the backup is needed to judge.
    """

    count: Count
    reasons: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    compared: int = 0
    left_out: int = 0
    doubtful: bool = False

    def add(self, found: Found) -> None:
        """Take over what a comparison found."""
        self.reasons += found.reasons()
        self.compared += found.compared
        self.left_out += found.left_out


def verify(reader: Reader, options: Options, subject: Subject) -> Verified:
    """Compare structure, number of items and samples."""
    table = reader.client.describe_table(TableName=subject.restored)["Table"]
    source = subject.backup["SourceTableDetails"]
    count = reader.count(subject.restored, options.count_up_to)
    verified = Verified(count=count, reasons=structure_problems(subject.backup, table))
    if not count.exact:
        verified.notes.append(f"There are {count} items: more were not counted.")
    approximate = int(source.get("ItemCount") or 0)
    sampling = Sampling(
        keys=[each["AttributeName"] for each in source["KeySchema"]],
        items=count.items if count.exact else max(count.items, approximate),
        wanted=options.samples,
        seed=subject.seed,
    )
    if subject.before:
        _against_views(reader, options, subject, sampling, verified)
    else:
        _against_backup(options, approximate, int(table.get("ItemCount") or 0), verified)
    for rule in options.unchanged if subject.live else ():
        found = compare_unchanged(
            reader, sampling, rule, restored=subject.restored, live=subject.live, created=subject.created
        )
        verified.add(found)
        if found.unreadable and not found.compared:
            verified.reasons.append(
                f"No item could be compared: {found.unreadable:,} do not say by {rule.attribute!r} when they were "
                "written."
            )
    return verified


def structure_problems(backup: Mapping[str, Any], table: Mapping[str, Any]) -> list[str]:
    """In what `table`, as DescribeTable has it, is not what `backup`, as DescribeBackup has it, was made of."""
    problems = []
    wanted, features = backup["SourceTableDetails"], backup.get("SourceTableFeatureDetails", {})
    if _keys(wanted) != _keys(table):
        problems.append(f"The key schema is {_keys(table)}, and was {_keys(wanted)}.")
    named = {each["AttributeName"] for each in table.get("AttributeDefinitions", ())}
    used = {name for name, _ in _keys(table)}
    for kind in _INDEXES:
        before = {each["IndexName"]: _index(each) for each in features.get(kind) or ()}
        now = {each["IndexName"]: _index(each) for each in table.get(kind) or ()}
        used |= {name for keys, *_ in now.values() for name, _ in keys}
        problems += [f"The index {name} is missing." for name in sorted(set(before) - set(now))]
        problems += [f"The index {name} was not in the backup." for name in sorted(set(now) - set(before))]
        problems += [
            f"The index {name} is {now[name]}, and was {before[name]}."
            for name in sorted(set(now) & set(before))
            if now[name] != before[name]
        ]
    if missing := sorted(used - named):
        problems.append(f"There are no definitions of the key attributes {', '.join(missing)}.")
    return problems


def _keys(described: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(each["AttributeName"], each["KeyType"]) for each in described["KeySchema"]]


def _index(described: Mapping[str, Any]) -> tuple[Sequence[tuple[str, str]], str, Sequence[str]]:
    projection = described.get("Projection", {})
    return (
        _keys(described),
        projection.get("ProjectionType", ""),
        sorted(projection.get("NonKeyAttributes") or ()),
    )


def _against_views(
    reader: Reader, options: Options, subject: Subject, sampling: Sampling, verified: Verified
) -> None:
    found = compare_views(
        reader, sampling, restored=subject.restored, before=subject.before, after=subject.after or None
    )
    verified.add(found)
    verified.doubtful |= bool(found.doubtful)
    count = verified.count
    earlier = reader.count(subject.before, options.count_up_to)
    if count == earlier or not (count.exact or earlier.exact):
        return
    if not subject.after:
        verified.doubtful = True
        return
    later = reader.count(subject.after, options.count_up_to)
    low, high = sorted((earlier.items, later.items))
    # Whoever inserts and deletes all the time may have had more of the one or the other in between.
    still = low == high and count.exact and not found.left_out
    slack = 0 if still else max(found.left_out, high * options.count_within / 100)
    if not low - slack <= count.items <= high + slack:
        verified.reasons.append(f"There are {count} items, and were {low:,} to {high:,}.")


def _against_backup(options: Options, approximate: int, described: int, verified: Verified) -> None:
    count = verified.count
    if not approximate:
        verified.notes.append("DynamoDB had not counted the items when the backup was made.")
        return
    slack = max(approximate * options.count_within / 100, min(approximate - 1, _FEW_ITEMS))
    too_few = count.exact and count.items < approximate - slack
    if too_few or count.items > approximate + slack:
        verified.reasons.append(
            f"There are {count} items, and DynamoDB counted {approximate:,} for the backup."
        )
    elif not count.exact and described and abs(described - approximate) > slack:
        verified.reasons.append(
            f"DynamoDB counts {described:,} items, and counted {approximate:,} for the backup."
        )
