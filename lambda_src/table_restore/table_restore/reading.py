"""What a table is like now, or was when a backup of it was made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Self

from botocore.exceptions import BotoCoreError, ClientError

from table_restore.described import described_settings
from table_restore.named_alarms import alarms_of
from table_restore.scaling import scaling_of
from table_restore.settings import TableSettings

__all__ = ["READERS", "Clients", "Reader", "read_settings", "settings_of_backup"]

_ON: Final = frozenset({"ENABLED", "ENABLING", "ACTIVE", "UPDATING"})
_LONGEST_RECOVERY: Final = 35
"""Days that point-in-time recovery goes back unless told otherwise.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PointInTimeRecoverySpecification.html
"""


@dataclass(frozen=True, kw_only=True)
class Clients:
    """The clients of boto3 for what belongs to a table.

    Attributes:
        dynamodb: of DynamoDB.
        autoscaling: of Application Auto Scaling.
        cloudwatch: of CloudWatch.
        lambda_: of Lambda.
    """

    dynamodb: Any
    autoscaling: Any
    cloudwatch: Any
    lambda_: Any

    @classmethod
    def made_by(cls, connect: Callable[[str], Any]) -> Self:
        """The clients that `connect` makes of the names of services, e.g. ``boto3.client``."""
        return cls(
            dynamodb=connect("dynamodb"),
            autoscaling=connect("application-autoscaling"),
            cloudwatch=connect("cloudwatch"),
            lambda_=connect("lambda"),
        )


def read_settings(clients: Clients, table: str) -> TableSettings:
    """What `table`, a name or an ARN, is like.

    What cannot be read stands in ``unknown``: a restore must not wait for a right to read alarms.

    Raises:
        botocore.exceptions.ClientError: the table itself may not be described, or there is none.
    """
    description = clients.dynamodb.describe_table(TableName=table)["Table"]
    found: dict[str, Any] = {}
    unknown: dict[str, str] = {}
    for setting, read in READERS.items():
        try:
            found[setting] = read(clients, description)
        except (ClientError, BotoCoreError) as error:
            unknown[setting] = str(error)
    return replace(described_settings(description), **found, unknown=unknown)


def settings_of_backup(description: Mapping[str, Any]) -> TableSettings:
    """What a table was like by the BackupDescription of DescribeBackup; the rest stands in ``unknown``."""
    source, features = description["SourceTableDetails"], description.get("SourceTableFeatureDetails", {})
    stream = features.get("StreamDescription") or {}
    ttl = features.get("TimeToLiveDescription") or {}
    settings = described_settings(
        {
            **source,
            "BillingModeSummary": {"BillingMode": source.get("BillingMode", "PROVISIONED")},
            "GlobalSecondaryIndexes": features.get("GlobalSecondaryIndexes") or [],
            "LocalSecondaryIndexes": features.get("LocalSecondaryIndexes") or [],
            "VectorIndexes": features.get("VectorIndexes") or [],
            "SSEDescription": features.get("SSEDescription") or {},
            "StreamSpecification": stream,
        }
    )
    told = {"ttl"} if "TimeToLiveDescription" in features else set()
    untold = (*READERS, "attributes", "table_class", "deletion_protection", "replicas")
    return replace(
        settings,
        ttl=_ttl_attribute(ttl),
        unknown={
            setting: "a backup does not say it, and the table is gone"
            for setting in untold
            if setting not in told
        },
    )


Reader = Callable[[Clients, Mapping[str, Any]], Any]
"""Reads one setting of the table that DescribeTable describes so."""


def _ttl_attribute(description: Mapping[str, Any]) -> str:
    return description.get("AttributeName", "") if description.get("TimeToLiveStatus") in _ON else ""


def _ttl(clients: Clients, table: Mapping[str, Any]) -> str:
    answer = clients.dynamodb.describe_time_to_live(TableName=table["TableName"])
    return _ttl_attribute(answer["TimeToLiveDescription"])


def _recovery_days(clients: Clients, table: Mapping[str, Any]) -> int:
    answer = clients.dynamodb.describe_continuous_backups(TableName=table["TableName"])
    recovery = answer["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription", {})
    if recovery.get("PointInTimeRecoveryStatus") not in _ON:
        return 0
    return int(recovery.get("RecoveryPeriodInDays") or _LONGEST_RECOVERY)


def _tags(clients: Clients, table: Mapping[str, Any]) -> dict[str, str]:
    pages = clients.dynamodb.get_paginator("list_tags_of_resource").paginate(ResourceArn=table["TableArn"])
    return {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}


def _kinesis(clients: Clients, table: Mapping[str, Any]) -> dict[str, str]:
    answer = clients.dynamodb.describe_kinesis_streaming_destination(TableName=table["TableName"])
    return {
        each["StreamArn"]: each.get("ApproximateCreationDateTimePrecision", "")
        for each in answer.get("KinesisDataStreamDestinations", ())
        if each.get("DestinationStatus") in _ON
    }


def _contributor_insights(clients: Clients, table: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    request = {"TableName": table["TableName"]}
    while True:
        page = clients.dynamodb.list_contributor_insights(**request)
        for each in page.get("ContributorInsightsSummaries", ()):
            if each.get("ContributorInsightsStatus") in _ON:
                found[each.get("IndexName") or ""] = each.get("ContributorInsightsMode", "")
        if not page.get("NextToken"):
            return found
        request["NextToken"] = page["NextToken"]


def _resource_policy(clients: Clients, table: Mapping[str, Any]) -> str:
    try:
        policy: str = clients.dynamodb.get_resource_policy(ResourceArn=table["TableArn"])["Policy"]
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") == "PolicyNotFoundException":
            return ""
        raise
    return policy


def _event_sources(clients: Clients, table: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    stream = table.get("LatestStreamArn")
    if not stream:
        return {}
    pages = clients.lambda_.get_paginator("list_event_source_mappings").paginate(EventSourceArn=stream)
    return {
        each["UUID"]: {"FunctionArn": each.get("FunctionArn", ""), "State": each.get("State", "")}
        for page in pages
        for each in page["EventSourceMappings"]
    }


READERS: Final[Mapping[str, Reader]] = {
    "ttl": _ttl,
    "recovery_days": _recovery_days,
    "tags": _tags,
    "kinesis": _kinesis,
    "contributor_insights": _contributor_insights,
    "resource_policy": _resource_policy,
    "scaling": lambda clients, table: scaling_of(clients.autoscaling, table["TableName"]),
    "alarms": lambda clients, table: alarms_of(clients.cloudwatch, table["TableName"]),
    "event_sources": _event_sources,
}
"""How the settings are read of which DescribeTable says nothing."""
