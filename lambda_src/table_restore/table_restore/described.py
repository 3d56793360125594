"""What DescribeTable says of a table, as its settings."""

from collections.abc import Mapping
from typing import Any, Final

from table_restore.settings import TableSettings

__all__ = ["described_settings"]

_UNITS: Final = ("ReadCapacityUnits", "WriteCapacityUnits")
_ENCRYPTED: Final = frozenset({"ENABLED", "ENABLING", "UPDATING"})
_INDEX: Final = (
    "IndexName",
    "KeySchema",
    "Projection",
    "VectorAttribute",
    "SearchSchema",
    "Dimensions",
    "DistanceFunction",
)
"""What a description of an index has in common with the request that makes one."""


def described_settings(table: Mapping[str, Any]) -> TableSettings:
    """The settings in a TableDescription."""
    stream, encryption = table.get("StreamSpecification") or {}, table.get("SSEDescription") or {}
    own = table["TableArn"].split(":")[3]
    return TableSettings(
        arn=table["TableArn"],
        keys=table["KeySchema"],
        attributes={
            each["AttributeName"]: each["AttributeType"] for each in table.get("AttributeDefinitions", ())
        },
        global_indexes=_indexes(table.get("GlobalSecondaryIndexes")),
        local_indexes=_indexes(table.get("LocalSecondaryIndexes")),
        vector_indexes=_indexes(table.get("VectorIndexes")),
        billing=_billing(table),
        table_class=(table.get("TableClassSummary") or {}).get("TableClass", "STANDARD"),
        encryption=encryption.get("KMSMasterKeyArn", "") if encryption.get("Status") in _ENCRYPTED else "",
        stream=stream.get("StreamViewType", "") if stream.get("StreamEnabled") else "",
        deletion_protection=bool(table.get("DeletionProtectionEnabled")),
        replicas=sorted(
            each["RegionName"] for each in table.get("Replicas") or () if each["RegionName"] != own
        ),
    )


def _indexes(described: Any) -> dict[str, dict[str, Any]]:
    return {
        each["IndexName"]: {
            **{name: each[name] for name in _INDEX if name in each},
            **_throughput(each),
        }
        for each in described or ()
    }


def _billing(table: Mapping[str, Any]) -> dict[str, Any]:
    mode = (table.get("BillingModeSummary") or {}).get("BillingMode", "PROVISIONED")
    return {"BillingMode": mode, **_throughput(table)}


def _throughput(described: Mapping[str, Any]) -> dict[str, Any]:
    """Provisioned units, where there are any, and limits of on-demand units."""
    found: dict[str, Any] = {}
    units = {name: (described.get("ProvisionedThroughput") or {}).get(name, 0) for name in _UNITS}
    if any(units.values()):
        found["ProvisionedThroughput"] = units
    if described.get("OnDemandThroughput"):
        found["OnDemandThroughput"] = dict(described["OnDemandThroughput"])
    return found
