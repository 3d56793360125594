"""What restore tests found: their ledgers, which are tables with a tag."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from constructs_lib.backup.common.tags import LEDGER_TAG, RESTORE_TEST_LEDGER

__all__ = ["Verdict", "ledgers", "newest_verdicts", "verdicts"]

_JUDGED: Final = ("passed", "failed")


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a restore test found.

    Attributes:
        table: the ARN of the source.
        backup: the ARN of the backup that was restored.
        passed: whether it held what it should.
        finished: when, as an ISO time.
        restore_seconds: how long the restore took; None where it did not come so far.
        reasons: why it failed.
    """

    table: str
    backup: str
    passed: bool
    finished: str
    restore_seconds: float | None
    reasons: tuple[str, ...]


def ledgers(tagging: Any) -> list[str]:
    """The names of the tables that are ledgers of restore tests."""
    pages = tagging.get_paginator("get_resources").paginate(
        TagFilters=[{"Key": LEDGER_TAG, "Values": [RESTORE_TEST_LEDGER]}],
        ResourceTypeFilters=["dynamodb:table"],
    )
    return [
        each["ResourceARN"].rpartition(":table/")[2]
        for page in pages
        for each in page["ResourceTagMappingList"]
    ]


def verdicts(dynamodb: Any, ledger: str, table_arn: str | None) -> Iterator[Verdict]:
    """The verdicts on one table, or on all, in a ledger."""
    if table_arn is None:
        pages = dynamodb.get_paginator("scan").paginate(TableName=ledger)
    else:
        pages = dynamodb.get_paginator("query").paginate(
            TableName=ledger,
            KeyConditionExpression="#t = :t",
            ExpressionAttributeNames={"#t": "table"},
            ExpressionAttributeValues={":t": {"S": table_arn}},
        )
    for page in pages:
        for item in page["Items"]:
            if _text(item, "state") in _JUDGED and _text(item, "backup"):
                yield _verdict(item)


def newest_verdicts(found: Iterable[Verdict]) -> dict[str, Verdict]:
    """The newest verdict on each backup, by its ARN."""
    newest: dict[str, Verdict] = {}
    for each in found:
        if each.backup not in newest or newest[each.backup].finished < each.finished:
            newest[each.backup] = each
    return newest


def _verdict(item: Mapping[str, Any]) -> Verdict:
    seconds = float(item.get("restore_seconds", {}).get("N", 0))
    return Verdict(
        table=_text(item, "table"),
        backup=_text(item, "backup"),
        passed=_text(item, "state") == "passed",
        finished=_text(item, "finished"),
        restore_seconds=seconds or None,
        reasons=tuple(each["S"] for each in item.get("reasons", {}).get("L", ())),
    )


def _text(item: Mapping[str, Any], name: str) -> str:
    return str(item.get(name, {}).get("S", ""))
