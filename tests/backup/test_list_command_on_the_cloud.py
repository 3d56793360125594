"""``list`` on the local cloud: what there is of a table, and whether it was verified."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from constructs_lib.backup.command.failing import ExitCode
from local_cloud import LocalCloud
from tests.backup.command_world import World

KEYS = ("table", "run")


@pytest.fixture
def table(cloud: LocalCloud) -> Iterator[str]:
    client, name = cloud.client("dynamodb"), f"listed-{uuid4().hex[:8]}"
    make(client, name, "id")
    yield name
    client.delete_table(TableName=name)


def make(client: Any, name: str, *keys: str, **more: Any) -> str:
    made = client.create_table(
        TableName=name,
        KeySchema=[
            {"AttributeName": key, "KeyType": kind}
            for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)
        ],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
        BillingMode="PAY_PER_REQUEST",
        **more,
    )
    arn: str = made["TableDescription"]["TableArn"]
    return arn


def back_up(client: Any, table: str, name: str) -> str:
    arn: str = client.create_backup(TableName=table, BackupName=name)["BackupDetails"]["BackupArn"]
    return arn


def listed(cloud: LocalCloud, *words: str) -> list[dict[str, Any]]:
    world = World(cloud.client)
    assert world.list("--json", *words) == ExitCode.DONE
    found: list[dict[str, Any]] = world.document["backups"]
    return found


def test_the_window_of_a_table_is_listed_and_its_backups_from_old_to_new(
    cloud: LocalCloud, table: str
) -> None:
    client = cloud.client("dynamodb")
    by_hand = back_up(client, table, "by-hand")
    scheduled = back_up(client, table, "shop-20260301T010000Z-0a1b2c3d4e5f")
    client.update_continuous_backups(
        TableName=table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    found = listed(cloud, "--table", table)
    assert [(each["source"], each["arn"]) for each in found] == [
        ("PITR", ""),
        ("by hand", by_hand),
        ("schedule", scheduled),
    ]
    assert {each["table"] for each in found} == {table}
    assert {each["verified"] for each in found} == {None}
    everything = listed(cloud)
    assert {by_hand, scheduled} <= {each["arn"] for each in everything}

    world = World(cloud.client)
    world.list("--table", table)
    for shown in ("by-hand", by_hand.rpartition("/")[2], scheduled.rpartition("/")[2]):
        assert shown in world.text
    assert "--at TIME" in world.text


def test_many_backups_of_a_deleted_table_are_all_listed(cloud: LocalCloud) -> None:
    client, name = cloud.client("dynamodb"), f"gone-{uuid4().hex[:8]}"
    make(client, name, "id")
    made = {back_up(client, name, f"number-{number:03d}") for number in range(120)}
    client.delete_table(TableName=name)
    found = listed(cloud, "--table", name)
    assert {each["arn"] for each in found if each["source"] == "by hand"} == made


def test_a_verdict_is_found_by_the_tag_of_the_ledger(cloud: LocalCloud, table: str) -> None:
    client, ledger = cloud.client("dynamodb"), f"tests-{uuid4().hex[:8]}"
    make(client, ledger, *KEYS, Tags=[{"Key": "constructs_lib:ledger", "Value": "restore-test"}])
    good, bad, untested = (back_up(client, table, name) for name in ("good", "bad", "untested"))
    arn = good.partition("/backup/")[0]
    verdicts: dict[str, dict[str, Any]] = {
        good: {"state": {"S": "passed"}, "restore_seconds": {"N": "720"}},
        bad: {"state": {"S": "failed"}, "reasons": {"L": [{"S": "3 items are missing"}]}},
    }
    for number, (backup, verdict) in enumerate(verdicts.items()):
        run = f"2026-03-0{number + 1}T01:00:00Z"
        key = {"table": {"S": arn}, "run": {"S": run}}
        client.put_item(
            TableName=ledger, Item={**key, **verdict, "backup": {"S": backup}, "finished": {"S": run}}
        )
    try:
        found = {each["arn"]: each["verified"] for each in listed(cloud, "--table", table)}
        assert found[untested] is None
        assert (found[good]["passed"], found[good]["restore_seconds"]) == (True, 720)
        assert (found[bad]["passed"], found[bad]["reasons"]) == (False, ["3 items are missing"])

        world = World(cloud.client, answer="no")
        world.list("--table", table)
        for shown in ("passed in 12 min", "2026-03-01T01:00:00Z", "failed", "3 items are missing"):
            assert shown in world.text
    finally:
        client.delete_table(TableName=ledger)
