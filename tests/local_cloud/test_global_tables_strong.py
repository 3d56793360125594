"""Global tables with strong consistency: what a majority of Regions has said yes to is there for everybody.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html
"""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_cloud import LocalCloud
from local_cloud.service import eventually
from tests.cloud import deploy
from tests.local_cloud.replicated import (
    EAST,
    OHIO,
    WEST,
    GlobalTable,
    code,
    eventual_table,
    replicate,
    single_table,
    strong_table,
)

_SELECTION = 'SELECT * FROM "{}"'
_DELETION = """DELETE FROM "{}" WHERE id = '1'"""


@pytest.fixture(autouse=True)
def connected(cloud: LocalCloud) -> Iterator[None]:
    yield
    cloud.replication_lag(0)
    for region in (EAST, OHIO, WEST):
        cloud.restore(region)


@pytest.fixture(params=[True, False], ids=["witness", "three-replicas"])
def table(cloud: LocalCloud, request: pytest.FixtureRequest) -> GlobalTable:
    return strong_table(cloud, witness=request.param)


def _refused(table: GlobalTable, region: str, **request: Any) -> str:
    """The error code of a request that must fail."""
    ((operation, arguments),) = request.items()
    client = table.cloud.client("dynamodb", region)
    with pytest.raises(ClientError) as refusal:
        getattr(client, operation)(**arguments)
    return code(refusal.value)


def _put(table: GlobalTable) -> dict[str, Any]:
    return {"TableName": table.name, "Item": {"id": {"S": "1"}, "value": {"S": "refused"}}}


def test_write_is_in_the_other_region_before_it_is_answered_whatever_the_lag(
    cloud: LocalCloud, table: GlobalTable
) -> None:
    cloud.replication_lag(3600)
    table.put(EAST, "1", "a")

    assert table.get(WEST, "1", consistent=True) == table.get(WEST, "1") == "a"
    assert table.pending == 0


def test_write_made_before_isolation_is_read_in_the_other_region(
    cloud: LocalCloud, table: GlobalTable
) -> None:
    cloud.replication_lag(3600)
    table.put(EAST, "1", "a")
    cloud.isolate(EAST)

    assert table.get(WEST, "1", consistent=True) == "a"


@pytest.mark.parametrize(("isolated", "other"), [(EAST, WEST), (WEST, EAST)])
def test_isolated_region_refuses_writes_and_the_others_take_them(
    cloud: LocalCloud, table: GlobalTable, isolated: str, other: str
) -> None:
    table.put(EAST, "1", "a")
    cloud.isolate(isolated)

    batch = {"RequestItems": {table.name: [{"PutRequest": {"Item": _put(table)["Item"]}}]}}
    key = {"TableName": table.name, "Key": {"id": {"S": "1"}}}
    statement = {"Statement": _DELETION.format(table.name)}
    assert _refused(table, isolated, put_item=_put(table)) == "InternalServerError"
    assert _refused(table, isolated, update_item=key) == "InternalServerError"
    assert _refused(table, isolated, delete_item=key) == "InternalServerError"
    assert _refused(table, isolated, batch_write_item=batch) == "InternalServerError"
    settings = {"TableName": table.name, "DeletionProtectionEnabled": True}
    assert _refused(table, isolated, update_table=settings) == "InternalServerError"
    assert _refused(table, isolated, execute_statement=statement) == "InternalServerError"
    table.put(other, "1", "b")
    assert table.get(other, "1", consistent=True) == "b"


def test_isolated_region_refuses_strongly_consistent_reads_only(
    cloud: LocalCloud, table: GlobalTable
) -> None:
    table.put(EAST, "1", "a")
    cloud.isolate(EAST)
    table.put(WEST, "1", "b")

    consistent = {"TableName": table.name, "ConsistentRead": True}
    keys = {"ConsistentRead": True, "Keys": [{"id": {"S": "1"}}]}
    query = {
        **consistent,
        "KeyConditionExpression": "id = :i",
        "ExpressionAttributeValues": {":i": {"S": "1"}},
    }
    statement = {"Statement": _SELECTION.format(table.name), "ConsistentRead": True}
    get = {**consistent, "Key": {"id": {"S": "1"}}}
    batch = {"RequestItems": {table.name: keys}}
    assert _refused(table, EAST, get_item=get) == "InternalServerError"
    assert _refused(table, EAST, scan=consistent) == "InternalServerError"
    assert _refused(table, EAST, query=query) == "InternalServerError"
    assert _refused(table, EAST, batch_get_item=batch) == "InternalServerError"
    assert _refused(table, EAST, execute_statement=statement) == "InternalServerError"
    assert table.get(EAST, "1") == "a"
    assert cloud.client("dynamodb", EAST).scan(TableName=table.name)["Count"] == 1


def test_refusal_is_an_answer_of_the_server_and_counts_as_a_system_error(
    cloud: LocalCloud, table: GlobalTable
) -> None:
    """https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html#SystemErrors."""
    cloud.isolate(EAST)
    client = cloud.client("dynamodb", EAST)
    with pytest.raises(client.exceptions.InternalServerError) as refusal:
        client.put_item(**_put(table))

    assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    dimensions = {"TableName": table.name, "Operation": "PutItem"}
    (point,) = cloud.client("cloudwatch", EAST).get_metric_statistics(
        Namespace="AWS/DynamoDB",
        MetricName="SystemErrors",
        Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
        StartTime=time.time() - 600,
        EndTime=time.time() + 60,
        Period=3600,
        Statistics=["Sum"],
    )["Datapoints"]
    assert point["Sum"] == 1


def test_restored_region_has_caught_up_at_once(cloud: LocalCloud, table: GlobalTable) -> None:
    cloud.replication_lag(3600)
    table.put(EAST, "0", "a")
    cloud.isolate(EAST)
    for number in range(20):
        table.put(WEST, str(number), "b")
    table.delete(WEST, "1")
    assert table.pending == 21
    cloud.restore(EAST)

    assert table.get(EAST, "1", consistent=True) is None
    assert {table.get(EAST, str(number)) for number in (0, *range(2, 20))} == {"b"}
    assert table.pending == 0
    assert table.conflicts == []


def test_restored_region_catches_up_from_whichever_region_has_a_write(
    cloud: LocalCloud, table: GlobalTable
) -> None:
    cloud.isolate(EAST)
    table.put(WEST, "1", "a")
    cloud.isolate(WEST)
    assert table.get(EAST, "1") is None
    cloud.restore(EAST)

    assert table.get(EAST, "1", consistent=True) == "a"


@pytest.mark.parametrize("isolated", [(EAST, WEST), (EAST, OHIO), (OHIO, WEST)])
def test_nobody_can_write_or_read_consistently_with_two_of_three_regions_gone(
    cloud: LocalCloud, table: GlobalTable, isolated: tuple[str, str]
) -> None:
    table.put(EAST, "1", "a")
    for region in isolated:
        cloud.isolate(region)

    for region in [EAST, *(replica["RegionName"] for replica in table.describe(EAST)["Replicas"])]:
        assert _refused(table, region, put_item=_put(table)) == "InternalServerError"
        get = {"TableName": table.name, "Key": {"id": {"S": "1"}}, "ConsistentRead": True}
        assert _refused(table, region, get_item=get) == "InternalServerError"
        assert table.get(region, "1") == "a"


def test_isolated_witness_keeps_nobody_from_writing(cloud: LocalCloud) -> None:
    table = strong_table(cloud, witness=True)
    cloud.isolate(OHIO)
    table.put(EAST, "1", "a")

    assert table.get(WEST, "1", consistent=True) == "a"


def test_conditions_hold_over_all_regions(cloud: LocalCloud, table: GlobalTable) -> None:
    cloud.isolate(EAST)
    table.put(WEST, "1", "a")
    cloud.restore(EAST)

    put = {**_put(table), "ConditionExpression": "attribute_not_exists(id)"}
    assert _refused(table, EAST, put_item=put) == "ConditionalCheckFailedException"


def test_transactions_and_time_to_live_are_refused(table: GlobalTable) -> None:
    write, get = {"Put": _put(table)}, {"Get": {"TableName": table.name, "Key": {"id": {"S": "1"}}}}
    statements = [{"Statement": _DELETION.format(table.name)}]
    specification = {"Enabled": True, "AttributeName": "expires"}
    time_to_live = {"TableName": table.name, "TimeToLiveSpecification": specification}
    for request in (
        {"transact_write_items": {"TransactItems": [write]}},
        {"transact_get_items": {"TransactItems": [get]}},
        {"execute_transaction": {"TransactStatements": statements}},
        {"update_time_to_live": time_to_live},
    ):
        assert _refused(table, WEST, **request) == "ValidationException"
    assert table.get(EAST, "1") is None


def test_replication_latency_is_not_measured(cloud: LocalCloud, table: GlobalTable) -> None:
    table.put(EAST, "1", "a")

    metrics = cloud.client("cloudwatch", EAST).list_metrics(
        MetricName="ReplicationLatency", Dimensions=[{"Name": "TableName", "Value": table.name}]
    )
    assert metrics["Metrics"] == []


def test_description_names_mode_and_witness(cloud: LocalCloud) -> None:
    with_witness, without = strong_table(cloud, witness=True), strong_table(cloud, witness=False)
    for region in (EAST, WEST):
        described = with_witness.describe(region)
        assert described["MultiRegionConsistency"] == "STRONG"
        assert described["GlobalTableWitnesses"] == [{"RegionName": OHIO, "WitnessStatus": "ACTIVE"}]
        assert "GlobalTableWitnesses" not in without.describe(region)
    assert with_witness.describe(WEST)["Replicas"] == [{"RegionName": EAST, "ReplicaStatus": "ACTIVE"}]
    assert eventual_table(cloud, WEST).describe(EAST)["MultiRegionConsistency"] == "EVENTUAL"
    with pytest.raises(ClientError):
        GlobalTable(cloud, with_witness.name).describe(OHIO)


def test_streams_are_off_unless_asked_for(cloud: LocalCloud) -> None:
    assert "LatestStreamArn" not in strong_table(cloud, witness=True).describe(WEST)
    stream = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    table = single_table(cloud, StreamSpecification=stream)
    replicate(table, OHIO, WEST, MultiRegionConsistency="STRONG")
    assert table.describe(WEST)["StreamSpecification"] == stream


@pytest.mark.parametrize(
    ("regions", "witnesses"), [([WEST], []), ([WEST], [WEST]), ([WEST, OHIO], ["us-west-1"])]
)
def test_other_than_three_regions_are_refused(
    cloud: LocalCloud, regions: list[str], witnesses: list[str]
) -> None:
    table = single_table(cloud)
    request: dict[str, Any] = {"TableName": table.name, "MultiRegionConsistency": "STRONG"}
    request["ReplicaUpdates"] = [{"Create": {"RegionName": region}} for region in regions]
    if witnesses:
        request["GlobalTableWitnessUpdates"] = [{"Create": {"RegionName": region}} for region in witnesses]

    assert _refused(table, EAST, update_table=request) == "ValidationException"
    assert "Replicas" not in table.describe(EAST)


def _strong_request(table: GlobalTable) -> dict[str, Any]:
    updates = [{"Create": {"RegionName": region}} for region in (OHIO, WEST)]
    return {"TableName": table.name, "ReplicaUpdates": updates, "MultiRegionConsistency": "STRONG"}


def test_table_with_items_cannot_become_strongly_consistent(cloud: LocalCloud) -> None:
    table = single_table(cloud)
    table.put(EAST, "1", "a")
    assert _refused(table, EAST, update_table=_strong_request(table)) == "ValidationException"


def test_table_with_time_to_live_cannot_become_strongly_consistent(cloud: LocalCloud) -> None:
    table = single_table(cloud)
    cloud.client("dynamodb", EAST).update_time_to_live(
        TableName=table.name, TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"}
    )
    assert _refused(table, EAST, update_table=_strong_request(table)) == "ValidationException"


def test_table_with_local_index_cannot_become_strongly_consistent(cloud: LocalCloud) -> None:
    schema = [
        {"AttributeName": "id", "KeyType": "HASH"},
        {"AttributeName": "at", "KeyType": "RANGE"},
    ]
    by = [{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "by", "KeyType": "RANGE"}]
    table = single_table(
        cloud,
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in ("id", "at", "by")],
        KeySchema=schema,
        LocalSecondaryIndexes=[
            {"IndexName": "by-whom", "KeySchema": by, "Projection": {"ProjectionType": "ALL"}}
        ],
    )
    assert _refused(table, EAST, update_table=_strong_request(table)) == "ValidationException"


def test_consistency_of_a_global_table_cannot_be_changed(cloud: LocalCloud) -> None:
    table = eventual_table(cloud, "us-west-1")
    assert _refused(table, EAST, update_table=_strong_request(table)) == "ValidationException"


def test_replicas_go_together_or_not_at_all(cloud: LocalCloud, table: GlobalTable) -> None:
    def change(action: str, *regions: str) -> dict[str, Any]:
        updates = [{action: {"RegionName": region}} for region in regions]
        return {"TableName": table.name, "ReplicaUpdates": updates}

    witness = table.describe(EAST).get("GlobalTableWitnesses")
    others = (WEST,) if witness else (WEST, OHIO)
    assert _refused(table, EAST, update_table=change("Create", "us-west-1")) == "ValidationException"
    assert _refused(table, EAST, update_table=change("Delete", WEST)) == "ValidationException"
    assert _refused(table, WEST, delete_table={"TableName": table.name}) == "ValidationException"

    request = change("Delete", *others)
    if witness:
        request["GlobalTableWitnessUpdates"] = [{"Delete": {"RegionName": OHIO}}]
    cloud.client("dynamodb", EAST).update_table(**request)

    described = table.describe(EAST)
    assert {"Replicas", "MultiRegionConsistency", "GlobalTableWitnesses"}.isdisjoint(described)
    cloud.isolate(EAST)
    table.put(EAST, "1", "a")  # no longer asks anybody
    assert table.get(EAST, "1", consistent=True) == "a"


def _resource(**properties: Any) -> dict[str, Any]:
    settings = {
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
        "MultiRegionConsistency": "STRONG",
        **properties,
    }
    return {"Table": {"Type": "AWS::DynamoDB::GlobalTable", "Properties": settings}}


@pytest.mark.parametrize("witness", [True, False])
def test_stack_makes_updates_and_deletes_a_strongly_consistent_table(
    cloud: LocalCloud, *, witness: bool
) -> None:
    regions = (EAST, WEST) if witness else (EAST, OHIO, WEST)
    witnesses = {"GlobalTableWitnesses": [{"Region": OHIO}]} if witness else {}
    replicas = [{"Region": region} for region in regions]
    stack = f"strong-{len(regions)}"
    name = deploy(cloud, stack, _resource(Replicas=replicas, **witnesses), Name={"Ref": "Table"})["Name"]
    table = GlobalTable(cloud, name)
    assert table.describe(WEST)["MultiRegionConsistency"] == "STRONG"
    table.put(WEST, "1", "a")
    protected = [{**replica, "DeletionProtectionEnabled": False} for replica in replicas]
    deploy(cloud, stack, _resource(Replicas=protected, **witnesses), Name={"Ref": "Table"})
    assert table.get(EAST, "1", consistent=True) == "a"
    cloud.isolate(EAST)
    assert _refused(table, EAST, put_item=_put(table)) == "InternalServerError"
    cloud.restore(EAST)

    cloud.client("cloudformation").delete_stack(StackName=stack)

    for region in regions:
        tables = cloud.client("dynamodb", region)
        eventually(lambda: name not in tables.list_tables()["TableNames"], "the table to go")  # noqa: B023 - called at once


@pytest.mark.parametrize(
    "properties",
    [
        {"Replicas": [{"Region": EAST}, {"Region": WEST}]},
        {
            "Replicas": [{"Region": EAST}, {"Region": WEST}, {"Region": OHIO}],
            "TimeToLiveSpecification": {"AttributeName": "expires", "Enabled": True},
        },
    ],
    ids=["two-regions", "time-to-live"],
)
def test_stack_fails_for_what_strong_consistency_forbids(
    cloud: LocalCloud, properties: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    with pytest.raises(pytest.fail.Exception, match="trong consistency"):
        deploy(cloud, f"forbidden-{request.node.callspec.id}", _resource(**properties))
