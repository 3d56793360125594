"""A table with everything that a restore may lose, on the local cloud."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from table_restore.reading import Clients

from local_cloud import LocalCloud
from local_cloud.service import eventually

ITEMS = 20


def clients_of(cloud: LocalCloud) -> Clients:
    return Clients.made_by(cloud.client)


@contextmanager
def rich_table(cloud: LocalCloud) -> Iterator[str]:
    """The name of a table that has every setting; it, and what is named like it, is deleted in the end."""
    client, name = cloud.client("dynamodb"), f"orders-{uuid4().hex[:8]}"
    stream = cloud.client("kinesis")
    stream.create_stream(StreamName=name, ShardCount=1)
    described = eventually(lambda: stream.describe_stream(StreamName=name)["StreamDescription"], "the stream")
    arn = client.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": each, "AttributeType": "S"} for each in ("id", "at", "day", "by")
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-day",
                "KeySchema": [{"AttributeName": "day", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        LocalSecondaryIndexes=[
            {
                "IndexName": "by-person",
                "KeySchema": [
                    {"AttributeName": "id", "KeyType": "HASH"},
                    {"AttributeName": "by", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        DeletionProtectionEnabled=True,
        TableClass="STANDARD_INFREQUENT_ACCESS",
        Tags=[{"Key": "team", "Value": "shop"}],
    )["TableDescription"]["TableArn"]
    client.update_time_to_live(
        TableName=name, TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"}
    )
    client.update_continuous_backups(
        TableName=name,
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 20},
    )
    client.enable_kinesis_streaming_destination(TableName=name, StreamArn=described["StreamARN"])
    client.update_contributor_insights(TableName=name, ContributorInsightsAction="ENABLE")
    allowed = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "dynamodb:GetItem", "Resource": arn}
    client.put_resource_policy(
        ResourceArn=arn, Policy=json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    )
    cloud.client("cloudwatch").put_metric_alarm(
        AlarmName=name,
        Namespace="AWS/DynamoDB",
        MetricName="ReadThrottleEvents",
        Dimensions=[{"Name": "TableName", "Value": name}],
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
    )
    for number in range(ITEMS):
        put(client, name, str(number))
    try:
        yield name
    finally:
        cloud.client("cloudwatch").delete_alarms(AlarmNames=[name])
        for each in tables(client):
            if each.startswith(name):
                delete(client, each)
        stream.delete_stream(StreamName=name)


def put(client: Any, table: str, number: str) -> None:
    item = {"id": number, "at": "2026-03-01", "day": "Sunday", "by": "Ada"}
    client.put_item(TableName=table, Item={name: {"S": value} for name, value in item.items()})


def ids(client: Any, table: str) -> set[str]:
    pages = client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    return {item["id"]["S"] for page in pages for item in page["Items"]}


def tables(client: Any) -> list[str]:
    pages = client.get_paginator("list_tables").paginate()
    return [name for page in pages for name in page["TableNames"]]


def delete(client: Any, table: str) -> None:
    def settled() -> bool:
        return bool(client.describe_table(TableName=table)["Table"]["TableStatus"] == "ACTIVE")

    eventually(settled, f"{table} to be active")
    client.update_table(TableName=table, DeletionProtectionEnabled=False)
    eventually(settled, f"{table} to be active")
    client.delete_table(TableName=table)


def window_reaches(client: Any, table: str, when: datetime) -> None:
    """Wait until `table` can be restored to `when`."""

    def reached() -> bool:
        answer = client.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
        latest = answer["PointInTimeRecoveryDescription"]["LatestRestorableDateTime"]
        return bool(latest >= when)

    eventually(reached, f"{table} to be restorable to {when}")


def now() -> datetime:
    return datetime.now(UTC)
