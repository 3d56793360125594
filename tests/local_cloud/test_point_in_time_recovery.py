"""Point-in-time recovery: what is remembered of a table, since when, and for how long.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Point-in-time-recovery.html
"""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from local_cloud import LocalCloud
from local_cloud.service import eventually
from tests.cloud import deploy
from tests.local_cloud.recoverable import EAST, QUICK, WEST, Table, code, make, next_second
from tests.local_cloud.resources import resource

_INSERTION = """INSERT INTO "{}" VALUE {{'id': '{}', 'value': '2'}}"""
_UPDATE = """UPDATE "{}" SET "value" = '2' WHERE id = 'a'"""


@pytest.fixture(scope="module")
def cloud() -> Iterator[LocalCloud]:
    with LocalCloud(settings=QUICK) as running:
        yield running


@pytest.fixture
def table(cloud: LocalCloud) -> Table:
    return make(cloud)


def test_recovery_is_off_until_it_is_switched_on(table: Table) -> None:
    assert table.recovery == {"PointInTimeRecoveryStatus": "DISABLED"}
    assert table.remember()["PointInTimeRecoveryStatus"] == "ENABLED"
    table.stop_remembering()
    assert table.recovery == {"PointInTimeRecoveryStatus": "DISABLED"}


def test_window_begins_when_recovery_was_switched_on(table: Table) -> None:
    begun = datetime.now(UTC)

    described = table.remember()

    assert abs(described["EarliestRestorableDateTime"] - begun) < timedelta(seconds=2)
    assert described["RecoveryPeriodInDays"] == 35
    next_second()
    assert table.recovery["EarliestRestorableDateTime"] == described["EarliestRestorableDateTime"]
    assert table.recovery["LatestRestorableDateTime"] > described["LatestRestorableDateTime"]


def test_latest_moment_lies_back_by_the_lag_of_the_cloud() -> None:
    with LocalCloud(settings={"LOCAL_CLOUD_RECOVERY_LAG": "300"}) as slow:
        table = make(slow)
        described = table.remember()
        assert described["LatestRestorableDateTime"] == described["EarliestRestorableDateTime"]
        next_second()
        assert table.recovery["LatestRestorableDateTime"] == described["EarliestRestorableDateTime"]


def test_period_can_be_given_and_changed(table: Table) -> None:
    assert table.remember(RecoveryPeriodInDays=7)["RecoveryPeriodInDays"] == 7
    assert table.remember(RecoveryPeriodInDays=1)["RecoveryPeriodInDays"] == 1


def test_fails_for_a_period_that_dynamodb_does_not_have(table: Table) -> None:
    with pytest.raises(ClientError, match="less than or equal to 35") as raised:
        table.remember(RecoveryPeriodInDays=36)

    assert code(raised.value) == "ValidationException"
    assert table.recovery["PointInTimeRecoveryStatus"] == "DISABLED"


def test_fails_for_a_table_that_is_not_there(cloud: LocalCloud) -> None:
    missing = Table(cloud, "missing-table")

    with pytest.raises(ClientError) as raised:
        missing.remember()
    assert code(raised.value) == "TableNotFoundException"
    with pytest.raises(ClientError) as raised:
        _ = missing.recovery
    assert code(raised.value) == "TableNotFoundException"


def test_every_moment_can_be_had_back(table: Table) -> None:
    table.put(a="1", b="1")
    table.remember()
    first = next_second()
    table.put(a="2", c="1")
    table.delete("b")
    second = next_second()
    table.put(b="3")
    third = next_second()

    assert table.at(first) == {"a": "1", "b": "1"}
    assert table.at(second) == {"a": "2", "c": "1"}
    assert table.at(third) == {"a": "2", "b": "3", "c": "1"}
    assert table.values == {"a": "2", "b": "3", "c": "1"}


def _by_update(table: Table) -> None:
    table.client.update_item(
        TableName=table.name,
        Key={"id": {"S": "a"}},
        UpdateExpression="SET #v = :v",
        ExpressionAttributeNames={"#v": "value"},
        ExpressionAttributeValues={":v": {"S": "2"}},
    )


def _by_batch(table: Table) -> None:
    item = {"id": {"S": "a"}, "value": {"S": "2"}}
    table.client.batch_write_item(RequestItems={table.name: [{"PutRequest": {"Item": item}}]})


def _by_transaction(table: Table) -> None:
    item = {"id": {"S": "a"}, "value": {"S": "2"}}
    table.client.transact_write_items(TransactItems=[{"Put": {"TableName": table.name, "Item": item}}])


def _by_statement(table: Table) -> None:
    table.client.execute_statement(Statement=_UPDATE.format(table.name))


def _by_transaction_of_statements(table: Table) -> None:
    statement = _UPDATE.format(table.name)
    table.client.execute_transaction(TransactStatements=[{"Statement": statement}])


@pytest.mark.parametrize(
    "write", [_by_update, _by_batch, _by_transaction, _by_statement, _by_transaction_of_statements]
)
def test_writes_of_every_kind_are_remembered(table: Table, write: Callable[[Table], None]) -> None:
    table.put(a="1")
    table.remember()
    before = next_second()
    write(table)
    after = next_second()

    assert table.at(before) == {"a": "1"}
    assert table.at(after) == {"a": "2"}


def test_transaction_that_fails_leaves_nothing(table: Table) -> None:
    table.put(a="1")
    table.remember()
    with pytest.raises(ClientError, match="DuplicateItem"):
        table.client.execute_transaction(
            TransactStatements=[{"Statement": _INSERTION.format(table.name, key)} for key in ("b", "a")]
        )
    table.put(c="1")
    after = next_second()

    assert table.at(after) == {"a": "1", "c": "1"}


def test_switching_it_off_and_on_loses_what_was_remembered(table: Table) -> None:
    table.remember()
    table.put(a="1")
    lost = next_second()
    next_second()
    table.stop_remembering()
    table.remember()

    with pytest.raises(ClientError) as raised:
        table.at(lost)
    assert code(raised.value) == "InvalidRestoreTimeException"


def test_fails_without_recovery(table: Table) -> None:
    with pytest.raises(ClientError) as raised:
        table.at(int(time.time()))

    assert code(raised.value) == "PointInTimeRecoveryUnavailableException"


def test_fails_for_a_moment_that_is_yet_to_come(table: Table) -> None:
    table.remember()

    with pytest.raises(ClientError) as raised:
        table.at(int(time.time()) + 60)
    assert code(raised.value) == "InvalidRestoreTimeException"


@pytest.mark.parametrize("moments", [{}, {"UseLatestRestorableTime": True, "RestoreDateTime": 1_700_000_000}])
def test_fails_without_exactly_one_moment(table: Table, moments: dict[str, Any]) -> None:
    table.remember()

    with pytest.raises(ClientError, match="Either RestoreDateTime or") as raised:
        table.client.restore_table_to_point_in_time(
            SourceTableName=table.name, TargetTableName="nowhere", **moments
        )
    assert code(raised.value) == "ValidationException"


def test_latest_moment_can_be_had_without_naming_it(table: Table) -> None:
    table.remember()
    table.put(a="1")
    next_second()
    target = Table(table.cloud, f"latest-{uuid4().hex[:8]}")

    table.client.restore_table_to_point_in_time(
        SourceTableName=table.name, TargetTableName=target.name, UseLatestRestorableTime=True
    )

    assert target.ready().values == {"a": "1"}


def test_broken_recovery_fails_for_this_table_alone(cloud: LocalCloud, table: Table) -> None:
    other = make(cloud)
    for each in (table, other):
        each.put(a="1")
        each.remember()
    moment = next_second()
    cloud.break_recovery(EAST, table.name)

    with pytest.raises(ClientError) as raised:
        table.at(moment)
    assert code(raised.value) == "InternalServerError"
    assert other.at(moment) == {"a": "1"}
    cloud.mend_recovery(EAST, table.name)
    assert table.at(moment) == {"a": "1"}


def test_replica_remembers_the_writes_that_arrive(cloud: LocalCloud, table: Table) -> None:
    table.client.update_table(TableName=table.name, ReplicaUpdates=[{"Create": {"RegionName": WEST}}])
    replica = Table(cloud, table.name, WEST)
    assert replica.recovery["PointInTimeRecoveryStatus"] == "DISABLED"
    replica.remember()
    before = next_second()
    table.put(a="1")
    eventually(lambda: replica.values, "the write to arrive")
    after = next_second()

    assert replica.at(before) == {}
    assert replica.at(after) == {"a": "1"}
    assert table.recovery["PointInTimeRecoveryStatus"] == "DISABLED"


def _declared(days: int) -> dict[str, Any]:
    return {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": days}


KEY: dict[str, Any] = {
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}


def test_cloudformation_declares_the_period_of_a_table(cloud: LocalCloud) -> None:
    name = f"declared-{uuid4().hex[:8]}"
    declared = resource(
        "DynamoDB::Table", **KEY, TableName=name, PointInTimeRecoverySpecification=_declared(9)
    )
    deploy(cloud, name, {"Table": declared})

    assert Table(cloud, name).recovery["RecoveryPeriodInDays"] == 9


def test_cloudformation_declares_the_period_of_each_replica(cloud: LocalCloud) -> None:
    name = f"declared-{uuid4().hex[:8]}"
    replicas = [
        {"Region": region, "PointInTimeRecoverySpecification": _declared(days)}
        for region, days in ((EAST, 5), (WEST, 3))
    ]
    declared = resource("DynamoDB::GlobalTable", **KEY, TableName=name, Replicas=replicas)
    deploy(cloud, name, {"Table": declared})

    assert Table(cloud, name, EAST).recovery["RecoveryPeriodInDays"] == 5
    assert Table(cloud, name, WEST).recovery["RecoveryPeriodInDays"] == 3


def test_update_by_cloudformation_keeps_what_was_remembered(cloud: LocalCloud) -> None:
    name = f"declared-{uuid4().hex[:8]}"

    def template(days: int) -> dict[str, Any]:
        recovery = _declared(days)
        made = resource("DynamoDB::Table", **KEY, TableName=name, PointInTimeRecoverySpecification=recovery)
        return {"Table": made}

    deploy(cloud, name, template(9))
    table = Table(cloud, name)
    table.put(a="1")
    moment = next_second()
    table.put(a="2")
    deploy(cloud, name, template(4))

    assert table.recovery["RecoveryPeriodInDays"] == 4
    assert table.at(moment) == {"a": "1"}
