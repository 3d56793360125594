"""Restored tables: while they are being created, what they have then, and what they have lost.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_RestoreTableFromBackup.html
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_RestoreTableToPointInTime.html
"""

import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from local_cloud import LocalCloud
from tests.cloud import deploy
from tests.local_cloud.recoverable import EAST, QUICK, WEST, Table, code, make, next_second
from tests.local_cloud.resources import resource

KEY = {"id": {"S": "a"}}
INDEXED: dict[str, Any] = {
    "AttributeDefinitions": [
        {"AttributeName": "id", "AttributeType": "S"},
        {"AttributeName": "value", "AttributeType": "S"},
    ],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": f"by-value-{number}",
            "KeySchema": [{"AttributeName": "value", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "ALL"},
        }
        for number in (1, 2)
    ],
}


@pytest.fixture(scope="module")
def cloud() -> Iterator[LocalCloud]:
    with LocalCloud(settings=QUICK) as running:
        yield running


@pytest.fixture(scope="module")
def waiting() -> Iterator[LocalCloud]:
    """A cloud whose restores do not end before the tests."""
    with LocalCloud(settings={**QUICK, "LOCAL_CLOUD_RESTORE_SECONDS": "3600"}) as running:
        yield running


def restore(table: Table, backup: str | None = None, **settings: Any) -> Table:
    """A new table from a new backup."""
    target = Table(table.cloud, f"restored-{uuid4().hex[:8]}", table.client.meta.region_name)
    table.client.restore_table_from_backup(
        BackupArn=backup or table.back_up(), TargetTableName=target.name, **settings
    )
    return target


@pytest.fixture(scope="module")
def unfinished(waiting: LocalCloud) -> Table:
    source = make(waiting, **INDEXED)
    source.put(a="1")
    return restore(source)


def test_table_is_being_created_until_it_has_its_items(unfinished: Table) -> None:
    described = unfinished.described

    assert described["TableStatus"] == "CREATING"
    assert described["ItemCount"] == 0
    assert {index["IndexStatus"] for index in described["GlobalSecondaryIndexes"]} == {"CREATING"}
    assert described["RestoreSummary"]["RestoreInProgress"] is True


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("get_item", {"Key": KEY}),
        ("put_item", {"Item": KEY}),
        ("delete_item", {"Key": KEY}),
        ("update_item", {"Key": KEY}),
        ("scan", {}),
        (
            "query",
            {
                "KeyConditionExpression": "id = :id",
                "ExpressionAttributeValues": {":id": {"S": "a"}},
            },
        ),
    ],
)
def test_items_of_a_table_that_is_being_created_cannot_be_reached(
    unfinished: Table, operation: str, arguments: dict[str, Any]
) -> None:
    with pytest.raises(ClientError) as raised:
        getattr(unfinished.client, operation)(TableName=unfinished.name, **arguments)

    assert code(raised.value) == "ResourceNotFoundException"


def test_batches_transactions_and_statements_cannot_reach_them_either(unfinished: Table) -> None:
    client, name = unfinished.client, unfinished.name
    calls: list[Callable[[], object]] = [
        lambda: client.batch_get_item(RequestItems={name: {"Keys": [KEY]}}),
        lambda: client.batch_write_item(RequestItems={name: [{"PutRequest": {"Item": KEY}}]}),
        lambda: client.transact_get_items(TransactItems=[{"Get": {"TableName": name, "Key": KEY}}]),
        lambda: client.transact_write_items(TransactItems=[{"Put": {"TableName": name, "Item": KEY}}]),
        lambda: client.execute_statement(Statement='SELECT * FROM "{}"'.format(name)),  # noqa: S608, UP032 - PartiQL
    ]

    for call in calls:
        with pytest.raises(ClientError) as raised:
            call()
        assert code(raised.value) == "ResourceNotFoundException"


def test_each_statement_of_a_batch_fails_by_itself(waiting: LocalCloud, unfinished: Table) -> None:
    other = make(waiting)
    statements = [
        {"Statement": f"""INSERT INTO "{table.name}" VALUE {{'id': 'a'}}"""} for table in (unfinished, other)
    ]

    answers = unfinished.client.batch_execute_statement(Statements=statements)["Responses"]

    assert ["Error" in answer for answer in answers] == [True, False]
    assert "ResourceNotFound" in answers[0]["Error"]["Code"]


def test_table_that_is_being_created_cannot_be_changed_or_deleted(unfinished: Table) -> None:
    client, name = unfinished.client, unfinished.name
    calls: dict[str, list[Callable[[], object]]] = {
        "ResourceInUseException": [
            lambda: client.delete_table(TableName=name),
            lambda: client.update_table(TableName=name, DeletionProtectionEnabled=True),
            lambda: client.update_time_to_live(
                TableName=name, TimeToLiveSpecification={"Enabled": True, "AttributeName": "ttl"}
            ),
            lambda: client.tag_resource(ResourceArn=unfinished.arn, Tags=[{"Key": "a", "Value": "b"}]),
        ],
        "TableInUseException": [unfinished.back_up],
        "ContinuousBackupsUnavailableException": [unfinished.remember],
    }

    for expected, refused in calls.items():
        for call in refused:
            with pytest.raises(ClientError) as raised:
                call()
            assert code(raised.value) == expected


def test_fails_where_another_restore_makes_the_table(waiting: LocalCloud, unfinished: Table) -> None:
    source = make(waiting)

    with pytest.raises(ClientError) as raised:
        source.client.restore_table_from_backup(BackupArn=source.back_up(), TargetTableName=unfinished.name)
    assert code(raised.value) == "TableInUseException"


def test_backup_that_is_being_restored_cannot_be_deleted(waiting: LocalCloud) -> None:
    source = make(waiting)
    backup = source.back_up()
    restore(source, backup)

    with pytest.raises(ClientError) as raised:
        source.client.delete_backup(BackupArn=backup)
    assert code(raised.value) == "BackupInUseException"


def test_fails_with_fifty_restores_under_way() -> None:
    with LocalCloud(settings={"LOCAL_CLOUD_RESTORE_SECONDS": "3600"}) as crowded:
        source = make(crowded)
        backup = source.back_up()
        for _ in range(50):
            restore(source, backup)

        with pytest.raises(ClientError) as raised:
            restore(source, backup)
        assert code(raised.value) == "LimitExceededException"


def test_table_has_its_items_and_indexes_when_it_is_there(cloud: LocalCloud) -> None:
    source = make(cloud, **INDEXED)
    source.put(a="1", b="1")
    backup = source.back_up()
    source.put(a="2")

    table = restore(source, backup).ready()

    assert table.values == {"a": "1", "b": "1"}
    described = table.described
    assert described["ItemCount"] == 2
    assert described["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert {index["IndexStatus"] for index in described["GlobalSecondaryIndexes"]} == {"ACTIVE"}
    found = table.client.query(
        TableName=table.name,
        IndexName="by-value-2",
        KeyConditionExpression="#v = :v",
        ExpressionAttributeNames={"#v": "value"},
        ExpressionAttributeValues={":v": {"S": "1"}},
    )
    assert {item["id"]["S"] for item in found["Items"]} == {"a", "b"}


def test_summary_names_the_backup_and_its_moment(cloud: LocalCloud) -> None:
    source = make(cloud)
    backup = source.back_up()
    made = source.client.describe_backup(BackupArn=backup)["BackupDescription"]["BackupDetails"]

    summary = restore(source, backup).ready().described["RestoreSummary"]

    assert summary == {
        "SourceBackupArn": backup,
        "SourceTableArn": source.arn,
        "RestoreDateTime": made["BackupCreationDateTime"],
        "RestoreInProgress": False,
    }


def test_summary_of_a_restore_to_a_point_in_time_has_no_backup(cloud: LocalCloud) -> None:
    source = make(cloud)
    source.remember()
    moment = next_second()
    name = f"restored-{uuid4().hex[:8]}"

    begun = source.client.restore_table_to_point_in_time(
        SourceTableName=source.name, TargetTableName=name, RestoreDateTime=moment
    )

    summary = begun["TableDescription"]["RestoreSummary"]
    assert summary["RestoreInProgress"] is True
    assert summary["SourceTableArn"] == source.arn
    assert summary["RestoreDateTime"].timestamp() == moment
    assert "SourceBackupArn" not in summary


def test_restored_table_has_lost_what_is_not_in_a_backup(cloud: LocalCloud) -> None:
    stream = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    tags = [{"Key": "team", "Value": "shop"}]
    source = make(cloud, StreamSpecification=stream, Tags=tags, DeletionProtectionEnabled=True)
    source.remember()
    source.client.update_time_to_live(
        TableName=source.name, TimeToLiveSpecification={"Enabled": True, "AttributeName": "ttl"}
    )

    table = restore(source).ready()

    described = table.described
    assert "StreamSpecification" not in described
    assert described["DeletionProtectionEnabled"] is False
    assert table.recovery["PointInTimeRecoveryStatus"] == "DISABLED"
    time_to_live = table.client.describe_time_to_live(TableName=table.name)["TimeToLiveDescription"]
    assert time_to_live["TimeToLiveStatus"] == "DISABLED"
    assert table.client.list_tags_of_resource(ResourceArn=table.arn)["Tags"] == []


def test_encryption_is_kept_unless_another_is_asked_for(cloud: LocalCloud) -> None:
    key = cloud.client("kms").create_key()["KeyMetadata"]["Arn"]
    encrypted = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}
    source = make(cloud, SSESpecification=encrypted)

    kept = restore(source).ready().described
    changed = restore(source, SSESpecificationOverride={"Enabled": False}).ready().described

    assert kept["SSEDescription"]["KMSMasterKeyArn"] == key
    assert changed.get("SSEDescription", {}).get("Status") != "ENABLED"


def test_indexes_and_capacity_can_be_overridden(cloud: LocalCloud) -> None:
    source = make(cloud, **INDEXED)
    first = {**INDEXED["GlobalSecondaryIndexes"][0], "ProvisionedThroughput": _capacity(4)}

    table = restore(
        source,
        BillingModeOverride="PROVISIONED",
        ProvisionedThroughputOverride=_capacity(3),
        GlobalSecondaryIndexOverride=[first],
    ).ready()

    described = table.described
    assert described["ProvisionedThroughput"]["ReadCapacityUnits"] == 3
    assert [index["IndexName"] for index in described["GlobalSecondaryIndexes"]] == ["by-value-1"]
    assert described["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]["ReadCapacityUnits"] == 4


def _capacity(units: int) -> dict[str, int]:
    return {"ReadCapacityUnits": units, "WriteCapacityUnits": units}


def test_indexes_can_be_left_out(cloud: LocalCloud) -> None:
    source = make(cloud, **INDEXED)
    source.put(a="1")

    table = restore(source, GlobalSecondaryIndexOverride=[]).ready()

    assert "GlobalSecondaryIndexes" not in table.described
    assert table.values == {"a": "1"}


def test_table_can_be_restored_in_another_region(cloud: LocalCloud) -> None:
    source = make(cloud)
    source.put(a="1")
    backup = source.back_up()
    target = Table(cloud, f"moved-{uuid4().hex[:8]}", WEST)

    target.client.restore_table_from_backup(BackupArn=backup, TargetTableName=target.name)

    assert target.ready().values == {"a": "1"}
    assert target.described["TableArn"] == target.arn
    assert target.described["RestoreSummary"]["SourceTableArn"] == source.arn


def test_point_in_time_can_be_restored_in_another_region(cloud: LocalCloud) -> None:
    source = make(cloud)
    source.put(a="1")
    source.remember()
    target = Table(cloud, f"moved-{uuid4().hex[:8]}", WEST)

    target.client.restore_table_to_point_in_time(
        SourceTableArn=source.arn, TargetTableName=target.name, UseLatestRestorableTime=True
    )

    assert target.ready().values == {"a": "1"}
    assert EAST in target.described["RestoreSummary"]["SourceTableArn"]


def test_fails_where_the_table_is_already_there(cloud: LocalCloud) -> None:
    source = make(cloud)
    source.remember()

    with pytest.raises(ClientError) as raised:
        source.client.restore_table_from_backup(BackupArn=source.back_up(), TargetTableName=source.name)
    assert code(raised.value) == "TableAlreadyExistsException"
    with pytest.raises(ClientError) as raised:
        source.client.restore_table_to_point_in_time(
            SourceTableName=source.name, TargetTableName=source.name, UseLatestRestorableTime=True
        )
    assert code(raised.value) == "TableAlreadyExistsException"


def test_fails_where_the_source_is_not_there(cloud: LocalCloud) -> None:
    table = make(cloud)

    with pytest.raises(ClientError) as raised:
        restore(table, f"{table.arn}/backup/01489602797149-73d8d5bc")
    assert code(raised.value) == "BackupNotFoundException"
    with pytest.raises(ClientError) as raised:
        Table(cloud, "missing-table").at(0)
    assert code(raised.value) == "TableNotFoundException"


def test_table_inherits_nothing_of_an_earlier_one_with_its_name(cloud: LocalCloud) -> None:
    name = f"declared-{uuid4().hex[:8]}"
    declared = resource(
        "DynamoDB::Table",
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        Tags=[{"Key": "team", "Value": "shop"}],
        TimeToLiveSpecification={"AttributeName": "ttl", "Enabled": True},
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
    )
    topic = resource("SNS::Topic")
    deploy(cloud, name, {"Table": declared, "Topic": topic})
    table = Table(cloud, name)
    client, arn = table.client, table.arn
    table.put(a="1")
    statement = {"Effect": "Allow", "Principal": "*", "Action": "dynamodb:GetItem", "Resource": arn}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    client.put_resource_policy(ResourceArn=arn, Policy=policy)
    backup = table.back_up()
    deploy(cloud, name, {"Topic": topic})

    client.restore_table_from_backup(BackupArn=backup, TargetTableName=name)

    assert table.ready().values == {"a": "1"}
    assert table.recovery["PointInTimeRecoveryStatus"] == "DISABLED"
    assert client.list_tags_of_resource(ResourceArn=arn)["Tags"] == []
    time_to_live = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    assert time_to_live["TimeToLiveStatus"] == "DISABLED"
    with pytest.raises(ClientError) as raised:
        client.get_resource_policy(ResourceArn=arn)
    assert code(raised.value) == "PolicyNotFoundException"
