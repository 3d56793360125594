"""The alarms on a replica that falls behind."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_dynamodb as dynamodb

from constructs_lib.alarms import AlarmRoute, Severity
from constructs_lib.checks import ConfigurationError
from constructs_lib.failover import ReplicatedTable, ReplicationAlarms, StrongConsistency
from tests.failover.parts import ACCOUNT, stack_in
from tests.metric_math import Series, compute
from tests.synthesis import Synthesized, fresh_app, fresh_stack, synthesize

ALARM = "AWS::CloudWatch::Alarm"
ID = dynamodb.Attribute(name="order_id", type=dynamodb.AttributeType.STRING)
WRITES = {"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"}


def orders(stack: cdk.Stack, **options: Any) -> ReplicatedTable:
    given: dict[str, Any] = {"partition_key": ID, "replicas": ["eu-central-1"]} | options
    return ReplicatedTable(stack, "Orders", **given)


def alarm(result: Synthesized, name: str) -> dict[str, Any]:
    return result.only(ALARM, under=f"OrdersReplicationAlarms{name}")


def rings(found: dict[str, Any], **series: Series) -> bool:
    """Whether the alarm rings at the end of `series`, of which what is not named has no data."""
    length = max(len(each) for each in series.values())
    ids = [query["Id"] for query in found["Metrics"] if "MetricStat" in query]
    nothing: Series = [None] * length
    given = {each: series.get(each, nothing) for each in ids} | {"consumed": [0.0] * length}
    values = compute(found["Metrics"][0]["Expression"], given)
    watched = [value for value in values[-found["EvaluationPeriods"] :] if value is not None]
    threshold, needed = float(found["Threshold"]), int(found["DatapointsToAlarm"])
    return sum(value >= threshold for value in watched) >= needed


def test_each_region_has_an_alarm_on_what_is_late_and_one_on_what_does_not_arrive() -> None:
    stack = stack_in("eu-west-1")
    table = orders(stack, replicas=["eu-central-1", "us-east-1"])
    result = synthesize(stack)

    assert table.alarms is not None
    assert set(table.alarms.late) == set(table.alarms.stalled) == {"eu-central-1", "us-east-1"}
    assert len(result.of_type(ALARM)) == 4
    for region, name in (("eu-central-1", "EuCentral1"), ("us-east-1", "UsEast1")):
        for kind in ("Late", "Stalled"):
            (latency,) = (
                query["MetricStat"]
                for query in alarm(result, f"{kind}{name}")["Metrics"]
                if query["Id"] == "latency"
            )
            assert latency["Metric"] == {
                "Namespace": "AWS/DynamoDB",
                "MetricName": "ReplicationLatency",
                "Dimensions": [
                    {"Name": "ReceivingRegion", "Value": region},
                    {"Name": "TableName", "Value": {"Ref": "OrdersA9B65338"}},
                ],
            }
            assert (latency["Stat"], latency["Period"]) == ("Maximum", 300)


def test_all_kinds_of_writes_are_counted() -> None:
    stack = stack_in("eu-west-1")
    orders(stack)
    stats = [
        query["MetricStat"]
        for query in alarm(synthesize(stack), "Stalled")["Metrics"]
        if query["Id"].startswith("writes")
    ]

    counted = {
        dimension["Value"]
        for stat in stats
        for dimension in stat["Metric"]["Dimensions"]
        if dimension["Name"] == "Operation"
    }
    assert counted == WRITES
    assert {(stat["Metric"]["MetricName"], stat["Stat"]) for stat in stats} == {
        ("SuccessfulRequestLatency", "SampleCount")
    }


@pytest.mark.parametrize(
    ("latency", "expected"),
    [
        ([40_000.0, 40_000.0, None], True),  # the latest datapoint is not there yet
        ([900.0, 30_000.0, 30_000.0], True),
        ([900.0, 29_999.0, 30_000.0], False),
        ([40_000.0, 900.0, 900.0], False),
        ([None, None, None], False),  # nothing is written, or nothing arrives: the other alarm's
    ],
)
def test_what_is_late_twice_rings(latency: Series, expected: bool) -> None:  # noqa: FBT001 - a parameter
    stack = stack_in("eu-west-1")
    orders(stack)
    late = alarm(synthesize(stack), "Late")

    assert late["Threshold"] == 30_000
    assert rings(late, latency=latency) is expected


@pytest.mark.parametrize(
    ("latency", "writes", "expected"),
    [
        ([None, None, None], [5.0, 5.0, 5.0], True),
        (
            [800.0, None, None],
            [5.0, 5.0, 5.0],
            False,
        ),  # the latency of the newest may come later than the writes
        ([None, None, None], [None, None, None], False),  # nothing is written
        ([None, 800.0, None], [5.0, 5.0, 5.0], False),  # the latest datapoint is not there yet
        ([800.0, 40_000.0, 40_000.0], [5.0, 5.0, 5.0], False),  # late, and so it arrives
        ([None, None, None], [None, None, 5.0], False),
        ([0.0, 0.0, 0.0], [5.0, 5.0, 5.0], False),  # arrives at once
    ],
)
def test_writes_without_arrival_ring(latency: Series, writes: Series, expected: bool) -> None:  # noqa: FBT001
    stack = stack_in("eu-west-1")
    orders(stack)
    stalled = alarm(synthesize(stack), "Stalled")

    assert rings(stalled, latency=latency, writes1=writes) is expected


def test_the_alarms_say_what_they_mean_and_where() -> None:
    stack = stack_in("eu-west-1")
    orders(stack, runbook="https://example.com/runbook")
    result = synthesize(stack)

    for name in ("Late", "Stalled"):
        description = alarm(result, name)["AlarmDescription"]
        assert "eu-central-1" in description
        assert description.endswith("https://example.com/runbook")
        assert alarm(result, name)["AlarmActions"] == [{"Ref": result.only_id("AWS::SNS::Topic")}]
        # CloudWatch ignores missing data of DynamoDB whatever is said.
        assert alarm(result, name)["TreatMissingData"] == "ignore"


def test_alarms_that_another_covers_are_silent() -> None:
    stack = stack_in("eu-west-1")
    orders(stack, alarm_route=AlarmRoute.silent())
    result = synthesize(stack)

    assert all("AlarmActions" not in each["Properties"] for each in result.of_type(ALARM).values())
    assert result.of_type("AWS::SNS::Topic") == {}


def test_the_way_back_is_watched_in_the_other_region() -> None:
    app = fresh_app()
    here, there = (
        cdk.Stack(
            app,
            region,
            env=cdk.Environment(account=ACCOUNT, region=region),
            cross_region_references=True,
        )
        for region in ("eu-west-1", "eu-central-1")
    )
    table = orders(here)
    for number, watched in enumerate((table, table.replica("eu-central-1"))):
        ReplicationAlarms(
            there,
            f"Back{number}",
            table=watched,
            to=["eu-west-1"],
            lag=cdk.Duration.seconds(5),
            severity=Severity.CRITICAL,
        )
    result = synthesize(there)

    for number in range(2):
        late = result.only(ALARM, under=f"Back{number}Late")
        dimensions = {
            each["Name"]: each["Value"] for each in late["Metrics"][1]["MetricStat"]["Metric"]["Dimensions"]
        }
        assert dimensions["ReceivingRegion"] == "eu-west-1"
        assert "ExportsReader" in str(dimensions["TableName"])
        assert late["Threshold"] == 5_000
        assert late["AlarmDescription"].startswith("[critical]")


def test_an_imported_table_is_watched_as_well() -> None:
    stack = fresh_stack()
    table = dynamodb.TableV2.from_table_name(stack, "Theirs", "theirs")
    alarms = ReplicationAlarms(stack, "Alarms", table=table, to=["eu-central-1"])

    assert len(synthesize(stack).of_type(ALARM)) == 2
    assert set(alarms.late) == {"eu-central-1"}


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"to": ["eu-west-1"]}, "to holds 'eu-west-1'.*without eu-west-1"),
        ({"to": ["us-east-1"]}, "no replica in us-east-1: the alarms could never ring"),
        ({"to": []}, "to is empty"),
        ({"to": "eu-central-1"}, "to is 'eu-central-1'"),
        ({"to": [""]}, "to holds ''"),
        ({"table": "orders"}, "table is 'orders'"),
        ({"lag": 5}, "lag is 5"),
        ({"severity": "loud"}, "severity is 'loud'"),
        ({"route": 1}, "route is 1"),
    ],
)
def test_fails_on_what_could_never_ring(options: dict[str, Any], problem: str) -> None:
    stack = stack_in("eu-west-1")
    given: dict[str, Any] = {"table": orders(stack), "to": ["eu-central-1"]} | options
    with pytest.raises(ConfigurationError, match=f"^Stack/Alarms: .*{problem}"):
        ReplicationAlarms(stack, "Alarms", **given)
    assert stack.node.try_find_child("Alarms") is None


def test_fails_in_a_region_in_which_there_is_no_replica() -> None:
    app = fresh_app()
    here, there = (
        cdk.Stack(app, region, env=cdk.Environment(account=ACCOUNT, region=region))
        for region in ("eu-west-1", "us-east-1")
    )
    with pytest.raises(ConfigurationError, match="no replica in us-east-1"):
        ReplicationAlarms(there, "Alarms", table=orders(here), to=["eu-west-1"])


def test_fails_on_a_strongly_consistent_table_which_publishes_no_latency() -> None:
    stack = stack_in("eu-west-1")
    table = orders(stack, consistency=StrongConsistency(witness="eu-west-2"))
    with pytest.raises(ConfigurationError, match="strongly consistent and publishes no replication latency"):
        ReplicationAlarms(stack, "Alarms", table=table, to=["eu-central-1"])
