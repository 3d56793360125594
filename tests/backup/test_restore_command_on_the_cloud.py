"""``restore`` from the first look to the last setting, on the local cloud."""

import shlex
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from table_restore.reading import read_settings

from constructs_lib.backup.command.failing import CommandError, ExitCode
from local_cloud import LocalCloud
from tests.backup.command_world import World
from tests.backup.restored_table import ITEMS, clients_of, ids, put, rich_table, tables, window_reaches


@pytest.fixture(scope="module")
def table(cloud: LocalCloud) -> Iterator[str]:
    with rich_table(cloud) as name:
        yield name


@pytest.fixture
def world(cloud: LocalCloud) -> World:
    return World(cloud.client, on_pause=lambda _: time.sleep(0.2))


def backed_up(cloud: LocalCloud, table: str, name: str = "by-hand") -> str:
    made = cloud.client("dynamodb").create_backup(TableName=table, BackupName=name)
    arn: str = made["BackupDetails"]["BackupArn"]
    return arn


def make(client: Any, name: str) -> None:
    client.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def utc(when: datetime) -> str:
    return when.isoformat().replace("+00:00", "Z")


def client_error(code: str, status: int = 400) -> ClientError:
    answer: Any = {
        "Error": {"Code": code, "Message": "not you"},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(answer, "Call")


def test_a_time_before_a_deletion_brings_the_items_back(cloud: LocalCloud, world: World, table: str) -> None:
    client, target = cloud.client("dynamodb"), f"{table}-before"
    put(client, table, "precious")
    time.sleep(1.1)  # moments are whole seconds
    moment = datetime.now(UTC).replace(microsecond=0)
    window_reaches(client, table, moment + timedelta(seconds=1))
    client.delete_item(TableName=table, Key={"id": {"S": "precious"}, "at": {"S": "2026-03-01"}})
    world.answer = "yes"
    code = world.restore("--table", table, "--at", utc(moment), "--to", target, "--verify")
    assert (code, len(world.asked)) == (ExitCode.DONE, 1)
    assert "precious" in ids(client, target)
    assert "precious" not in ids(client, table)
    assert f"Counted {ITEMS + 1} items" in world.text
    assert f"as of  {utc(moment)}" in world.text


def test_a_backup_is_restored_and_its_settings_are_applied_again(
    cloud: LocalCloud, world: World, table: str
) -> None:
    arn, target = backed_up(cloud, table), f"{table}-settings"
    assert (
        world.restore("--table", table, "--backup", arn, "--to", target, "--yes", "--json") == ExitCode.DONE
    )
    source, restored = (read_settings(clients_of(cloud), each) for each in (table, target))
    for setting in (
        "deletion_protection",
        "table_class",
        "stream",
        "recovery_days",
        "tags",
        "kinesis",
        "contributor_insights",
        "ttl",
    ):
        assert getattr(restored, setting) == getattr(source, setting) != type(getattr(source, setting))()
    document = world.document
    assert document["backup"] == arn
    assert document["target"] == target
    assert (document["items"], document["not_applied"], document["verified"]) == (ITEMS, [], None)
    assert document["applied"][-1] == "time to live by expires"
    assert [each["what"] for each in document["by_hand"]] == [f"alarm {table}"]
    assert len(ids(cloud.client("dynamodb"), target)) == ITEMS


def test_the_plan_says_how_long_a_restore_test_took(cloud: LocalCloud, world: World, table: str) -> None:
    client, ledger = cloud.client("dynamodb"), f"{table}-tests"
    client.create_table(
        TableName=ledger,
        KeySchema=[
            {"AttributeName": "table", "KeyType": "HASH"},
            {"AttributeName": "run", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[{"AttributeName": each, "AttributeType": "S"} for each in ("table", "run")],
        BillingMode="PAY_PER_REQUEST",
        Tags=[{"Key": "constructs_lib:ledger", "Value": "restore-test"}],
    )
    arn = backed_up(cloud, table)
    texts = {
        "table": arn.partition("/backup/")[0],
        "run": "2026-03-01T01:00:00Z",
        "backup": arn,
        "state": "passed",
        "finished": "2026-03-01T01:20:00Z",
    }
    item = {name: {"S": text} for name, text in texts.items()}
    client.put_item(TableName=ledger, Item={**item, "restore_seconds": {"N": "900"}})
    world.answer = "no"
    with pytest.raises(CommandError, match="Nothing was done"):
        world.restore("--table", table, "--backup", "latest", "--to", f"{table}-never")
    assert "about 15 min, as the restore test measured that ended 2026-03-01T01:20:00Z" in world.text


def test_without_time_to_live_what_expired_stays(cloud: LocalCloud, world: World, table: str) -> None:
    backed_up(cloud, table)
    target = f"{table}-kept"
    world.restore("--table", table, "--backup", "latest", "--to", target, "--yes", "--no-ttl")
    restored = read_settings(clients_of(cloud), target)
    assert (restored.ttl, restored.recovery_days) == ("", 20)
    assert "Left to you: time to live by expires. Left out by --no-ttl." in world.text


def test_nothing_is_applied_where_nothing_should_be(cloud: LocalCloud, world: World, table: str) -> None:
    arn = backed_up(cloud, table)
    backed_up(cloud, table)
    target = f"{table}-plain"
    words = (
        "--table",
        table,
        "--backup",
        arn.rpartition("/")[2],  # as `list` shows it
        "--to",
        target,
        "--yes",
        "--no-reapply",
        "--without-indexes",
    )
    assert world.restore(*words, "--verify", "--json") == ExitCode.DONE
    assert world.document["backup"] == arn
    restored = read_settings(clients_of(cloud), target)
    assert (restored.stream, restored.tags, restored.global_indexes) == ("", {}, {})
    assert "Applied:" not in world.text
    assert "Left to you: global secondary index by-day. Add the index with UpdateTable" in world.text


def test_a_stopped_command_goes_on_with_the_same_restore(cloud: LocalCloud, world: World, table: str) -> None:
    arn, target = backed_up(cloud, table), f"{table}-stopped"

    def stop(_: float) -> None:
        raise KeyboardInterrupt

    world.on_pause = stop
    words = ("--table", table, "--backup", "latest", "--to", target, "--yes")
    with pytest.raises(CommandError, match="goes on by itself") as stopped:
        world.restore(*words)
    assert stopped.value.code is ExitCode.INTERRUPTED
    assert stopped.value.resume.endswith(f"restore --table {table} --backup {arn} --to {target} --yes")

    newer = backed_up(cloud, table)  # which is not what goes on
    again = World(slowly(cloud, target, looks=3), on_pause=lambda _: time.sleep(0.2))
    assert again.restore(*words, "--json") == ExitCode.DONE
    assert again.document["backup"] == arn
    assert "begun before, goes on" in again.text
    assert read_settings(clients_of(cloud), target).ttl == "expires"

    ended = World(cloud.client)
    with pytest.raises(CommandError, match=f"--backup {arn} goes on with that"):
        ended.restore(*words)
    assert ended.restore(*words[:2], "--backup", arn, *words[4:], "--json") == ExitCode.DONE
    assert (ended.document["applied"], ended.paused) == ([], [])
    assert "applied again" not in ended.text
    assert newer != arn


def test_the_latest_moment_means_the_same_until_the_restore_has_ended(
    cloud: LocalCloud, world: World, table: str
) -> None:
    target = f"{table}-latest"
    words = ("--table", table, "--at", "latest", "--to", target, "--yes", "--json")
    assert world.restore(*words) == ExitCode.DONE
    moment = world.document["moment"]
    time.sleep(1.1)
    again = World(slowly(cloud, target, looks=3))
    assert again.restore(*words) == ExitCode.DONE
    assert again.document["moment"] == moment
    with pytest.raises(CommandError, match=f"--at {moment} goes on with that"):
        World(cloud.client).restore(*words)


def test_a_timeout_leaves_the_restore_going(cloud: LocalCloud, world: World, table: str) -> None:
    arn, target = backed_up(cloud, table), f"{table}-slow"
    world.connect = slowly(cloud, target, looks=100)
    with pytest.raises(CommandError, match="is not restored yet, after 7 s") as late:
        world.restore("--table", table, "--backup", "latest", "--to", target, "--yes", "--timeout", "5s")
    assert late.value.code is ExitCode.UNDER_WAY
    assert f"--backup {arn}" in late.value.resume
    assert world.paused == [1.0, 2.0, 4.0]
    assert target in tables(cloud.client("dynamodb"))


class Slow:
    """A client that says of a table that it is being restored, some looks long."""

    def __init__(self, client: Any, table: str, looks: int) -> None:
        self._client = client
        self._table = table
        self._looks = looks

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def describe_table(self, TableName: str) -> Any:  # noqa: N803 - boto3's
        answer = self._client.describe_table(TableName=TableName)
        if TableName == self._table and self._looks:
            self._looks -= 1
            table = answer["Table"]
            table |= {"RestoreSummary": {**table["RestoreSummary"], "RestoreInProgress": True}}
        return answer


def slowly(cloud: LocalCloud, table: str, *, looks: int) -> Callable[[str], Any]:
    """Makes clients, of which that of DynamoDB is slow about `table`."""
    slow = Slow(cloud.client("dynamodb"), table, looks)
    return lambda service: slow if service == "dynamodb" else cloud.client(service)


@pytest.mark.parametrize(
    "lost", [ReadTimeoutError(endpoint_url="here"), client_error("InternalServerError", status=500)]
)
def test_a_restore_of_which_nobody_knows_whether_it_was_begun_is_gone_on_with(
    cloud: LocalCloud, world: World, table: str, lost: Exception
) -> None:
    arn, target = backed_up(cloud, table), f"{table}-{type(lost).__name__}"
    world.connect = lambda service: (
        Unheard(cloud.client(service), lost) if service == "dynamodb" else cloud.client(service)
    )
    with pytest.raises(CommandError) as ended:
        world.restore("--table", table, "--backup", arn, "--to", target, "--yes")
    assert ended.value.code is ExitCode.UNDER_WAY
    again = World(cloud.client, on_pause=lambda _: time.sleep(0.2))
    assert again.restore(*shlex.split(ended.value.resume)[4:]) == ExitCode.DONE
    assert "begun before, goes on" in again.text


class Unheard:
    """A client of which the answer to a restore is lost."""

    def __init__(self, client: Any, lost: Exception) -> None:
        self._client = client
        self._lost = lost

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def restore_table_from_backup(self, **request: Any) -> None:
        self._client.restore_table_from_backup(**request)
        raise self._lost


def test_a_setting_that_is_refused_does_not_keep_the_others_from_being_applied(
    cloud: LocalCloud, world: World, table: str
) -> None:
    backed_up(cloud, table)
    target = f"{table}-refused"
    world.connect = lambda service: (
        Refusing(cloud.client(service)) if service == "dynamodb" else cloud.client(service)
    )
    words = ("--table", table, "--backup", "latest", "--to", target, "--yes", "--json")
    assert world.restore(*words) == ExitCode.INCOMPLETE
    assert world.document["not_applied"] == [
        {"what": "tags team", "why": "Access denied: not you. Have this allowed, and start again."}
    ]
    assert read_settings(clients_of(cloud), target).ttl == "expires"


class Refusing:
    """A client that may not write tags."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def tag_resource(self, **_: Any) -> None:
        raise client_error("AccessDeniedException")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--at", "2026-03-01T12:00:00"), "has no time zone: append Z"),
        (("--at", "yesterday"), "'yesterday' is no time"),
        (("--at", "2199-01-01T00:00:00Z"), "is too late"),
        (("--at", "2020-01-01T00:00:00+01:00"), "2019-12-31T23:00:00Z is too early"),
        (("--backup", "by-hand"), "is not a backup of DynamoDB: copy an id"),
        (("--backup", "01489173575360-b308cd7d"), "There is no backup 01489173575360-b308cd7d of"),
        (("--backup", "arn:aws:backup:us-east-1:000000000000:recovery-point:1"), "start-restore-job"),
        (
            ("--backup", "arn:aws:dynamodb:us-east-1:000000000000:table/other/backup/01-02"),
            "is of the table other",
        ),
        (
            ("--backup", "arn:aws:dynamodb:eu-west-1:000000000000:table/{table}/backup/01-02"),
            "give --region eu-west-1",
        ),
        (
            ("--backup", "arn:aws:dynamodb:us-east-1:000000000000:table/{table}/backup/01-02"),
            "There is no backup",
        ),
        (("--at", "latest", "--to", "{table}"), "a restore makes a new table"),
        (("--at", "latest", "--to", "a/b"), "--to 'a/b' is no name of a table"),
        (("--at", "latest", "--timeout", "soon"), "'soon' is no duration"),
        (("--at", "latest", "--billing-mode", "PROVISIONED"), "goes with --read-units"),
        (("--at", "latest", "--read-units", "5"), "goes with --read-units"),
        (("--at", "latest", "--kms-key", "alias/orders"), "is not the ARN of a key"),
        (
            ("--at", "latest", "--billing-mode", "PROVISIONED", "--read-units", "5", "--write-units", "5"),
            "or --without-indexes",
        ),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_begun(
    cloud: LocalCloud, world: World, table: str, words: tuple[str, ...], said: str
) -> None:
    before = tables(cloud.client("dynamodb"))
    given = [word.format(table=table) for word in words]
    with pytest.raises(CommandError, match=said) as refused:
        world.restore("--table", table, "--to", f"{table}-never", "--yes", *given)
    assert refused.value.code is ExitCode.REFUSED
    assert tables(cloud.client("dynamodb")) == before


def test_a_table_that_is_there_is_never_overwritten(cloud: LocalCloud, world: World, table: str) -> None:
    client, other = cloud.client("dynamodb"), f"{table}-theirs"
    make(client, other)
    client.put_item(TableName=other, Item={"id": {"S": "theirs"}})
    for origin in (("--at", "latest"), ("--backup", backed_up(cloud, table))):
        with pytest.raises(CommandError, match="Nothing is overwritten"):
            world.restore("--table", table, *origin, "--to", other, "--yes")
    assert ids(client, other) == {"theirs"}


def test_a_table_that_somebody_makes_before_the_yes_is_theirs(cloud: LocalCloud, table: str) -> None:
    arn, target = backed_up(cloud, table), f"{table}-meanwhile"

    class Slow(World):
        def _ask(self, question: str) -> str:
            make(cloud.client("dynamodb"), target)
            return super()._ask(question)

    with pytest.raises(CommandError, match=f"Somebody else made a table {target} meanwhile") as refused:
        Slow(cloud.client, answer="yes").restore("--table", table, "--backup", arn, "--to", target)
    assert refused.value.code is ExitCode.REFUSED


def test_nobody_who_says_yes_means_no(cloud: LocalCloud, table: str) -> None:
    before = tables(cloud.client("dynamodb"))
    words = ("--table", table, "--at", "latest", "--to", f"{table}-never")
    with pytest.raises(CommandError, match="Nobody is at a terminal"):
        World(cloud.client).restore(*words)
    with pytest.raises(CommandError, match="Nothing was done"):
        World(cloud.client, answer="no").restore(*words)
    assert tables(cloud.client("dynamodb")) == before


def test_a_table_without_point_in_time_recovery_has_no_moments(
    cloud: LocalCloud, world: World, table: str
) -> None:
    backed_up(cloud, table)
    target = f"{table}-off"
    world.restore("--table", table, "--backup", "latest", "--to", target, "--yes", "--no-reapply")
    with pytest.raises(CommandError, match=r"Point-in-time recovery of .* is off"):
        World(cloud.client).restore("--table", target, "--at", "latest", "--to", f"{table}-never", "--yes")
    with pytest.raises(CommandError, match=r"There is no backup of .* that can be restored"):
        World(cloud.client).restore(
            "--table", target, "--backup", "latest", "--to", f"{table}-never", "--yes"
        )


def test_a_table_that_never_was_is_named(world: World) -> None:
    with pytest.raises(CommandError, match="There is no table nothing in us-east-1"):
        world.restore("--table", "nothing", "--at", "latest", "--to", "something", "--yes")


def test_a_deleted_table_comes_back_from_its_backup(cloud: LocalCloud, world: World) -> None:
    client = cloud.client("dynamodb")
    with rich_table(cloud) as name:
        backed_up(cloud, name)
        client.update_table(TableName=name, DeletionProtectionEnabled=False)
        client.delete_table(TableName=name)
        assert (
            world.restore("--table", name, "--backup", "latest", "--to", f"{name}-back", "--yes")
            == ExitCode.DONE
        )
        assert len(ids(client, f"{name}-back")) == ITEMS
        restored = read_settings(clients_of(cloud), f"{name}-back")
        assert (restored.stream, restored.ttl, restored.tags) == ("NEW_AND_OLD_IMAGES", "expires", {})
        assert "Not known: recovery_days, tags, " in world.text
