import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_dynamodb as dynamodb

from constructs_lib.alarms import AlarmSettings, Profile
from constructs_lib.alarms.services import TABLE_ALARMS, TableAlarms, TableAlarmSettings, table_subject
from constructs_lib.checks import ConfigurationError
from tests.alarms.services.watching import ALARM, COMPOSITE, alarm, dimensions, metrics, names
from tests.graph import references
from tests.metric_math import compute
from tests.synthesis import fresh_stack, synthesize

COMPLETE = TableAlarmSettings(profile=Profile.COMPLETE)
HOME = cdk.Environment(account="111111111111", region="eu-west-1")
KEY = dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)


def a_table(stack: cdk.Stack, **more: Any) -> dynamodb.TableV2:
    return dynamodb.TableV2(stack, "Table", partition_key=KEY, **more)


def global_table(stack: cdk.Stack, *regions: str) -> dynamodb.TableV2:
    return a_table(stack, replicas=[dynamodb.ReplicaTableProps(region=region) for region in regions])


def old_table(stack: cdk.Stack, **more: Any) -> dynamodb.Table:
    return dynamodb.Table(stack, "Table", partition_key=KEY, **more)


def imported(stack: cdk.Stack) -> dynamodb.ITableV2:
    return dynamodb.TableV2.from_table_name(stack, "Table", "orders")


def test_a_strongly_consistent_table_has_no_alarm_on_a_latency_that_is_never_published() -> None:
    stack = fresh_stack(env=HOME)
    table = a_table(
        stack,
        replicas=[dynamodb.ReplicaTableProps(region="eu-central-1")],
        witness_region="eu-west-3",
        multi_region_consistency=dynamodb.MultiRegionConsistency.STRONG,
    )

    assert "replication_latency" not in TableAlarms(stack, "Alarms", table=table, settings=COMPLETE).names


def test_a_table_has_the_essential_alarms() -> None:
    stack = fresh_stack()
    alarms = TableAlarms(stack, "Alarms", table=a_table(stack))

    found = synthesize(stack)

    assert set(alarms.names) == {"read_throttles", "write_throttles"}
    reads = alarm(found, "read_throttles")
    used = metrics(reads)
    table = {"TableName": {"Ref": found.only_id("AWS::DynamoDB::GlobalTable")}}
    assert {name: (each["MetricName"], each["Stat"]) for name, each in used.items()} == {
        "throttled": ("ReadThrottleEvents", "Sum"),
        "consumed": ("ConsumedReadCapacityUnits", "Sum"),
    }
    assert {each["Namespace"] for each in used.values()} == {"AWS/DynamoDB"}
    assert [dimensions(each) for each in used.values()] == [table, table]
    assert (reads["Threshold"], reads["DatapointsToAlarm"], reads["EvaluationPeriods"]) == (1, 5, 10)
    assert sorted(references(found.only(COMPOSITE)["AlarmRule"])) == sorted(found.of_type(ALARM))


def test_a_throttle_alarm_rings_by_throttles_and_has_a_datapoint_where_there_are_none() -> None:
    stack = fresh_stack()
    TableAlarms(stack, "Alarms", table=a_table(stack))

    expression = alarm(synthesize(stack), "write_throttles")["Metrics"][0]["Expression"]

    series: dict[str, list[float | None]] = {"throttled": [4, None, 2], "consumed": [80, 0, 0]}
    assert compute(expression, series) == [4, 0, 2]


def test_system_errors_are_summed_over_operations_since_a_table_has_no_figure_of_its_own() -> None:
    stack = fresh_stack()
    TableAlarms(stack, "Alarms", table=imported(stack), settings=TableAlarmSettings(profile=Profile.STANDARD))

    errors = alarm(synthesize(stack), "system_errors")

    used = metrics(errors)
    of_operations = [each for each in used.values() if each["MetricName"] == "SystemErrors"]
    assert {dimensions(each)["Operation"] for each in of_operations} == {
        "GetItem",
        "BatchGetItem",
        "Query",
        "TransactGetItems",
        "PutItem",
        "UpdateItem",
        "DeleteItem",
        "BatchWriteItem",
        "TransactWriteItems",
    }
    assert {dimensions(each)["TableName"] for each in used.values()} == {"orders"}
    assert dimensions(used["consumed"]) == {"TableName": "orders"}
    series: dict[str, list[float | None]] = {name: [1.0] for name in used}
    assert compute(errors["Metrics"][0]["Expression"], series) == [9]


def test_latency_is_that_of_the_slowest_operation_on_one_item() -> None:
    stack = fresh_stack()
    TableAlarms(stack, "Alarms", table=imported(stack), settings=COMPLETE)

    latency = alarm(synthesize(stack), "latency")

    series: dict[str, list[float | None]] = {
        "getItem": [3],
        "putItem": [None],
        "updateItem": [31],
        "deleteItem": [5],
        "consumed": [12],
    }
    assert metrics(latency).keys() == series.keys()
    assert compute(latency["Metrics"][0]["Expression"], series) == [31]


@pytest.mark.parametrize("make", [a_table, imported])
def test_a_table_without_provisioned_capacity_has_no_alarm_on_its_utilization(make: Any) -> None:
    stack = fresh_stack()
    alarms = TableAlarms(stack, "Alarms", table=make(stack), settings=COMPLETE)

    assert set(alarms.names) == names(TABLE_ALARMS, Profile.COMPLETE) - {
        "read_utilization",
        "write_utilization",
        "replication_latency",
    }


def test_provisioned_capacity_is_watched_against_what_is_consumed_of_it() -> None:
    stack = fresh_stack()
    TableAlarms(
        stack,
        "Alarms",
        table=old_table(stack, read_capacity=5),
        settings=TableAlarmSettings(
            read_utilization=AlarmSettings(period=cdk.Duration.minutes(10)),
            write_utilization=AlarmSettings(),
        ),
    )

    found = synthesize(stack)

    reads, writes = (alarm(found, f"{kind}_utilization") for kind in ("read", "write"))
    assert writes["Metrics"][0]["Expression"] == "100 * consumed / 300 / provisioned"
    assert reads["Metrics"][0]["Expression"] == "100 * consumed / 600 / provisioned"
    used = metrics(reads)
    assert {name: (each["MetricName"], each["Stat"], each["Period"]) for name, each in used.items()} == {
        "consumed": ("ConsumedReadCapacityUnits", "Sum", 600),
        "provisioned": ("ProvisionedReadCapacityUnits", "Average", 600),
    }
    # 5 units a second for ten minutes, 90 % of them consumed.
    series: dict[str, list[float | None]] = {"consumed": [2_700], "provisioned": [5]}
    assert compute(reads["Metrics"][0]["Expression"], series) == [90]


def test_fails_with_a_period_below_that_of_a_metric_published_every_five_minutes() -> None:
    stack = fresh_stack()
    settings = TableAlarmSettings(read_utilization=AlarmSettings(period=cdk.Duration.minutes(1)))
    with pytest.raises(ConfigurationError, match=r"a period of 60 s\. .* this once in 5 minutes"):
        TableAlarms(stack, "Alarms", table=old_table(stack), settings=settings)


def test_a_global_table_has_an_alarm_on_the_latency_to_its_other_region() -> None:
    stack = fresh_stack(env=HOME)
    alarms = TableAlarms(stack, "Alarms", table=global_table(stack, "eu-central-1"))

    found = synthesize(stack)

    assert "replication_latency" in alarms.names
    slow = alarm(found, "replication_latency")
    used = metrics(slow)
    assert dimensions(used["latency"])["ReceivingRegion"] == "eu-central-1"
    assert dimensions(used["consumed"]).keys() == {"TableName"}
    assert {each["Period"] for each in used.values()} == {300}
    assert slow["Threshold"] == 180_000


def test_of_several_regions_the_slowest_counts() -> None:
    stack = fresh_stack(env=HOME)
    TableAlarms(stack, "Alarms", table=global_table(stack, "eu-central-1", "eu-north-1"))

    slow = alarm(synthesize(stack), "replication_latency")

    used = metrics(slow)
    regions = {name: dimensions(each).get("ReceivingRegion") for name, each in used.items()}
    assert regions == {"latency0": "eu-central-1", "latency1": "eu-north-1", "consumed": None}
    series: dict[str, list[float | None]] = {"latency0": [800], "latency1": [2_000], "consumed": [0]}
    assert compute(slow["Metrics"][0]["Expression"], series) == [2_000]


def test_the_regions_of_an_imported_table_can_be_given() -> None:
    stack = fresh_stack(env=HOME)
    table = imported(stack)
    alarms = TableAlarms(stack, "Alarms", table=table, replica_regions=["us-east-1"])

    assert "replication_latency" in alarms.names
    assert table_subject(table).receiving_regions == ()


@pytest.mark.parametrize("make", [a_table, old_table])
def test_an_index_has_alarms_of_its_own_without_those_of_the_whole_table(make: Any) -> None:
    stack = fresh_stack()
    table = make(stack)
    table.add_global_secondary_index(index_name="by_customer", partition_key=KEY)
    alarms = TableAlarms(
        stack,
        "Alarms",
        table=table,
        index_name="by_customer",
        replica_regions=["us-east-1"],
        settings=COMPLETE,
    )

    found = synthesize(stack)

    assert {"read_throttles", "write_throttles", "hot_partition"} <= set(alarms.names)
    assert not {"system_errors", "latency", "transaction_conflicts", "replication_latency"} & set(
        alarms.names
    )
    for each in metrics(alarm(found, "write_throttles")).values():
        assert dimensions(each).keys() == {"TableName", "GlobalSecondaryIndexName"}
        assert dimensions(each)["GlobalSecondaryIndexName"] == "by_customer"


def test_fails_with_an_index_that_the_table_does_not_have() -> None:
    stack = fresh_stack()
    table = old_table(stack)
    table.add_global_secondary_index(index_name="by_customer", partition_key=KEY)
    with pytest.raises(
        ConfigurationError,
        match=r"^Stack/Alarms: index_name is 'by_custom', .* could never ring\. Give one of: by_customer;",
    ):
        TableAlarms(stack, "Alarms", table=table, index_name="by_custom")


def test_the_index_of_an_imported_table_is_taken_on_trust() -> None:
    stack = fresh_stack()
    alarms = TableAlarms(stack, "Alarms", table=imported(stack), index_name="by_customer")

    assert set(alarms.names) == {"read_throttles", "write_throttles"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"table": "orders"}, "table is 'orders'. Give an aws_cdk.aws_dynamodb.TableV2 or Table"),
        ({"index_name": 3}, "index_name is 3. Give str or None."),
        ({"replica_regions": "us-east-1"}, "replica_regions is 'us-east-1'. Give list or tuple or None."),
        ({"replica_regions": ["eu-west-1"]}, "replica_regions holds 'eu-west-1'. Give the other Regions"),
        ({"replica_regions": [""]}, "replica_regions holds ''. Give the other Regions"),
        (
            {"replica_regions": [f"eu-west-{n}" for n in range(10, 20)]},
            "replica_regions holds 10 Regions. One alarm can watch 9",
        ),
    ],
)
def test_fails_with_what_no_table_has(arguments: dict[str, Any], message: str) -> None:
    stack = fresh_stack(env=HOME)
    with pytest.raises(ConfigurationError, match=re.escape(f"Stack/Alarms: {message}")):
        TableAlarms(stack, "Alarms", **{"table": imported(stack), **arguments})
