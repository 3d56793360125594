"""The function that looks how far back tables can be restored, on a DynamoDB of our own."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import recovery_window
from botocore.exceptions import ClientError, ConnectTimeoutError
from hypothesis import given
from hypothesis import strategies as st
from recovery_window import UNITS, Look, UnseenError, Window, handler, look

NOW = datetime(2026, 3, 20, 10, 37, 21, tzinfo=UTC)
LAG = timedelta(minutes=5)
WEEK = timedelta(days=7)
ARN = "arn:aws:dynamodb:us-east-1:111122223333:table/"
ASKED = Look(schedule="Shop/Recovery", namespace="constructs_lib/Backup", promised=WEEK, since=None)


def days(count: float) -> timedelta:
    return timedelta(days=count)


def denied(operation: str) -> ClientError:
    return ClientError({"Error": {"Code": "AccessDeniedException", "Message": "not allowed"}}, operation)


@dataclass
class Table:
    """A table as DynamoDB describes it."""

    created: datetime = NOW - days(100)
    on_since: datetime | None = NOW - days(100)
    period: timedelta = WEEK
    latest: datetime | None = NOW - LAG
    fails: Exception | None = None

    def recovery(self) -> dict[str, Any]:
        if self.on_since is None:
            return {"PointInTimeRecoveryStatus": "DISABLED"}
        found: dict[str, Any] = {
            "PointInTimeRecoveryStatus": "ENABLED",
            "EarliestRestorableDateTime": max(self.on_since, NOW - self.period),
        }
        return found | ({} if self.latest is None else {"LatestRestorableDateTime": self.latest})


@dataclass
class DynamoDB:
    tables: dict[str, Table]
    asked: list[str] = field(default_factory=list)

    def describe_table(self, *, TableName: str) -> dict[str, Any]:  # noqa: N803 - boto3's
        return {"Table": {"CreationDateTime": self._of(TableName).created}}

    def describe_continuous_backups(self, *, TableName: str) -> dict[str, Any]:  # noqa: N803 - boto3's
        self.asked.append(TableName)
        table = self._of(TableName)
        if table.fails:
            raise table.fails
        return {
            "ContinuousBackupsDescription": {
                "ContinuousBackupsStatus": "ENABLED",
                "PointInTimeRecoveryDescription": table.recovery(),
            }
        }

    def _of(self, arn: str) -> Table:
        name = arn.removeprefix(ARN)
        if name not in self.tables:
            raise ClientError(
                {"Error": {"Code": "ResourceNotFoundException", "Message": f"no table {name}"}},
                "DescribeTable",
            )
        return self.tables[name]


@dataclass
class World:
    """A run of the function, and what it wrote."""

    dynamodb: DynamoDB
    written: list[dict[str, Any]] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    left: float = 170.0

    @classmethod
    def of(cls, **tables: Table) -> "World":
        return cls(DynamoDB(tables))

    def run(self, *names: str, asked: Look = ASKED) -> None:
        look(
            self.dynamodb,
            asked,
            [f"{ARN}{name}" for name in names or self.dynamodb.tables],
            now=lambda: NOW,
            remaining=lambda: self.left - sum(self.slept),
            sleep=self.slept.append,
            write=lambda line: self.written.append(json.loads(line)),
        )

    def values(self, name: str) -> dict[str, float]:
        (line,) = [each for each in self.written if each["TableName"] == name]
        return {metric: line[metric] for metric in UNITS if metric in line}


def test_a_table_that_holds_what_is_promised_lacks_nothing() -> None:
    world = World.of(orders=Table())
    world.run()
    assert world.values("orders") == {
        "AgeOfLatestRestorable": 300,
        "RecoveryWindow": WEEK.total_seconds(),
        "RecoveryWindowMissing": 0,
        "RecoveryLooksFailed": 0,
    }


def test_a_line_is_a_metric_of_the_table_and_of_all() -> None:
    world = World.of(orders=Table())
    world.run()
    (line,) = world.written
    (described,) = line["_aws"]["CloudWatchMetrics"]
    assert line["_aws"]["Timestamp"] == NOW.timestamp() * 1000
    assert (line["Schedule"], line["TableName"]) == ("Shop/Recovery", "orders")
    assert described["Namespace"] == "constructs_lib/Backup"
    assert described["Dimensions"] == [["Schedule"], ["Schedule", "TableName"]]
    assert {each["Name"]: each["Unit"] for each in described["Metrics"]} == UNITS


def test_a_new_table_lacks_nothing_while_its_window_grows() -> None:
    made = NOW - days(2)
    world = World.of(orders=Table(created=made, on_since=made))
    world.run()
    assert world.values("orders")["RecoveryWindow"] == days(2).total_seconds()
    assert world.values("orders")["RecoveryWindowMissing"] == 0


def test_what_was_lost_by_switching_off_and_on_is_missing() -> None:
    world = World.of(orders=Table(on_since=NOW - days(1)))
    world.run()
    assert world.values("orders")["RecoveryWindowMissing"] == days(6).total_seconds()
    assert world.values("orders")["AgeOfLatestRestorable"] == 300


def test_a_shorter_period_than_promised_is_missing() -> None:
    world = World.of(orders=Table(period=days(1)))
    world.run()
    assert world.values("orders")["RecoveryWindowMissing"] == days(6).total_seconds()


@pytest.mark.parametrize(("since", "missing"), [(days(1), 0), (days(3), 2), (days(30), 6)])
def test_the_history_of_an_old_table_begins_when_it_was_switched_on(since: timedelta, missing: int) -> None:
    world = World.of(orders=Table(on_since=NOW - days(1)))
    asked = Look(
        schedule="Shop/Recovery", namespace="constructs_lib/Backup", promised=WEEK, since=NOW - since
    )
    world.run(asked=asked)
    assert world.values("orders")["RecoveryWindowMissing"] == days(missing).total_seconds()


def test_of_a_table_that_is_switched_off_everything_would_be_lost() -> None:
    world = World.of(orders=Table(on_since=None))
    world.run()
    assert world.values("orders") == {
        "AgeOfLatestRestorable": days(100).total_seconds(),
        "RecoveryWindow": 0,
        "RecoveryWindowMissing": WEEK.total_seconds(),
        "RecoveryLooksFailed": 0,
    }


def test_so_it_is_while_there_is_no_second_to_restore_to() -> None:
    world = World.of(orders=Table(created=NOW - days(1), on_since=NOW, latest=None))
    world.run()
    assert world.values("orders")["AgeOfLatestRestorable"] == days(1).total_seconds()


def test_a_clock_that_is_behind_gives_no_negative_figures() -> None:
    world = World.of(orders=Table(created=NOW + days(1), on_since=NOW + days(1), latest=NOW + days(1)))
    world.run()
    assert set(world.values("orders").values()) == {0}


@pytest.mark.parametrize(
    "error",
    [
        denied("DescribeContinuousBackups"),
        ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow down"}}, "DescribeTable"),
        ConnectTimeoutError(endpoint_url="https://dynamodb.us-east-1.amazonaws.com"),
    ],
    ids=["denied", "throttled", "no answer"],
)
def test_the_others_are_published_when_one_cannot_be_looked_at(error: Exception) -> None:
    world = World.of(first=Table(), broken=Table(fails=error), last=Table())
    with pytest.raises(UnseenError, match=r"^1 of 3 tables: broken \("):
        world.run()
    assert world.values("broken") == {"RecoveryLooksFailed": 1}
    for name in ("first", "last"):
        assert world.values(name)["RecoveryLooksFailed"] == 0
        assert world.values(name)["RecoveryWindow"] == WEEK.total_seconds()


def test_a_table_that_is_gone_is_a_failure() -> None:
    world = World.of(orders=Table())
    with pytest.raises(UnseenError, match=r"gone .*no table gone"):
        world.run("gone", "orders")
    assert world.values("gone") == {"RecoveryLooksFailed": 1}
    assert world.values("orders")["RecoveryLooksFailed"] == 0


def test_every_table_that_failed_is_named() -> None:
    world = World.of(a=Table(fails=denied("X")), b=Table(), c=Table(fails=denied("X")))
    with pytest.raises(UnseenError, match=r"^2 of 3 tables: a \(.*\); c \("):
        world.run()


def test_it_takes_half_of_the_calls_that_dynamodb_allows() -> None:
    world = World.of(**{f"t{number}": Table() for number in range(100)})
    world.run()
    assert len(world.written) == 100
    assert sum(world.slept) == pytest.approx(99 / 5)
    assert world.slept[0] == 0


def test_what_there_is_no_time_for_is_a_failure_and_not_silence() -> None:
    world = World.of(**{f"t{number}": Table() for number in range(100)})
    world.left = recovery_window.RESERVE + 10
    with pytest.raises(UnseenError, match="no time was left"):
        world.run()
    seen = [each["RecoveryLooksFailed"] for each in world.written]
    assert len(seen) == 100
    assert seen == sorted(seen)
    assert seen.count(0) == len(world.dynamodb.asked) == 51


def test_another_error_is_not_hidden() -> None:
    world = World.of(orders=Table(fails=KeyError("bug")))
    with pytest.raises(KeyError):
        world.run()


@given(
    age=st.integers(min_value=0, max_value=5_000),
    promised=st.integers(min_value=1, max_value=35),
    gaps=st.lists(st.tuples(st.integers(0, 5_000), st.integers(1, 500)), max_size=4),
)
def test_missing_are_exactly_the_hours_within_reach_that_cannot_be_restored(
    age: int, promised: int, gaps: list[tuple[int, int]]
) -> None:
    """Whoever switches off for some hours, as often as they like, loses all hours before the last of them."""
    off = {hour for start, length in gaps for hour in range(start, start + length) if hour < age}
    restorable = set(hours_since_the_last(off, age)) & set(range(age - promised * 24, age))
    wanted = set(range(max(0, age - promised * 24), age))
    created = NOW - timedelta(hours=age)
    on = None if age - 1 in off else created + timedelta(hours=max(off) + 1 if off else 0)
    table = Table(created=created, on_since=on, period=days(promised))
    asked = Look(schedule="S", namespace="N", promised=days(promised), since=None)

    found = asked.values(Window.of(DynamoDB({"t": table}), f"{ARN}t"), NOW)

    assert found["RecoveryWindow"] == 3_600 * len(restorable)
    assert found["RecoveryWindowMissing"] == 3_600 * len(wanted - restorable)


def hours_since_the_last(off: set[int], age: int) -> Iterator[int]:
    hour = age - 1
    while hour >= 0 and hour not in off:
        yield hour
        hour -= 1


def test_the_handler_is_told_what_is_promised_by_its_environment(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = {"schedule": "S", "namespace": "N", "promised": 86_400, "since": "2026-03-01T00:00:00+00:00"}
    monkeypatch.setenv("RECOVERY_WINDOW", json.dumps(settings))
    client = DynamoDB({"orders": Table()})
    monkeypatch.setattr(recovery_window, "_client", lambda: client)

    assert handler({"tables": [f"{ARN}orders"]}, None) == {"tables": 1}

    line = json.loads(capsys.readouterr().out)
    assert (line["Schedule"], line["TableName"], line["RecoveryLooksFailed"]) == ("S", "orders", 0)
    assert Look.from_json(settings).since == datetime(2026, 3, 1, tzinfo=UTC)


def test_the_handler_counts_the_time_that_lambda_leaves_it(monkeypatch: pytest.MonkeyPatch) -> None:
    class Context:
        @staticmethod
        def get_remaining_time_in_millis() -> int:
            return 1_000

    settings = {"schedule": "S", "namespace": "N", "promised": 86_400}
    monkeypatch.setenv("RECOVERY_WINDOW", json.dumps(settings))
    client = DynamoDB({"orders": Table()})
    monkeypatch.setattr(recovery_window, "_client", lambda: client)

    with pytest.raises(UnseenError, match="no time was left"):
        handler({"tables": [f"{ARN}orders"]}, Context())
    assert client.asked == []


def test_the_client_gives_up_before_the_time_that_is_kept_back() -> None:
    options: Any = recovery_window._CONFIG
    attempts = options.retries["total_max_attempts"]
    # Standard mode waits at most 2 ** attempt seconds before each retry.
    waits = sum(2**attempt for attempt in range(attempts - 1))
    call = attempts * (options.connect_timeout + options.read_timeout) + waits
    assert 2 * call <= recovery_window.RESERVE
