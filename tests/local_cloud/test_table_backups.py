"""On-demand backups: what is said of them, which are listed, and what a tampered one restores.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListBackups.html
"""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from local_cloud import LocalCloud, LocalCloudError
from tests.cloud import deploy
from tests.local_cloud.recoverable import EAST, QUICK, WEST, Table, make
from tests.local_cloud.resources import resource


@pytest.fixture(scope="module")
def cloud() -> Iterator[LocalCloud]:
    with LocalCloud(settings=QUICK) as running:
        yield running


@pytest.fixture
def table(cloud: LocalCloud) -> Table:
    return make(cloud)


def listed(table: Table, **filters: Any) -> list[dict[str, Any]]:
    answer = table.client.list_backups(**{"TableName": table.name, **filters})
    summaries: list[dict[str, Any]] = answer["BackupSummaries"]
    return summaries


def arns(table: Table, **filters: Any) -> list[str]:
    return [summary["BackupArn"] for summary in listed(table, **filters)]


def moment(table: Table, arn: str) -> datetime:
    details = table.client.describe_backup(BackupArn=arn)["BackupDescription"]["BackupDetails"]
    made: datetime = details["BackupCreationDateTime"]
    return made


def test_backup_tells_of_its_table(table: Table) -> None:
    table.put(a="1", b="1")

    described = table.client.describe_backup(BackupArn=table.back_up())["BackupDescription"]

    source = described["SourceTableDetails"]
    assert source["TableArn"] == table.arn
    assert source["ItemCount"] == 2
    assert source["BillingMode"] == "PAY_PER_REQUEST"
    assert source["TableId"] == table.described["TableId"]


def test_backup_of_a_replica_tells_of_the_replica(cloud: LocalCloud) -> None:
    name = f"declared-{uuid4().hex[:8]}"
    declared = resource(
        "DynamoDB::GlobalTable",
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        Replicas=[{"Region": EAST}, {"Region": WEST}],
    )
    deploy(cloud, name, {"Table": declared})
    replica = Table(cloud, name, WEST)
    replica.put(a="1")

    described = replica.client.describe_backup(BackupArn=replica.back_up())["BackupDescription"]

    assert f":{WEST}:" in described["BackupDetails"]["BackupArn"]
    source = described["SourceTableDetails"]
    assert source["TableArn"] == replica.arn
    assert source["ItemCount"] == 1
    assert source["BillingMode"] == "PAY_PER_REQUEST"
    assert source["TableId"] != Table(cloud, name, EAST).described["TableId"]


def test_only_backups_of_the_table_are_listed_by_name_and_by_arn(cloud: LocalCloud, table: Table) -> None:
    other = make(cloud)
    mine, theirs = table.back_up(), other.back_up()

    assert arns(table) == [mine]
    assert arns(table, TableName=other.arn) == [theirs]


def test_lower_bound_is_listed_and_upper_bound_is_not(table: Table) -> None:
    made = [table.back_up() for _ in range(3)]
    later = moment(table, made[0]) + timedelta(seconds=5)  # bounds are whole seconds when they are sent

    assert arns(table, TimeRangeUpperBound=later) == made
    assert arns(table, TimeRangeLowerBound=later) == []
    second = moment(table, made[0]).replace(microsecond=0)
    assert arns(table, TimeRangeLowerBound=second) == made
    assert arns(table, TimeRangeUpperBound=second) == []


def test_pages_are_as_long_as_asked_for_and_lose_nothing(table: Table) -> None:
    made = {table.back_up() for _ in range(5)}
    pages = table.client.get_paginator("list_backups").paginate(
        TableName=table.name, PaginationConfig={"PageSize": 2}
    )

    found = [[summary["BackupArn"] for summary in page["BackupSummaries"]] for page in pages]

    assert [len(page) for page in found] == [2, 2, 1]
    assert {arn for page in found for arn in page} == made


def test_listing_goes_on_where_its_last_backup_is_gone(table: Table) -> None:
    made = {table.back_up() for _ in range(3)}
    first = table.client.list_backups(TableName=table.name, Limit=1)
    last = first["LastEvaluatedBackupArn"]
    table.client.delete_backup(BackupArn=last)

    rest = arns(table, ExclusiveStartBackupArn=last)

    assert {*rest, last} == made
    assert last not in rest


def test_fails_for_a_page_that_is_too_long(table: Table) -> None:
    with pytest.raises(ClientError, match="less than or equal to 100"):
        table.client.list_backups(TableName=table.name, Limit=101)


def test_deleted_table_leaves_a_system_backup_where_recovery_was_on(table: Table) -> None:
    table.put(a="1")
    table.remember()
    mine = table.back_up()
    table.client.delete_table(TableName=table.name)

    (system,) = listed(table, BackupType="SYSTEM")

    assert system["BackupName"] == f"{table.name}$DeletedTableBackup"
    assert system["BackupExpiryDateTime"] - system["BackupCreationDateTime"] == timedelta(days=35)
    assert arns(table) == arns(table, BackupType="USER") == [mine]
    assert set(arns(table, BackupType="ALL")) == {mine, system["BackupArn"]}
    table.client.restore_table_from_backup(BackupArn=system["BackupArn"], TargetTableName=table.name)
    assert table.ready().values == {"a": "1"}


def test_deleted_table_leaves_nothing_where_recovery_was_off(table: Table) -> None:
    table.client.delete_table(TableName=table.name)

    assert arns(table, BackupType="ALL") == []


def test_table_that_cannot_be_deleted_leaves_no_system_backup(cloud: LocalCloud) -> None:
    table = make(cloud, DeletionProtectionEnabled=True)
    table.remember()
    with pytest.raises(ClientError, match="protected"):
        table.client.delete_table(TableName=table.name)

    assert arns(table, BackupType="ALL") == []
    assert table.recovery["PointInTimeRecoveryStatus"] == "ENABLED"


def test_table_that_cloudformation_deletes_leaves_a_system_backup(cloud: LocalCloud) -> None:
    name = f"declared-{uuid4().hex[:8]}"
    declared = resource(
        "DynamoDB::Table",
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
    )
    deploy(cloud, name, {"Table": declared, "Topic": resource("SNS::Topic")})
    deploy(cloud, name, {"Topic": resource("SNS::Topic")})

    assert len(listed(Table(cloud, name), BackupType="SYSTEM")) == 1


def test_tampered_backup_restores_what_was_made_of_it_and_looks_as_before(
    cloud: LocalCloud, table: Table
) -> None:
    table.put(a="1", b="1")
    table.remember()
    bad, good = table.back_up(), table.back_up()
    said = table.client.describe_backup(BackupArn=bad)

    changed = {"id": {"S": "a"}, "value": {"S": "evil"}}
    added = {"id": {"S": "z"}, "value": {"S": "evil"}}
    cloud.tamper_with_backup(bad, put=[changed, added], delete=[{"id": {"S": "b"}}])

    described = table.client.describe_backup(BackupArn=bad)
    assert described["BackupDescription"] == said["BackupDescription"]
    values = {}
    for backup in (bad, good):
        target = Table(cloud, f"restored-{uuid4().hex[:8]}")
        target.client.restore_table_from_backup(BackupArn=backup, TargetTableName=target.name)
        values[backup] = target.ready().values
    assert values[bad] == {"a": "evil", "z": "evil"}
    assert values[good] == table.values == {"a": "1", "b": "1"}


def test_fails_to_tamper_with_what_is_not_there(cloud: LocalCloud, table: Table) -> None:
    with pytest.raises(LocalCloudError, match="there is no backup"):
        cloud.tamper_with_backup(f"{table.arn}/backup/01489602797149-73d8d5bc")
    with pytest.raises(LocalCloudError, match="there is no backup"):
        cloud.tamper_with_backup("not-an-arn")


@pytest.mark.parametrize("asked", ["tamper?backup=any&put=nonsense", "fail-export?region=us-east-1"])
def test_control_call_says_what_is_wrong_with_it(cloud: LocalCloud, asked: str) -> None:
    request = urllib.request.Request(f"{cloud.endpoint}/_local/{asked}", method="POST")  # noqa: S310 - the local cloud

    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(request)  # noqa: S310 - likewise
    with raised.value as answer:
        assert answer.status == 400
        assert json.load(answer)["message"]
