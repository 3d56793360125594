"""Global tables with eventual consistency: lag, isolation, and the last writer who wins.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html
"""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from local_cloud import LocalCloud, LocalCloudError
from local_cloud.service import eventually
from tests.cloud import deploy
from tests.local_cloud.replicated import EAST, OHIO, WEST, GlobalTable, eventual_table, single_table

LAG, FOREVER = 2.0, 3600.0
_INSERTION = """INSERT INTO "{}" VALUE {{'id': '{}', 'value': 'a'}}"""
_UPDATE = """UPDATE "{}" SET "value" = 'b' WHERE id = '1'"""
_DELETION = """DELETE FROM "{}" WHERE id = '1'"""


@pytest.fixture(autouse=True)
def connected(cloud: LocalCloud) -> Iterator[None]:
    yield
    cloud.replication_lag(0)
    for region in (EAST, OHIO, WEST):
        cloud.restore(region)


@pytest.fixture
def table(cloud: LocalCloud) -> GlobalTable:
    return eventual_table(cloud, WEST)


def test_write_is_in_the_other_region_at_once_without_a_lag(table: GlobalTable) -> None:
    table.put(EAST, "1", "a")

    assert table.get(WEST, "1") == "a"
    assert table.pending == 0


@pytest.mark.parametrize("consistent", [False, True])
def test_write_arrives_after_the_lag_whatever_read_looks_for_it(
    cloud: LocalCloud, table: GlobalTable, *, consistent: bool
) -> None:
    cloud.replication_lag(LAG)
    table.put(EAST, "1", "a")
    begun = time.monotonic()

    assert table.get(EAST, "1") == "a"
    assert table.get(WEST, "1", consistent=consistent) is None
    assert table.pending == 1
    eventually(lambda: table.get(WEST, "1"), "the write to arrive")
    assert LAG - 0.1 < time.monotonic() - begun < LAG + 10
    assert table.pending == 0


def test_lag_counts_for_writes_under_way(cloud: LocalCloud, table: GlobalTable) -> None:
    cloud.replication_lag(FOREVER)
    table.put(EAST, "1", "a")
    assert table.get(WEST, "1") is None

    cloud.replication_lag(0)

    assert table.get(WEST, "1") == "a"


def test_setting_is_the_lag_from_the_start() -> None:
    with LocalCloud(settings={"LOCAL_CLOUD_REPLICATION_LAG": str(FOREVER)}) as cloud:
        table = eventual_table(cloud, WEST)
        table.put(EAST, "1", "a")
        assert table.get(WEST, "1") is None
        assert table.pending == 1


@pytest.mark.parametrize("isolated", [EAST, WEST])
def test_isolated_region_and_the_others_get_everything_when_it_is_restored(
    cloud: LocalCloud, table: GlobalTable, isolated: str
) -> None:
    cloud.isolate(isolated)
    for number in range(30):
        table.put(EAST, f"east-{number}", "a")
        table.put(WEST, f"west-{number}", "b")
    table.delete(EAST, "east-0")
    assert table.get(WEST, "east-1") is None
    assert table.get(EAST, "west-1") is None
    assert table.pending == 61

    cloud.restore(isolated)

    assert table.pending == 0
    assert table.conflicts == []
    for region in (EAST, WEST):
        assert table.get(region, "east-0") is None
        assert {table.get(region, f"east-{number}") for number in range(1, 30)} == {"a"}
        assert {table.get(region, f"west-{number}") for number in range(30)} == {"b"}


def test_lag_begins_again_when_both_regions_are_connected(cloud: LocalCloud, table: GlobalTable) -> None:
    cloud.replication_lag(LAG)
    cloud.isolate(EAST)
    table.put(EAST, "1", "a")
    time.sleep(LAG + 0.2)
    cloud.restore(EAST)

    assert table.get(WEST, "1") is None
    eventually(lambda: table.get(WEST, "1"), "the write to arrive")


def test_third_region_is_reached_while_another_is_isolated(cloud: LocalCloud) -> None:
    table = eventual_table(cloud, OHIO, WEST)
    cloud.isolate(WEST)
    table.put(EAST, "1", "a")

    assert table.get(OHIO, "1") == "a"
    assert table.get(WEST, "1") is None
    (under_way,) = (each for each in cloud.replication().under_way if each.table == table.name)
    assert (under_way.source, under_way.target, under_way.writes) == (EAST, WEST, 1)


@pytest.mark.parametrize(("first", "last"), [(EAST, WEST), (WEST, EAST)])
@pytest.mark.parametrize("isolated", [EAST, WEST])
def test_last_writer_wins_in_both_regions(
    cloud: LocalCloud, table: GlobalTable, first: str, last: str, isolated: str
) -> None:
    cloud.isolate(isolated)
    begun = time.time()
    table.put(first, "1", "earlier")
    table.put(last, "1", "later")
    cloud.restore(isolated)

    assert {table.get(region, "1") for region in (EAST, WEST)} == {"later"}
    (conflict,) = table.conflicts
    assert (conflict.kept, conflict.discarded) == (last, first)
    assert conflict.key == {"id": {"S": "1"}}
    assert conflict.kept_item == {"id": {"S": "1"}, "value": {"S": "later"}}
    assert conflict.discarded_item == {"id": {"S": "1"}, "value": {"S": "earlier"}}
    assert begun < conflict.discarded_at < conflict.kept_at < time.time()


def test_older_write_that_arrives_late_never_replaces_a_newer_one(
    cloud: LocalCloud, table: GlobalTable
) -> None:
    cloud.replication_lag(0.5)
    table.put(EAST, "1", "earlier")
    table.put(WEST, "1", "later")
    seen = set()
    while table.pending:
        seen.add(table.get(WEST, "1"))

    assert seen <= {"later"}
    assert table.get(EAST, "1") == table.get(WEST, "1") == "later"


def test_later_deletion_wins_over_an_earlier_write(cloud: LocalCloud, table: GlobalTable) -> None:
    table.put(EAST, "1", "a")
    cloud.isolate(EAST)
    table.put(EAST, "1", "earlier")
    table.delete(WEST, "1")
    cloud.restore(EAST)

    assert table.get(EAST, "1") is table.get(WEST, "1") is None
    (conflict,) = table.conflicts
    assert (conflict.kept, conflict.kept_item) == (WEST, None)


def test_later_write_wins_over_an_earlier_deletion(cloud: LocalCloud, table: GlobalTable) -> None:
    table.put(EAST, "1", "a")
    cloud.isolate(EAST)
    table.delete(EAST, "1")
    table.put(WEST, "1", "later")
    cloud.restore(EAST)

    assert table.get(EAST, "1") == table.get(WEST, "1") == "later"
    (conflict,) = table.conflicts
    assert (conflict.discarded, conflict.discarded_item) == (EAST, None)


def test_only_what_nobody_had_seen_is_a_conflict(cloud: LocalCloud, table: GlobalTable) -> None:
    table.put(EAST, "1", "a")
    table.put(WEST, "1", "b")
    cloud.isolate(EAST)
    table.put(EAST, "1", "c")
    table.put(EAST, "1", "d")
    cloud.restore(EAST)
    table.put(WEST, "1", "e")

    assert table.get(EAST, "1") == "e"
    assert table.conflicts == []


def test_one_region_loses_all_its_writes_of_an_item_as_one_conflict(
    cloud: LocalCloud, table: GlobalTable
) -> None:
    cloud.isolate(EAST)
    for value in ("a", "b", "c"):
        table.put(EAST, "1", value)
    table.put(WEST, "1", "later")
    cloud.restore(EAST)

    (conflict,) = table.conflicts
    assert conflict.discarded_item == {"id": {"S": "1"}, "value": {"S": "c"}}


def test_condition_looks_at_the_regions_own_item(cloud: LocalCloud, table: GlobalTable) -> None:
    cloud.replication_lag(FOREVER)
    for region in (EAST, WEST):
        cloud.client("dynamodb", region).put_item(
            TableName=table.name,
            Item={"id": {"S": "1"}, "value": {"S": region}},
            ConditionExpression="attribute_not_exists(id)",
        )
    cloud.replication_lag(0)

    assert table.get(EAST, "1") == table.get(WEST, "1") == WEST
    assert len(table.conflicts) == 1


def test_batches_transactions_and_statements_replicate_too(cloud: LocalCloud, table: GlobalTable) -> None:
    client, name = cloud.client("dynamodb", EAST), table.name
    cloud.isolate(WEST)
    item = {"id": {"S": "batch"}, "value": {"S": "a"}}
    client.batch_write_item(RequestItems={name: [{"PutRequest": {"Item": item}}]})
    put = {"TableName": name, "Item": {"id": {"S": "transaction"}, "value": {"S": "a"}}}
    client.transact_write_items(TransactItems=[{"Put": put}])
    client.execute_statement(Statement=_INSERTION.format(name, "statement"))
    client.update_item(
        TableName=name,
        Key={"id": {"S": "update"}},
        UpdateExpression="SET #v = :v",
        ExpressionAttributeNames={"#v": "value"},
        ExpressionAttributeValues={":v": {"S": "a"}},
    )
    statements = [
        {"Statement": _INSERTION.format(name, "one")},
        {"Statement": _INSERTION.format(name, "two")},
    ]
    client.execute_transaction(TransactStatements=statements)
    assert table.pending == 6
    cloud.restore(WEST)

    keys = ("batch", "transaction", "statement", "update", "one", "two")
    assert {table.get(WEST, key) for key in keys} == {"a"}
    assert len(_stream(table, EAST)) == len(keys)


def test_statements_change_and_delete_in_every_region(cloud: LocalCloud, table: GlobalTable) -> None:
    client = cloud.client("dynamodb", EAST)
    table.put(EAST, "1", "a")
    client.execute_statement(Statement=_UPDATE.format(table.name))
    assert table.get(WEST, "1") == "b"
    client.execute_statement(Statement=_DELETION.format(table.name))
    assert table.get(WEST, "1") is None


def test_statements_of_a_transaction_that_fails_replicate_nothing(
    cloud: LocalCloud, table: GlobalTable
) -> None:
    table.put(EAST, "1", "a")
    statements = [{"Statement": _INSERTION.format(table.name, key)} for key in ("2", "1")]
    client = cloud.client("dynamodb", EAST)
    with pytest.raises(client.exceptions.TransactionCanceledException):
        client.execute_transaction(TransactStatements=statements)

    assert table.get(EAST, "2") is table.get(WEST, "2") is None
    assert _stream(table, WEST) == [("INSERT", "1")]


def test_stream_of_the_other_region_shows_a_write_when_it_arrives_and_in_order(
    cloud: LocalCloud, table: GlobalTable
) -> None:
    table.put(EAST, "0", "a")
    cloud.isolate(EAST)
    table.put(EAST, "1", "a")
    table.put(EAST, "1", "b")
    table.delete(EAST, "1")
    assert [name for name, _ in _stream(table, WEST)] == ["INSERT"]

    cloud.restore(EAST)

    assert _stream(table, WEST) == [("INSERT", "0"), ("INSERT", "1"), ("MODIFY", "1"), ("REMOVE", "1")]
    assert _stream(table, EAST) == _stream(table, WEST)


def test_stream_does_not_show_a_write_that_lost(cloud: LocalCloud, table: GlobalTable) -> None:
    cloud.isolate(EAST)
    table.put(EAST, "1", "earlier")
    table.put(WEST, "1", "later")
    cloud.restore(EAST)

    assert _stream(table, WEST) == [("INSERT", "1")]
    assert _stream(table, EAST) == [("INSERT", "1"), ("MODIFY", "1")]


def _stream(table: GlobalTable, region: str) -> list[tuple[str, str]]:
    client, arn = table.cloud.client("dynamodbstreams", region), table.describe(region)["LatestStreamArn"]
    (shard,) = client.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    iterator = client.get_shard_iterator(
        StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )
    records = client.get_records(ShardIterator=iterator["ShardIterator"])["Records"]
    return [(record["eventName"], record["dynamodb"]["Keys"]["id"]["S"]) for record in records]


def test_writes_to_a_table_that_is_deleted_meanwhile_arrive_nowhere(
    cloud: LocalCloud, table: GlobalTable
) -> None:
    cloud.isolate(EAST)
    table.put(EAST, "1", "a")
    for region in (EAST, WEST):
        cloud.client("dynamodb", region).delete_table(TableName=table.name)
    definition = [{"AttributeName": "id", "AttributeType": "S"}]
    cloud.client("dynamodb", WEST).create_table(
        TableName=table.name,
        AttributeDefinitions=definition,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    cloud.restore(EAST)

    assert table.get(WEST, "1") is None
    assert table.pending == 0


def test_table_of_one_region_has_nothing_under_way(cloud: LocalCloud) -> None:
    cloud.replication_lag(FOREVER)
    table = single_table(cloud)
    table.put(EAST, "1", "a")

    assert table.pending == 0


def _latencies(cloud: LocalCloud, table: GlobalTable, source: str, target: str) -> list[dict[str, Any]]:
    dimensions = {"TableName": table.name, "ReceivingRegion": target}
    points: list[dict[str, Any]] = cloud.client("cloudwatch", source).get_metric_statistics(
        Namespace="AWS/DynamoDB",
        MetricName="ReplicationLatency",
        Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
        StartTime=time.time() - 600,
        EndTime=time.time() + 60,
        Period=3600,
        Statistics=["Maximum", "SampleCount"],
    )["Datapoints"]
    return points


def test_replication_latency_is_measured_in_the_source_region(cloud: LocalCloud, table: GlobalTable) -> None:
    """https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html#ReplicationLatency."""
    cloud.replication_lag(LAG)
    table.put(EAST, "1", "a")
    assert _latencies(cloud, table, EAST, WEST) == []
    eventually(lambda: table.get(WEST, "1"), "the write to arrive")

    (point,) = _latencies(cloud, table, EAST, WEST)
    assert point["SampleCount"] == 1
    assert LAG <= point["Maximum"] / 1000 < LAG + 10
    assert point["Unit"] == "Milliseconds"
    assert _latencies(cloud, table, WEST, WEST) == _latencies(cloud, table, WEST, EAST) == []


def test_alarm_on_replication_latency_rings(cloud: LocalCloud, table: GlobalTable) -> None:
    cloudwatch = cloud.client("cloudwatch", EAST)
    cloudwatch.put_metric_alarm(
        AlarmName=table.name,
        Namespace="AWS/DynamoDB",
        MetricName="ReplicationLatency",
        Dimensions=[
            {"Name": "TableName", "Value": table.name},
            {"Name": "ReceivingRegion", "Value": WEST},
        ],
        Statistic="Maximum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=500,
        ComparisonOperator="GreaterThanThreshold",
    )
    table.put(EAST, "1", "a")
    eventually(lambda: _state(cloud, table) == "OK", "the alarm to be quiet")

    cloud.replication_lag(LAG)
    table.put(EAST, "2", "a")

    eventually(lambda: _state(cloud, table) == "ALARM", "the alarm to ring")


def _state(cloud: LocalCloud, table: GlobalTable) -> str:
    alarms = cloud.client("cloudwatch", EAST).describe_alarms(AlarmNames=[table.name])["MetricAlarms"]
    return str(alarms[0]["StateValue"])


@pytest.mark.parametrize("lag", [-1.0, float("nan"), float("inf")])
def test_lag_that_is_no_time_is_refused(cloud: LocalCloud, lag: float) -> None:
    with pytest.raises(LocalCloudError, match="not a number of seconds"):
        cloud.replication_lag(lag)


def test_replicas_of_a_stack_come_and_go_and_items_stay(cloud: LocalCloud) -> None:
    names = set()
    for regions in ((EAST, WEST), (EAST, OHIO), (EAST,)):
        resource = {
            "Type": "AWS::DynamoDB::GlobalTable",
            "Properties": {
                "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
                "BillingMode": "PAY_PER_REQUEST",
                "StreamSpecification": {"StreamViewType": "NEW_AND_OLD_IMAGES"},
                "Replicas": [{"Region": region} for region in regions],
            },
        }
        name = deploy(cloud, "replicas", {"Table": resource}, Name={"Ref": "Table"})["Name"]
        names.add(name)
        table = GlobalTable(cloud, name)
        table.put(EAST, str(len(regions)), "a")
        described = table.describe(EAST)
        assert table.get(regions[-1], "2") == "a"
        others = [replica["RegionName"] for replica in described.get("Replicas", [])]
        assert others == list(regions[1:])
        assert described.get("MultiRegionConsistency") == ("EVENTUAL" if others else None)
    assert len(names) == 1
