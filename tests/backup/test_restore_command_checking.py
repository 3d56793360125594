"""What ``--verify`` finds, and that the command which goes on is the one that was given."""

import argparse
import io
import shlex
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError
from rich.console import Console
from table_restore.restoring import FromBackup, FromMoment, Origin, Overrides
from table_restore.settings import TableSettings

from constructs_lib.backup.command import restore
from constructs_lib.backup.command.checking import Checked, check
from constructs_lib.backup.command.origins import Choice
from constructs_lib.backup.command.outcome import resuming
from constructs_lib.backup.command.plan import Applying, plan_of

ARN = "arn:aws:dynamodb:us-east-1:111122223333:table/orders"
SECOND = datetime(2026, 3, 1, 12, tzinfo=UTC)
BY_DAY = {
    "IndexName": "by-day",
    "KeySchema": [{"AttributeName": "day", "KeyType": "HASH"}],
    "Projection": {"ProjectionType": "ALL"},
}
SOURCE = TableSettings(
    arn=ARN,
    keys=[{"AttributeName": "id", "KeyType": "HASH"}],
    attributes={"id": "S"},
    global_indexes={"by-day": BY_DAY},
    billing={"BillingMode": "PAY_PER_REQUEST"},
)
COPY = replace(SOURCE, arn=f"{ARN}-2")


class Pages:
    """A client whose scans count so many items, page by page."""

    def __init__(self, *counts: int) -> None:
        self._counts = counts

    def get_paginator(self, call: str) -> "Pages":
        assert call == "scan"
        return self

    def paginate(self, **request: Any) -> list[dict[str, int]]:
        assert request == {"TableName": "orders-2", "Select": "COUNT", "ConsistentRead": True}
        return [{"Count": count} for count in self._counts]


def checked(
    restored: TableSettings, *counts: int, expected: int = 7, without_indexes: bool = False
) -> Checked:
    console = Console(file=io.StringIO())
    return check(
        Pages(*counts),
        SOURCE,
        restored,
        expected=expected,
        without_indexes=without_indexes,
        console=console,
    )


def test_the_items_of_all_pages_are_counted() -> None:
    assert checked(COPY, 3, 0, 4) == Checked(items=7, problems=())
    assert checked(COPY, 9) == Checked(items=9, problems=())


def test_nothing_where_something_should_be_is_a_problem() -> None:
    assert checked(COPY, 0).problems == ("there are no items, and there should be about 7",)
    assert checked(COPY, 0, expected=0).problems == ()


def test_items_that_may_not_be_counted_are_a_problem_and_the_rest_is_checked() -> None:
    class Denied(Pages):
        def paginate(self, **request: Any) -> list[dict[str, int]]:  # noqa: ARG002 - as of boto3
            answer = {"Error": {"Code": "AccessDeniedException", "Message": "not you"}}
            raise ClientError(answer, "Scan")  # type: ignore[arg-type] # the parts that matter

    console = Console(file=io.StringIO())
    found = check(Denied(), SOURCE, SOURCE, expected=7, without_indexes=False, console=console)
    assert found.items is None
    (problem,) = found.problems
    assert problem.startswith("the items were not counted: Access denied: not you")


def test_other_keys_and_indexes_are_problems() -> None:
    (keys,) = checked(replace(COPY, keys=[{"AttributeName": "other", "KeyType": "HASH"}]), 7).problems
    assert keys.startswith("the keys are")
    none = replace(COPY, global_indexes={})
    (missing,) = checked(none, 7).problems
    assert missing.startswith("the global index by-day is missing")
    assert checked(none, 7, without_indexes=True).problems == ()
    other = {"by-day": {**BY_DAY, "Projection": {"ProjectionType": "KEYS_ONLY"}}}
    (changed,) = checked(replace(COPY, global_indexes=other), 7).problems
    assert "KEYS_ONLY" in changed
    units = {"by-day": {**BY_DAY, "ProvisionedThroughput": {"ReadCapacityUnits": 1}}}
    assert checked(replace(COPY, global_indexes=units), 7).problems == ()


@pytest.mark.parametrize(
    ("origin", "words"),
    [
        (FromBackup(backup=f"{ARN}/backup/01-02"), ["--backup", f"{ARN}/backup/01-02"]),
        (FromMoment(table=ARN, moment=SECOND), ["--at", "2026-03-01T12:00:00Z"]),
    ],
)
def test_the_command_that_goes_on_says_all_that_was_said(origin: Origin, words: list[str]) -> None:
    parser = argparse.ArgumentParser()
    restore.add_arguments(parser)
    rest = ["--to", "orders-2", "--region", "us-east-1", "--profile", "on call"]
    rest += ["--billing-mode", "PROVISIONED", "--read-units", "5", "--write-units", "6"]
    rest += ["--kms-key", "arn:aws:kms:us-east-1:111122223333:key/1"]
    rest += ["--without-indexes", "--no-reapply", "--no-ttl", "--verify", "--json", "--yes"]
    given = parser.parse_args(["--table", "orders", words[0], "latest", *rest])
    choice = Choice(origin=origin, source=SOURCE, moment=SECOND, items=7, size=700, begun=True)
    plan = plan_of(
        choice,
        "orders-2",
        overrides=Overrides(),
        applying=Applying(nothing=False, ttl=True),
        restored=None,
        tested=None,
    )
    line = shlex.split(resuming(given, plan))
    assert line[:4] == ["python", "-m", "constructs_lib.backup", "restore"]
    again = vars(parser.parse_args(line[4:]))
    assert again == {**vars(given), words[0].removeprefix("--"): words[1]}
    plain = parser.parse_args(["--table", "orders", *words, "--to", "orders-2"])
    assert vars(parser.parse_args(shlex.split(resuming(plain, plan))[4:])) == vars(plain)


def test_the_price_is_by_the_size() -> None:
    choice = Choice(
        origin=FromBackup(backup="arn"), source=SOURCE, moment=SECOND, items=7, size=100 * 2**30, begun=False
    )
    plan = plan_of(
        choice,
        "orders-2",
        overrides=Overrides(),
        applying=Applying(nothing=False, ttl=True),
        restored=None,
        tested=None,
    )
    assert plan.to_json()["dollars"] == 15.0
