"""Tables whose past several tests look at."""

import math
import time
import uuid
from typing import Any

from botocore.exceptions import ClientError

from local_cloud import LocalCloud
from local_cloud.service import eventually

EAST, WEST = "us-east-1", "us-west-2"
QUICK = {
    "LOCAL_CLOUD_RECOVERY_LAG": "0",
    "LOCAL_CLOUD_RESTORE_SECONDS": "0.3",
    "LOCAL_CLOUD_EXPORT_SECONDS": "0.3",
    "LOCAL_CLOUD_SHORTEST_EXPORT_WINDOW": "1",
}
"""Settings of a cloud that nobody waits for longer than needed."""


class Table:
    """A table with the key `id`, as one who is in a Region sees it."""

    def __init__(self, cloud: LocalCloud, name: str, region: str = EAST) -> None:
        self.cloud = cloud
        self.client = cloud.client("dynamodb", region)
        self.name = name
        self.arn = f"arn:aws:dynamodb:{region}:000000000000:table/{name}"

    def put(self, **values: str) -> None:
        """One item a keyword: its key and its value."""
        for key, value in values.items():
            self.client.put_item(TableName=self.name, Item={"id": {"S": key}, "value": {"S": value}})

    def delete(self, *keys: str) -> None:
        for key in keys:
            self.client.delete_item(TableName=self.name, Key={"id": {"S": key}})

    def remember(self, **period: int) -> dict[str, Any]:
        """Switch point-in-time recovery on; what is said of it then."""
        specification = {"PointInTimeRecoveryEnabled": True, **period}
        self.client.update_continuous_backups(
            TableName=self.name, PointInTimeRecoverySpecification=specification
        )
        return self.recovery

    def stop_remembering(self) -> None:
        specification = {"PointInTimeRecoveryEnabled": False}
        self.client.update_continuous_backups(
            TableName=self.name, PointInTimeRecoverySpecification=specification
        )

    @property
    def recovery(self) -> dict[str, Any]:
        answer = self.client.describe_continuous_backups(TableName=self.name)
        described: dict[str, Any] = answer["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
        return described

    @property
    def described(self) -> dict[str, Any]:
        table: dict[str, Any] = self.client.describe_table(TableName=self.name)["Table"]
        return table

    @property
    def values(self) -> dict[str, str]:
        """What is in the table, by key."""
        pages = self.client.get_paginator("scan").paginate(TableName=self.name)
        return {item["id"]["S"]: item["value"]["S"] for page in pages for item in page["Items"]}

    def back_up(self, name: str = "nightly") -> str:
        """The ARN of a new backup."""
        answer = self.client.create_backup(TableName=self.name, BackupName=name)
        arn: str = answer["BackupDetails"]["BackupArn"]
        return arn

    def ready(self) -> "Table":
        """This table, when it can be used."""
        eventually(lambda: self.described["TableStatus"] == "ACTIVE", f"{self.name} to be there")
        return self

    def at(self, moment: float) -> dict[str, str]:
        """What was in the table at a moment, as a restore shows it."""
        target = f"restored-{uuid.uuid4().hex[:8]}"
        self.client.restore_table_to_point_in_time(
            SourceTableName=self.name, TargetTableName=target, RestoreDateTime=moment
        )
        restored = Table(self.cloud, target, self.client.meta.region_name).ready()
        values = restored.values
        self.client.delete_table(TableName=target)
        return values


def make(cloud: LocalCloud, region: str = EAST, **settings: Any) -> Table:
    """A new table in a Region."""
    table = Table(cloud, f"table-{uuid.uuid4().hex[:8]}", region)
    definition = {
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
        **settings,
    }
    table.client.create_table(TableName=table.name, **definition)
    return table


def next_second() -> int:
    """The next whole second, once it has begun: clients of AWS name no finer moments."""
    second = math.floor(time.time()) + 1
    time.sleep(second - time.time() + 0.001)
    return second


def code(error: ClientError) -> str:
    return str(error.response["Error"]["Code"])
