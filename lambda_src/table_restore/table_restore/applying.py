"""What gives a table one setting. Each looks first what is there: some calls refuse to change nothing."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from table_restore.described import described_settings
from table_restore.reading import READERS, Clients
from table_restore.scaling import put_scaling
from table_restore.settings import TableSettings

__all__ = ["APPLIERS"]

Applier = Callable[[Clients, str, Any], None]


def _described(clients: Clients, table: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = clients.dynamodb.describe_table(TableName=table)["Table"]
    return found


def _by_update(setting: str, request: Callable[[Any], Mapping[str, Any]]) -> Applier:
    """An applier by UpdateTable, unless the table has that value of `setting`."""

    def apply(clients: Clients, table: str, value: Any) -> None:
        present = getattr(described_settings(_described(clients, table)), setting)
        if present != value:
            clients.dynamodb.update_table(TableName=table, **request(value))

    return apply


def _billing(clients: Clients, table: str, value: Mapping[str, Any]) -> None:
    present: TableSettings = described_settings(_described(clients, table))
    # DynamoDB refuses to set the capacity that a table has.
    changed = {name: each for name, each in value.items() if present.billing.get(name) != each}
    if changed:
        clients.dynamodb.update_table(TableName=table, **changed)


def _tags(clients: Clients, table: str, value: Mapping[str, str]) -> None:
    clients.dynamodb.tag_resource(
        ResourceArn=_described(clients, table)["TableArn"],
        Tags=[{"Key": key, "Value": each} for key, each in value.items()],
    )


def _recovery(clients: Clients, table: str, value: int) -> None:
    clients.dynamodb.update_continuous_backups(
        TableName=table,
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": value},
    )


def _ttl(clients: Clients, table: str, value: str) -> None:
    if READERS["ttl"](clients, {"TableName": table}) != value:
        clients.dynamodb.update_time_to_live(
            TableName=table, TimeToLiveSpecification={"Enabled": True, "AttributeName": value}
        )


def _kinesis(clients: Clients, table: str, value: Mapping[str, str]) -> None:
    present = READERS["kinesis"](clients, {"TableName": table})
    for stream, precision in value.items():
        if stream in present:
            continue
        precisely = {"ApproximateCreationDateTimePrecision": precision}
        clients.dynamodb.enable_kinesis_streaming_destination(
            TableName=table,
            StreamArn=stream,
            **({"EnableKinesisStreamingConfiguration": precisely} if precision else {}),
        )


def _contributor_insights(clients: Clients, table: str, value: Mapping[str, str]) -> None:
    for index, mode in value.items():
        clients.dynamodb.update_contributor_insights(
            TableName=table,
            ContributorInsightsAction="ENABLE",
            **({"IndexName": index} if index else {}),
            **({"ContributorInsightsMode": mode} if mode else {}),
        )


def _resource_policy(clients: Clients, table: str, value: str) -> None:
    clients.dynamodb.put_resource_policy(ResourceArn=_described(clients, table)["TableArn"], Policy=value)


APPLIERS: Final[Mapping[str, Applier]] = {
    "deletion_protection": _by_update(
        "deletion_protection", lambda value: {"DeletionProtectionEnabled": value}
    ),
    "billing": _billing,
    "encryption": _by_update(
        "encryption",
        lambda value: {"SSESpecification": {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": value}},
    ),
    "table_class": _by_update("table_class", lambda value: {"TableClass": value}),
    "stream": _by_update(
        "stream",
        lambda value: {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": value}},
    ),
    "recovery_days": _recovery,
    "tags": _tags,
    "kinesis": _kinesis,
    "contributor_insights": _contributor_insights,
    "resource_policy": _resource_policy,
    "scaling": lambda clients, table, value: put_scaling(clients.autoscaling, table, value),
    "ttl": _ttl,
}
"""What applies each setting of `TableSettings` that can be applied."""
