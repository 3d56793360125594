"""The handler with real clients, against the services of the local cloud."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import aws_cdk as cdk
import pytest
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_scheduler as scheduler
from table_backup import handler as entry
from table_backup.ledger import Ledger, OvertakenError
from table_backup.model import Entry, State
from table_backup.retention import Policy

from constructs_lib.backup import ScheduledBackup
from local_cloud import LocalCloud
from local_cloud.embedded_metrics import extract
from local_cloud.service import eventually
from tests.backup.backup_world import Invocation, World
from tests.backup.reference_retention import expected
from tests.synthesis import fresh_stack, synthesize

DAY, HOUR = 86_400.0, 3_600.0
FIRST = datetime(2026, 3, 1, 1, tzinfo=UTC)


@pytest.fixture
def tables(cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Any, str, str]]:
    """A client of DynamoDB, the ARN of a table to back up, and the name of a ledger."""
    for name, value in {
        "AWS_ENDPOINT_URL": cloud.endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    entry._client.cache_clear()
    client = cloud.client("dynamodb")
    tail = uuid4().hex[:8]
    orders, ledger = f"orders-{tail}", f"ledger-{tail}"
    arn = make(client, orders, "id")
    make(client, ledger, "table", "scheduled")
    yield client, arn, ledger
    for name in (orders, ledger):
        client.delete_table(TableName=name)
    for again in (False, True):
        entry._client(again=again).close()
    entry._client.cache_clear()


def make(client: Any, name: str, *keys: str) -> str:
    made = client.create_table(
        TableName=name,
        KeySchema=[
            {"AttributeName": key, "KeyType": kind}
            for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)
        ],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
        BillingMode="PAY_PER_REQUEST",
    )
    arn: str = made["TableDescription"]["TableArn"]
    return arn


def told(monkeypatch: pytest.MonkeyPatch, ledger: str, **retention: float) -> None:
    settings = {
        "schedule": "Shop/Backup",
        "ledger": ledger,
        "namespace": "constructs_lib/Backup",
        "prefix": "shop",
        "retention": retention,
    }
    monkeypatch.setenv("TABLE_BACKUP", json.dumps(settings))


def backups_of(client: Any, arn: str) -> dict[str, str]:
    found: dict[str, str] = {}
    request = {"TableName": arn}
    while True:
        page = client.list_backups(**request)
        found |= {each["BackupArn"]: each["BackupName"] for each in page["BackupSummaries"]}
        if "LastEvaluatedBackupArn" not in page:
            return found
        request["ExclusiveStartBackupArn"] = page["LastEvaluatedBackupArn"]


def event(arn: str, when: datetime) -> dict[str, Any]:
    return {"scheduled": when.strftime("%Y-%m-%dT%H:%M:%SZ"), "tables": [arn]}


def test_a_month_of_daily_schedules_leaves_grandfather_father_and_son(
    tables: tuple[Any, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, arn, ledger = tables
    rules = {"daily": 4, "weekly": 3, "monthly": 2}
    told(monkeypatch, ledger, **rules)
    by_hand = client.create_backup(TableName=arn, BackupName="shop-by-hand")["BackupDetails"]["BackupArn"]
    days = [FIRST + timedelta(days=number) for number in range(31 + 9)]
    for when in days:
        assert entry.handler(event(arn, when), None) == {"made": 1, "tables": 1}

    left = backups_of(client, arn)
    assert left.pop(by_hand) == "shop-by-hand"
    named = {name.split("-")[1] for name in left.values()}
    history = [(when, when.strftime("%Y%m%dT%H%M%SZ")) for when in days]
    assert named == expected(Policy(**rules), history, days[-1])
    assert len(named) == 7  # April 9 to 6, and the Sundays April 5 and March 29, and March 31


def test_two_runs_and_the_same_event_again_make_one_backup(
    tables: tuple[Any, str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    client, arn, ledger = tables
    told(monkeypatch, ledger, count=5)
    due = event(arn, datetime.now(UTC))
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda _: entry.handler(due, None), range(3)))
    entry.handler(due, None)
    assert sum(answer["made"] for answer in answers) == 1
    assert len(backups_of(client, arn)) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["BackupCount"] for line in lines} == {1}


def test_a_look_publishes_the_age_of_what_is_there(
    tables: tuple[Any, str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    client, arn, ledger = tables
    told(monkeypatch, ledger, count=5)
    entry.handler(event(arn, datetime.now(UTC)), None)
    capsys.readouterr()
    assert entry.handler({"look": True, "tables": [arn]}, None) == {"looked": 1}
    (made,) = backups_of(client, arn)
    client.delete_backup(BackupArn=made)
    entry.handler({"look": True, "tables": [arn]}, None)
    counts = [json.loads(line)["BackupCount"] for line in capsys.readouterr().out.splitlines()]
    assert counts == [1, 0]


def test_fails_on_a_table_that_is_gone(tables: tuple[Any, str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    client, arn, ledger = tables
    told(monkeypatch, ledger, count=5)
    gone = f"{arn}-gone"
    with pytest.raises(Exception, match=f"{gone} was not backed up: .*TableNotFound"):
        entry.handler({**event(arn, datetime.now(UTC)), "tables": [gone, arn]}, None)
    assert len(backups_of(client, arn)) == 1


@pytest.mark.parametrize("given", [None, [], ["orders"], "arn:aws:dynamodb:::table/orders"])
def test_fails_on_an_event_without_tables(given: object, monkeypatch: pytest.MonkeyPatch) -> None:
    told(monkeypatch, "ledger", count=1)
    with pytest.raises(ValueError, match="give the ARNs of tables"):
        entry.handler({"scheduled": "2026-03-01T01:00:00Z", "tables": given}, None)


def test_the_ledger_lets_one_claim_win(tables: tuple[Any, str, str]) -> None:
    client, arn, name = tables
    ledger = Ledger(client, name, page=2)
    claim = Entry(
        table=arn,
        scheduled="2026-03-01T01:00:00Z",
        state=State.CLAIMED,
        name="a",
        claim="one",
        claimed_at=1.5,
    )
    ledger.claim(claim, None)
    ledger.claim(claim, None)  # the SDK's second try
    with pytest.raises(OvertakenError):
        ledger.claim(replace(claim, claim="two"), None)
    taken = replace(claim, claim="two", leased_until=9.0)
    ledger.claim(taken, claim)
    with pytest.raises(OvertakenError):
        ledger.claim(replace(claim, claim="three"), claim)
    recorded = replace(taken, state=State.MADE, arn="x", created=2.0, size=3)
    with pytest.raises(OvertakenError):
        ledger.record(replace(recorded, claim="one"))
    ledger.record(recorded)
    found, now = ledger.load(arn, claim.scheduled)
    assert found == recorded
    assert abs(now - time.time()) < 60
    assert ledger.change(recorded, now, state=State.DELETED).state is State.DELETED
    item = client.get_item(TableName=name, Key={"table": {"S": arn}, "scheduled": {"S": claim.scheduled}})[
        "Item"
    ]
    assert float(item["expires"]["N"]) == pytest.approx(now + 30 * DAY, abs=1)
    with pytest.raises(OvertakenError):
        ledger.change(replace(recorded, arn="y"), now, state=State.GOOD)


def test_the_ledger_walks_from_the_newest_to_the_oldest_over_many_pages(tables: tuple[Any, str, str]) -> None:
    client, arn, name = tables
    ledger = Ledger(client, name, page=2)
    seen, _ = ledger.seen(arn)
    assert ledger.seen(arn)[0] == seen
    for day in range(1, 8):
        when = f"2026-03-0{day}T01:00:00Z"
        claim = Entry(table=arn, scheduled=when, state=State.CLAIMED, name="a", claim="one", claimed_at=1.0)
        ledger.claim(claim, None)
        if day != 7:
            ledger.record(replace(claim, state=State.GOOD, arn=str(day)))
    (deleted,) = [each for each in ledger.walk(arn) if each.arn == "4"]
    ledger.change(deleted, 0.0, state=State.DELETED)
    assert [each.arn for each in ledger.walk(arn)] == ["6", "5", "3", "2", "1"]
    assert [each.arn for each in ledger.walk(arn, after="2026-03-03T01:00:00Z")] == ["6", "5"]


def simulated(now: float, *, stopped: float, looks: bool) -> World:
    """The world of the last days, with a run a day until it was `stopped` so many seconds ago."""
    world = World(now=now - 4 * DAY)
    while world.now < now - stopped:
        Invocation(world, f"{world.now}").run()
        world.now += DAY
    world.now = now - 2 * HOUR
    while looks and world.now < now:
        Invocation(world).look()
        world.now += 300
    return world


def test_the_heartbeat_rings_when_the_schedule_is_off_and_is_quiet_otherwise(cloud: LocalCloud) -> None:
    stack = fresh_stack()
    orders = dynamodb.Table.from_table_name(stack, "Orders", "o")
    daily = scheduler.ScheduleExpression.rate(cdk.Duration.days(1))
    ScheduledBackup(stack, "Backup", tables=[orders], schedule=daily)
    alarm = synthesize(stack).only("AWS::CloudWatch::Alarm", under="BackupAge")
    client, tail = cloud.client("cloudwatch"), uuid4().hex[:8]
    now = time.time()
    cases = {
        "on": simulated(now, stopped=3 * HOUR, looks=True),
        "off": simulated(now, stopped=2 * DAY, looks=True),
        "blind": simulated(now, stopped=3 * HOUR, looks=False),
    }
    for case, world in cases.items():
        client.put_metric_alarm(
            AlarmName=f"{case}-{tail}",
            Dimensions=[{"Name": "Schedule", "Value": f"{case}-{tail}"}],
            **{
                key: alarm[key]
                for key in alarm
                if key not in ("AlarmActions", "AlarmDescription", "Dimensions")
            },
        )
        publish(client, world, f"{case}-{tail}", now)

    def states() -> dict[str, str] | None:
        found = client.describe_alarms(AlarmNames=[f"{case}-{tail}" for case in cases])["MetricAlarms"]
        known = {each["AlarmName"].split("-")[0]: each["StateValue"] for each in found}
        return known if "INSUFFICIENT_DATA" not in known.values() else None

    assert eventually(states, "the states of the alarms") == {"on": "OK", "off": "ALARM", "blind": "ALARM"}
    client.delete_alarms(AlarmNames=[f"{case}-{tail}" for case in cases])


def publish(client: Any, world: World, schedule: str, now: float) -> None:
    """What the last two hours of the world's log say, as CloudWatch reads it."""
    data = [
        {
            "MetricName": metric.name,
            "Dimensions": [{"Name": "Schedule", "Value": schedule}],
            "Timestamp": datetime.fromtimestamp(line["_aws"]["Timestamp"] / 1000, UTC),
            "Values": list(metric.values),
            "Unit": metric.unit,
        }
        for line in world.lines
        for metric in extract(json.dumps(line))
        if line["_aws"]["Timestamp"] / 1000 >= now - 2 * HOUR and set(metric.dimensions) == {"Schedule"}
    ]
    if data:
        client.put_metric_data(Namespace="constructs_lib/Backup", MetricData=data)
