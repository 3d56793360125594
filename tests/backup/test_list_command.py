"""``list``: many pages, every source, and what cannot be looked at, without a cloud."""

import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from rich.console import Console
from table_restore.ledger import Entry, State, _item

from constructs_lib.backup.command.failing import CommandError, ExitCode
from constructs_lib.backup.command.found import Found, backups_of, recovery_points_of, window_of
from constructs_lib.backup.command.listed import Listed, print_listed
from constructs_lib.backup.command.verdicts import Verdict, newest_verdicts, verdicts
from tests.backup.backup_world import Invocation
from tests.backup.backup_world import World as BackupWorld
from tests.backup.command_world import World

ARN = "arn:aws:dynamodb:us-east-1:111122223333:table/orders"
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
POINT = "arn:aws:backup:us-east-1:111122223333:recovery-point:1"
EVERY: dict[str, Any] = {"BackupType": "ALL"}


def summary(name: str, **more: Any) -> dict[str, Any]:
    return {
        "TableName": "orders",
        "TableArn": ARN,
        "BackupArn": f"{ARN}/backup/{name}",
        "BackupName": name,
        "BackupCreationDateTime": AT,
        "BackupStatus": "AVAILABLE",
        "BackupType": "USER",
        "BackupSizeBytes": 2_048,
        **more,
    }


class Clients:
    """Clients that answer as told, call by call; the model of boto3 checks what is asked and answered."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[Any, Stubber]] = {}

    def __call__(self, service: str) -> Any:
        if service not in self._made:
            client = boto3.client(  # type: ignore[call-overload] # any service
                service,
                region_name="us-east-1",
                aws_access_key_id="test",
                aws_secret_access_key="test",  # noqa: S106 - nothing is called
            )
            stubber = Stubber(client)
            stubber.activate()
            self._made[service] = client, stubber
        return self._made[service][0]

    def answer(self, service: str, call: str, asked: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        self(service)
        self._made[service][1].add_response(call, answer, asked)

    def deny(self, service: str, call: str) -> None:
        self.fail(service, call, "AccessDeniedException")

    def fail(self, service: str, call: str, code: str) -> None:
        self(service)
        self._made[service][1].add_client_error(call, code, "not you")

    def done(self) -> None:
        for _, stubber in self._made.values():
            stubber.assert_no_pending_responses()


@pytest.fixture
def clients() -> Clients:
    return Clients()


def test_every_page_is_read_and_an_empty_one_is_not_the_last(clients: Clients) -> None:
    pages: list[list[dict[str, Any]]] = [
        [summary("aaa")],
        [],
        [summary("bbb", BackupStatus="DELETED")],
        [summary("ccc")],
    ]
    asked = {**EVERY, "TableName": "orders"}
    for number, page in enumerate(pages):
        more = {} if number == 3 else {"LastEvaluatedBackupArn": f"{ARN}/backup/{number:037d}"}
        clients.answer("dynamodb", "list_backups", dict(asked), {"BackupSummaries": page, **more})
        asked["ExclusiveStartBackupArn"] = f"{ARN}/backup/{number:037d}"
    assert [each.name for each in backups_of(clients("dynamodb"), "orders")] == ["aaa", "ccc"]
    clients.done()


@pytest.mark.parametrize(
    ("name", "kind", "source"),
    [
        ("before-the-migration", "USER", "by hand"),
        ("shop-20260301T010000Z-0a1b2c3d4e5f", "USER", "schedule"),
        ("shop-20260301T010000Z", "USER", "by hand"),
        ("orders$DeletedTableBackup", "SYSTEM", "deletion"),
        ("awsbackup_1", "AWS_BACKUP", "AWS Backup"),
    ],
)
def test_who_made_a_backup(clients: Clients, name: str, kind: str, source: str) -> None:
    listed = {"BackupSummaries": [summary(name, BackupType=kind)]}
    clients.answer("dynamodb", "list_backups", EVERY, listed)
    (found,) = backups_of(clients("dynamodb"), None)
    assert found.source == source
    assert (found.table, found.size, found.created) == ("orders", 2_048, AT)


def test_what_the_handler_makes_is_known_as_made_by_a_schedule(clients: Clients) -> None:
    world = BackupWorld()
    Invocation(world).run()
    (made,) = world.own()
    clients.answer("dynamodb", "list_backups", EVERY, {"BackupSummaries": [summary(made.name)]})
    (found,) = backups_of(clients("dynamodb"), None)
    assert found.source == "schedule"


def point(**more: Any) -> dict[str, Any]:
    return {
        "RecoveryPointArn": POINT,
        "CreationDate": AT,
        "Status": "COMPLETED",
        "BackupSizeBytes": 4_096,
        "BackupVaultName": "vault",
        **more,
    }


def test_recovery_points_of_protected_tables_only(clients: Clients) -> None:
    protected = [
        {"ResourceArn": ARN, "ResourceType": "DynamoDB"},
        {"ResourceArn": "arn:aws:s3:::bucket", "ResourceType": "S3"},
    ]
    clients.answer("backup", "list_protected_resources", {}, {"Results": protected})
    asked = {"ResourceArn": ARN}
    by_resource = "list_recovery_points_by_resource"
    clients.answer("backup", by_resource, asked, {"RecoveryPoints": [point()], "NextToken": "more"})
    clients.answer("backup", by_resource, {**asked, "NextToken": "more"}, {"RecoveryPoints": [point()]})
    found = list(recovery_points_of(clients("backup"), None))
    assert [(each.table, each.source, each.name, each.status) for each in found] == [
        ("orders", "AWS Backup", "vault", "COMPLETED")
    ] * 2
    clients.done()


def describe(clients: Clients, recovery: Mapping[str, Any]) -> None:
    table = {"TableArn": ARN, "TableName": "orders", "TableSizeBytes": 9}
    clients.answer("dynamodb", "describe_table", {"TableName": "orders"}, {"Table": table})
    clients.answer(
        "dynamodb",
        "describe_continuous_backups",
        {"TableName": "orders"},
        {
            "ContinuousBackupsDescription": {
                "ContinuousBackupsStatus": "ENABLED",
                "PointInTimeRecoveryDescription": recovery,
            }
        },
    )


def test_a_window_is_there_where_recovery_is_on(clients: Clients) -> None:
    on = {
        "PointInTimeRecoveryStatus": "ENABLED",
        "EarliestRestorableDateTime": AT - timedelta(days=20),
        "LatestRestorableDateTime": AT,
    }
    describe(clients, on)
    describe(clients, {"PointInTimeRecoveryStatus": "DISABLED"})
    describe(clients, {"PointInTimeRecoveryStatus": "ENABLED"})
    window = window_of(clients("dynamodb"), "orders")
    assert window is not None
    assert (window.source, window.created, window.until) == ("PITR", AT - timedelta(days=20), AT)
    assert window_of(clients("dynamodb"), "orders") is None
    assert window_of(clients("dynamodb"), "orders") is None


def verdict(run: str, state: str, **more: Any) -> dict[str, Any]:
    item = {"table": ARN, "run": run, "backup": f"{ARN}/backup/aaa", "state": state, "finished": run, **more}
    return {name: value if isinstance(value, dict) else {"S": value} for name, value in item.items()}


def test_the_newest_verdict_counts_and_what_was_not_judged_does_not(clients: Clients) -> None:
    reasons = {"L": [{"S": "3 items are missing"}]}
    items = [
        verdict("2026-03-01T00:00:00Z", "passed", restore_seconds={"N": "720.5"}),
        verdict("2026-03-02T00:00:00Z", "failed", reasons=reasons),
        verdict("2026-03-03T00:00:00Z", "running"),
        verdict("2026-03-04T00:00:00Z", "abandoned"),
        verdict("2026-03-05T00:00:00Z", "failed", backup=""),
    ]
    asked = {
        "TableName": "ledger",
        "KeyConditionExpression": "#t = :t",
        "ExpressionAttributeNames": {"#t": "table"},
        "ExpressionAttributeValues": {":t": {"S": ARN}},
    }
    clients.answer("dynamodb", "query", asked, {"Items": items})
    found = list(verdicts(clients("dynamodb"), "ledger", ARN))
    assert [each.restore_seconds for each in found] == [720.5, None]
    (newest,) = newest_verdicts(found).values()
    assert (newest.passed, newest.reasons) == (False, ("3 items are missing",))


def test_verdicts_are_read_as_the_handler_writes_them(clients: Clients) -> None:
    entry = Entry(
        table=ARN,
        run="2026-03-01T01:00:00Z",
        execution="arn",
        state=State.FAILED,
        backup=f"{ARN}/backup/aaa",
        restore_seconds=720.0,
        finished="2026-03-01T01:20:00Z",
        reasons=("3 items are missing",),
    )
    unmeasured = replace(entry, run="2026-03-02T01:00:00Z", state=State.PASSED, restore_seconds=0.0)
    seen = {"table": {"S": ARN}, "run": {"S": "seen"}, "at": {"N": "1"}}
    items = [_item(entry), _item(unmeasured), _item(replace(entry, state=State.RUNNING)), seen]
    clients.answer("dynamodb", "scan", {"TableName": "ledger"}, {"Items": items})
    first, second = verdicts(clients("dynamodb"), "ledger", None)
    assert first == Verdict(
        table=ARN,
        backup=f"{ARN}/backup/aaa",
        passed=False,
        finished="2026-03-01T01:20:00Z",
        restore_seconds=720.0,
        reasons=("3 items are missing",),
    )
    assert (second.passed, second.restore_seconds) == (True, None)


def test_what_may_not_be_looked_at_is_said_and_the_rest_is_listed(clients: Clients) -> None:
    listed = {"BackupSummaries": [summary("by-hand")]}
    clients.answer("dynamodb", "list_backups", EVERY, listed)
    clients.answer("dynamodb", "list_tables", {}, {"TableNames": ["orders"]})
    clients.deny("dynamodb", "describe_table")
    clients.deny("backup", "list_protected_resources")
    clients.deny("resourcegroupstaggingapi", "get_resources")
    world = World(clients)
    assert world.list("--json") == ExitCode.DONE
    assert [each["name"] for each in world.document["backups"]] == ["by-hand"]
    assert [each.partition(":")[0] for each in world.document["not_looked_at"]] == [
        "point-in-time recovery of orders",
        "recovery points of AWS Backup",
        "ledgers of restore tests",
    ]
    clients.done()


def test_backups_that_may_not_be_listed_are_an_error(clients: Clients) -> None:
    clients.deny("dynamodb", "list_backups")
    with pytest.raises(ClientError, match="not you"):
        World(clients).list()


def test_the_ledger_may_be_named(clients: Clients) -> None:
    clients.answer("dynamodb", "list_backups", EVERY, {"BackupSummaries": [summary("aaa")]})
    clients.answer("dynamodb", "list_tables", {}, {"TableNames": []})
    clients.answer("backup", "list_protected_resources", {}, {"Results": []})
    judged = verdict("2026-03-01T00:00:00Z", "passed", restore_seconds={"N": "720"})
    clients.answer("dynamodb", "scan", {"TableName": "own"}, {"Items": [judged]})
    world = World(clients)
    assert world.list("--ledger", "own") == ExitCode.DONE
    assert "passed in 12 min" in world.text
    clients.done()


def test_what_both_services_list_is_listed_once(clients: Clients) -> None:
    both = summary("awsbackup_1", BackupType="AWS_BACKUP")
    clients.answer("dynamodb", "list_backups", EVERY, {"BackupSummaries": [both]})
    clients.answer("dynamodb", "list_tables", {}, {"TableNames": []})
    protected = [{"ResourceArn": ARN, "ResourceType": "DynamoDB"}]
    clients.answer("backup", "list_protected_resources", {}, {"Results": protected})
    points = [point(RecoveryPointArn=both["BackupArn"]), point()]
    clients.answer(
        "backup", "list_recovery_points_by_resource", {"ResourceArn": ARN}, {"RecoveryPoints": points}
    )
    clients.answer("dynamodb", "scan", {"TableName": "own"}, {"Items": []})
    world = World(clients)
    world.list("--ledger", "own", "--json")
    assert [each["arn"] for each in world.document["backups"]] == [both["BackupArn"], POINT]


def test_a_table_that_is_nowhere_is_an_error(clients: Clients) -> None:
    clients.answer("dynamodb", "list_backups", {**EVERY, "TableName": "nothing"}, {"BackupSummaries": []})
    for _ in range(2):
        clients.fail("dynamodb", "describe_table", "ResourceNotFoundException")
    clients.answer("backup", "list_protected_resources", {}, {"Results": []})
    with pytest.raises(CommandError, match=r"There is no table nothing and no backup of one in us-east-1\.$"):
        World(clients).list("--table", "nothing")


def test_a_table_that_is_gone_is_listed_as_long_as_a_vault_has_something_of_it(clients: Clients) -> None:
    clients.answer("dynamodb", "list_backups", {**EVERY, "TableName": "orders"}, {"BackupSummaries": []})
    for _ in range(2):
        clients.fail("dynamodb", "describe_table", "ResourceNotFoundException")
    others = [ARN.replace("orders", "old-orders"), ARN, "arn:aws:rds:us-east-1:111122223333:db:orders"]
    protected = [
        {"ResourceArn": arn, "ResourceType": "RDS" if ":rds:" in arn else "DynamoDB"} for arn in others
    ]
    clients.answer("backup", "list_protected_resources", {}, {"Results": protected})
    clients.answer(
        "backup", "list_recovery_points_by_resource", {"ResourceArn": ARN}, {"RecoveryPoints": [point()]}
    )
    clients.deny("dynamodb", "query")
    world = World(clients)
    assert world.list("--table", "orders", "--ledger", "own", "--json") == ExitCode.DONE
    assert [each["arn"] for each in world.document["backups"]] == [POINT]
    clients.done()


def test_what_could_not_be_looked_at_is_said_of_a_table_that_is_nowhere(clients: Clients) -> None:
    clients.answer("dynamodb", "list_backups", {**EVERY, "TableName": "nothing"}, {"BackupSummaries": []})
    for _ in range(2):
        clients.fail("dynamodb", "describe_table", "ResourceNotFoundException")
    clients.deny("backup", "list_protected_resources")
    with pytest.raises(
        CommandError, match=r"no backup of one .* Not looked at: recovery points of AWS Backup"
    ):
        World(clients).list("--table", "nothing")


LONG: Final = Found(
    table="orders",
    table_arn=ARN,
    source="schedule",
    name="shop-20260301T010000Z-0a1b2c3d4e5f",
    arn=f"{ARN}/backup/01795350459827-cedb8fbf",
    created=AT,
    until=AT,
    size=400_000,
    status="AVAILABLE",
)
FAILED: Final = Verdict(
    table=ARN,
    backup=LONG.arn,
    passed=False,
    finished="2026-03-01T01:00:00Z",
    restore_seconds=60.0,
    reasons=("12 of the items compared are wrong: [red] differs", "The index by-day is missing."),
)


@pytest.mark.parametrize("width", [40, 80, 120, 200])
def test_what_has_to_be_copied_is_whole_at_any_width(width: int) -> None:
    said = io.StringIO()
    console = Console(file=said, width=width, highlight=False)
    listed = Listed(found=[LONG], verified={LONG.arn: FAILED}, notes=[])
    print_listed(console, listed, AT + timedelta(hours=5))
    text = said.getvalue()
    for whole in (LONG.id, LONG.name, "2026-03-01T12:00:00Z", "5 h", "391 KB", "AVAILABLE", "failed"):
        assert whole in text
    assert f"Failed: orders {LONG.id}. {' '.join(FAILED.reasons)}" in text
