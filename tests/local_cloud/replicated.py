"""Global tables that several tests write to, in two Regions or three."""

import uuid
from typing import Any

from botocore.exceptions import ClientError

from local_cloud import LocalCloud
from local_cloud.replication import Conflict

EAST, OHIO, WEST = "us-east-1", "us-east-2", "us-west-2"


class GlobalTable:
    """A table with the key `id` and replicas, as one who is in each Region sees it."""

    def __init__(self, cloud: LocalCloud, name: str) -> None:
        self.cloud = cloud
        self.name = name

    def put(self, region: str, key: str, value: str) -> None:
        item = {"id": {"S": key}, "value": {"S": value}}
        self.cloud.client("dynamodb", region).put_item(TableName=self.name, Item=item)

    def delete(self, region: str, key: str) -> None:
        self.cloud.client("dynamodb", region).delete_item(TableName=self.name, Key={"id": {"S": key}})

    def get(self, region: str, key: str, *, consistent: bool = False) -> str | None:
        answer = self.cloud.client("dynamodb", region).get_item(
            TableName=self.name, Key={"id": {"S": key}}, ConsistentRead=consistent
        )
        return str(answer["Item"]["value"]["S"]) if "Item" in answer else None

    def describe(self, region: str) -> dict[str, Any]:
        client = self.cloud.client("dynamodb", region)
        described: dict[str, Any] = client.describe_table(TableName=self.name)["Table"]
        return described

    @property
    def pending(self) -> int:
        return sum(each.writes for each in self.cloud.replication().under_way if each.table == self.name)

    @property
    def conflicts(self) -> list[Conflict]:
        return [each for each in self.cloud.replication().conflicts if each.table == self.name]


def single_table(cloud: LocalCloud, **settings: Any) -> GlobalTable:
    """A table in us-east-1 alone."""
    name = f"table-{uuid.uuid4().hex[:8]}"
    definition = {
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
        **settings,
    }
    cloud.client("dynamodb", EAST).create_table(TableName=name, **definition)
    return GlobalTable(cloud, name)


def replicate(table: GlobalTable, *regions: str, **settings: Any) -> None:
    """Give a table replicas."""
    updates = [{"Create": {"RegionName": region}} for region in regions]
    table.cloud.client("dynamodb", EAST).update_table(
        TableName=table.name, ReplicaUpdates=updates, **settings
    )


def eventual_table(cloud: LocalCloud, *regions: str) -> GlobalTable:
    table = single_table(cloud)
    replicate(table, *regions)
    return table


def strong_table(cloud: LocalCloud, *, witness: bool) -> GlobalTable:
    """A strongly consistent table in us-east-1 and us-west-2, with us-east-2 as witness or as third replica."""
    table = single_table(cloud)
    if witness:
        updates = [{"Create": {"RegionName": OHIO}}]
        replicate(table, WEST, MultiRegionConsistency="STRONG", GlobalTableWitnessUpdates=updates)
    else:
        replicate(table, OHIO, WEST, MultiRegionConsistency="STRONG")
    return table


def code(error: ClientError) -> str:
    return str(error.response["Error"]["Code"])
