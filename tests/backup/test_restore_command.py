"""How the commands start, what they print and how they end, without a cloud."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
)
from rich.console import Console
from table_restore.losses import Loss
from table_restore.reading import Clients
from table_restore.restoring import FromBackup, FromMoment, OccupiedError, begin

from constructs_lib.backup.command.failing import CommandError, ExitCode, in_a_line
from constructs_lib.backup.command.reapplying import apply_again
from constructs_lib.backup.command.surroundings import Surroundings
from constructs_lib.backup.command.texts import duration, length, moment, size, stamp
from constructs_lib.backup.command.waiting import wait

ROOT = Path(__file__).parent.parent.parent
NOWHERE = {
    "PATH": os.environ["PATH"],
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}
WORDS = ("restore", "--table", "orders", "--at", "latest", "--to", "orders-2")


def started(*words: str, before: str = "pass", **environment: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, which prints at its end what CDK it imported."""
    script = (
        f"import atexit, runpy, sys; {before}; sys.argv[1:] = {list(words)!r}\n"
        'loaded = lambda: sys.stderr.write(f\'loaded {sorted({"aws_cdk", "jsii"} & set(sys.modules))}\')\n'
        "atexit.register(loaded)\n"
        "runpy.run_module('constructs_lib.backup', run_name='__main__', alter_sys=True)"
    )
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**NOWHERE, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(
    "words", [("--help",), *((command, "--help") for command in ("restore", "list", "verify-export"))]
)
def test_help_needs_neither_cdk_nor_node(words: tuple[str, ...]) -> None:
    ended = started(*words)
    assert ended.returncode == 0
    assert "usage: python -m constructs_lib.backup" in ended.stdout
    assert ended.stderr == "loaded []"


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1"}, "There are no credentials of AWS"),
        ({}, "No Region is known: give --region."),
        ({"AWS_PROFILE": "nobody"}, "give one that is in your configuration of AWS with --profile"),
        (
            {
                "AWS_DEFAULT_REGION": "us-east-1",
                "AWS_ACCESS_KEY_ID": "test",
                "AWS_SECRET_ACCESS_KEY": "test",
                "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
                "AWS_MAX_ATTEMPTS": "1",
            },
            "Check --region and the network.",
        ),
    ],
)
@pytest.mark.parametrize("words", [WORDS, ("list",)])
def test_what_is_to_be_expected_is_said_in_a_line(
    words: tuple[str, ...], environment: dict[str, str], said: str
) -> None:
    ended = started(*words, **environment)
    assert ended.returncode == ExitCode.REFUSED
    assert said in ended.stdout
    assert len(ended.stdout.splitlines()) == 1
    assert ended.stderr == "loaded []"


def test_with_json_an_error_is_a_document_and_the_line_goes_to_standard_error() -> None:
    ended = started(*WORDS, "--json", AWS_DEFAULT_REGION="us-east-1")
    assert json.loads(ended.stdout) == {
        "error": "There are no credentials of AWS: log in, or give --profile.",
        "code": 2,
    }
    assert "There are no credentials" in ended.stderr


@pytest.mark.parametrize("name", ["rich", "boto3"])
def test_without_the_extra_it_is_named(name: str) -> None:
    ended = started("list", before=f"sys.modules[{name!r}] = None")
    assert ended.returncode == 1
    assert f"{name} is not installed: pip install 'constructs-lib[operations]'" in ended.stderr


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("restore",),
        ("restore", "--table", "orders", "--to", "orders-2"),
        (*WORDS, "--backup", "latest"),
        (*WORDS, "--billing-mode", "FREE"),
    ],
)
def test_what_is_not_understood_is_refused(words: tuple[str, ...]) -> None:
    ended = started(*words)
    assert ended.returncode == ExitCode.REFUSED
    assert "usage:" in ended.stderr


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("2026-03-01T14:30:00Z", "2026-03-01T14:30:00Z"),
        ("2026-03-01T14:30:00.9+01:00", "2026-03-01T13:30:00Z"),
        ("2026-03-01T14:30-05:00", "2026-03-01T19:30:00Z"),
        ("20260301T143000Z", "2026-03-01T14:30:00Z"),
    ],
)
def test_a_moment_is_a_whole_second_of_a_time_zone(text: str, when: str) -> None:
    assert stamp(moment(text)) == when
    assert moment(stamp(moment(text))) == moment(text)


@pytest.mark.parametrize("text", ["", "noon", "2026-02-30T00:00:00Z", "2026-03-01", "2026-03-01T14:30:00"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(CommandError, match=r"is no time|has no time zone"):
        moment(text)


def test_durations_and_sizes_are_read_and_written() -> None:
    assert [duration(text) for text in ("90s", "30m", "6h", "2d")] == [90, 1_800, 21_600, 172_800]
    for text in ("", "6", "h", "-1h", "1.5h", "6 h"):
        with pytest.raises(CommandError, match="is no duration"):
            duration(text)
    assert [length(each) for each in (0, 0.4, 59, 61, 5_400, 86_400 * 40)] == [
        "0 s",
        "0 s",
        "59 s",
        "1 min",
        "1.5 h",
        "40 d",
    ]
    assert [size(each) for each in (0, 1_023, 1_536, 2**30 * 100, 2**60)] == [
        "0 bytes",
        "1,023 bytes",
        "1.5 KB",
        "100 GB",
        "1,024 PB",
    ]


def client_error(code: str, message: str = "Not you.", status: int = 400) -> ClientError:
    answer: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(answer, "DescribeTable")


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (
            client_error("AccessDeniedException"),
            "Access denied: Not you. Have this allowed, and start again.",
        ),
        (
            client_error("ExpiredTokenException"),
            "The credentials are not valid any more (ExpiredTokenException): log in again.",
        ),
        (
            client_error("LimitExceededException", "50"),
            "DescribeTable failed with LimitExceededException: 50.",
        ),
        (NoCredentialsError(), "There are no credentials of AWS: log in, or give --profile."),
        (NoRegionError(), "No Region is known: give --region."),
        (
            EndpointConnectionError(endpoint_url="https://dynamodb"),
            'Could not connect to the endpoint URL: "https://dynamodb" Check --region and the network.',
        ),
        (BotoCoreError(), "An unspecified error occurred"),
    ],
)
def test_errors_of_aws_say_what_to_do(error: ClientError | BotoCoreError, line: str) -> None:
    assert in_a_line(error) == line


class Clock:
    """Passes when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds

    def surroundings(self) -> Surroundings:
        return Surroundings(
            connect=lambda _: None,
            now=lambda: datetime.now(UTC),
            elapsed=lambda: self.now,
            sleep=self.sleep,
            ask=None,
            write=lambda _: None,
        )


class Table:
    """A client that describes one table as `seen` says it is at a time."""

    def __init__(self, seen: Callable[[], str]) -> None:
        self._seen = seen

    def describe_table(self, TableName: str) -> Any:  # noqa: N803 - boto3's
        status = self._seen()
        if status == "missing":
            raise client_error("ResourceNotFoundException")
        table = {"TableName": TableName, "TableStatus": status.partition(" ")[0], "ItemCount": 7}
        if status == "ACTIVE restoring":
            table["RestoreSummary"] = {"RestoreInProgress": True}
        if status == "ACTIVE indexing":
            table["GlobalSecondaryIndexes"] = [{"IndexStatus": "CREATING"}]
        return {"Table": table}


class Race:
    """A client that knows no table until it is asked to restore one, and then says that it is there already."""

    def __init__(self, summary: Any) -> None:
        self._summary = summary
        self.asked: list[Any] = []

    def describe_table(self, TableName: str) -> Any:  # noqa: N803 - boto3's
        if not self.asked or self._summary is None:
            raise client_error("ResourceNotFoundException")
        return {"Table": {"TableName": TableName, "RestoreSummary": self._summary}}

    def restore_table_from_backup(self, **request: Any) -> None:
        self.asked.append(request)
        raise client_error("TableAlreadyExistsException")

    restore_table_to_point_in_time = restore_table_from_backup


ORIGIN = FromBackup(backup="arn:aws:dynamodb:us-east-1:111122223333:table/orders/backup/01-02")


def test_a_restore_whose_answer_was_lost_is_not_begun_twice() -> None:
    race = Race({"SourceBackupArn": ORIGIN.backup})
    assert not begin(race, ORIGIN, "orders-2")
    assert race.asked == [{"TargetTableName": "orders-2", "BackupArn": ORIGIN.backup}]


def test_a_table_that_somebody_else_makes_meanwhile_is_theirs() -> None:
    for summary in ({"SourceBackupArn": f"{ORIGIN.backup}3"}, {}):
        with pytest.raises(OccupiedError):
            begin(Race(summary), ORIGIN, "orders-2")
    with pytest.raises(ClientError, match="TableAlreadyExistsException"):
        begin(Race(None), ORIGIN, "orders-2")


def test_a_restore_from_a_backup_of_that_second_is_no_restore_to_it() -> None:
    second = datetime(2026, 3, 1, tzinfo=UTC)
    origin = FromMoment(table="arn", moment=second)
    summary = {"SourceTableArn": "arn", "RestoreDateTime": second}
    assert not begin(Race(summary), origin, "orders-2")
    with pytest.raises(OccupiedError):
        begin(Race({**summary, "SourceBackupArn": ORIGIN.backup}), origin, "orders-2")


def waited(clock: Clock, seen: Callable[[], str], timeout: float | None = None) -> tuple[float, str]:
    said = io.StringIO()
    seconds = wait(
        Table(seen),
        "orders-2",
        console=Console(file=said, width=200),
        surroundings=clock.surroundings(),
        timeout=timeout,
    )
    return seconds, said.getvalue()


def test_a_restore_is_waited_for_until_its_indexes_are_there() -> None:
    clock = Clock()
    stages = iter(["missing", "CREATING", "ACTIVE restoring", "ACTIVE indexing", "UPDATING"])
    assert waited(clock, lambda: next(stages)) == (15.0, "")
    assert clock.pauses == [1.0, 2.0, 4.0, 8.0]


def test_a_log_gets_a_line_every_five_minutes() -> None:
    clock = Clock()
    seconds, said = waited(clock, lambda: "CREATING" if clock.now < 3_600 else "ACTIVE")
    assert 3_600 <= seconds < 3_630
    lines = said.splitlines()
    assert len(lines) == 11
    assert lines[0].startswith("orders-2 is being restored, for 5")
    assert lines[0].endswith("min, 7 items so far.")
    assert max(clock.pauses) == 30.0


@pytest.mark.parametrize("status", ["DELETING", "INACCESSIBLE_ENCRYPTION_CREDENTIALS", "ARCHIVED"])
def test_a_restore_that_broke_is_not_waited_for(status: str) -> None:
    with pytest.raises(CommandError, match=status) as broken:
        waited(Clock(), lambda: status)
    assert broken.value.code is ExitCode.BROKEN


def test_a_table_that_does_not_appear_is_not_waited_for_long() -> None:
    clock = Clock()
    with pytest.raises(CommandError, match="it is gone") as broken:
        waited(clock, lambda: "missing")
    assert broken.value.code is ExitCode.BROKEN
    assert 60 < clock.now < 120


@pytest.mark.parametrize(
    "error", [EndpointConnectionError(endpoint_url="here"), client_error("InternalServerError", status=500)]
)
def test_a_network_that_fails_for_minutes_does_not_end_the_wait(error: Exception) -> None:
    clock = Clock()

    def seen() -> str:
        if 30 < clock.now < 500:
            raise error
        return "CREATING" if clock.now < 1_000 else "ACTIVE"

    assert waited(clock, seen)[0] >= 1_000


def test_a_network_that_fails_for_good_and_what_is_denied_do() -> None:
    clock = Clock()

    def unreachable() -> str:
        raise EndpointConnectionError(endpoint_url="here")

    with pytest.raises(EndpointConnectionError):
        waited(clock, unreachable)
    assert 600 <= clock.now < 700

    def denied() -> str:
        raise client_error("ExpiredTokenException")

    with pytest.raises(ClientError, match="ExpiredToken"):
        waited(Clock(), denied)


class Busy:
    """A client that takes a request only after some time, or never."""

    def __init__(self, clock: Clock, until: float, code: str = "ResourceInUseException") -> None:
        self.clock, self.until, self.code = clock, until, code
        self.recovery: list[int] = []

    def update_continuous_backups(self, TableName: str, PointInTimeRecoverySpecification: Any) -> None:  # noqa: N803
        assert TableName == "orders-2"
        if self.clock.now < self.until:
            raise client_error(self.code)
        self.recovery.append(PointInTimeRecoverySpecification["RecoveryPeriodInDays"])


def applied(busy: Busy) -> list[str]:
    lost = [Loss(setting="recovery_days", what=f"{days} days", value=days) for days in (20, 30)]
    clients = Clients(dynamodb=busy, autoscaling=None, cloudwatch=None, lambda_=None)
    console = Console(file=io.StringIO())
    done = apply_again(clients, "orders-2", lost, console=console, surroundings=busy.clock.surroundings())
    assert [each.loss for each in done] == lost
    return [each.problem for each in done]


@pytest.mark.parametrize("code", ["ResourceInUseException", "ConcurrentUpdateException"])
def test_a_table_that_is_being_changed_is_tried_again(code: str) -> None:
    busy = Busy(Clock(), until=100, code=code)
    assert applied(busy) == ["", ""]
    assert busy.recovery == [20, 30]


def test_patience_ends() -> None:
    busy = Busy(Clock(), until=10_000)
    assert [problem.partition(":")[0] for problem in applied(busy)] == [
        "DescribeTable failed with ResourceInUseException"
    ] * 2
    assert busy.clock.now < 2_000


def test_what_is_denied_is_not_tried_again() -> None:
    busy = Busy(Clock(), until=10_000, code="AccessDeniedException")
    assert all("Access denied" in problem for problem in applied(busy))
    assert busy.clock.pauses == []
