"""DynamoDB's exports: requested, found again, and followed to their end."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from botocore.exceptions import ClientError, HTTPClientError

from table_export.model import Export, Kind, Settings
from table_export.planning import Recovery

__all__ = ["Described", "Exports", "RecoveryOffError", "is_passing"]

_PASSING: Final = frozenset(
    {
        "ContinuousBackupsUnavailableException",
        "InternalServerError",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
"""https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html"""
_FIRST_SERVER_ERROR: Final = 500
_CLOCKS: Final = 300.0
"""Seconds by which clocks may differ, with room to spare."""
_VIEW: Final = "NEW_AND_OLD_IMAGES"


class RecoveryOffError(Exception):
    """The table has no point-in-time recovery."""


@dataclass(frozen=True, kw_only=True)
class Described:
    """An export as DynamoDB describes it.

    Attributes:
        arn: its ARN.
        status: IN_PROGRESS, COMPLETED or FAILED; UNKNOWN where DynamoDB knows no such export.
        table_id: tells the table from a later one of the same name.
        items: how many items or changes there are.
        billed: the bytes that are billed.
        seconds: how long it took.
        problem: why it failed.
    """

    arn: str
    status: str
    table_id: str = ""
    items: int = 0
    billed: int = 0
    seconds: float = 0.0
    problem: str = ""


def is_passing(error: Exception) -> bool:
    """Whether the call may succeed later as it is, so that nobody need be told yet."""
    if isinstance(error, HTTPClientError):
        return True
    if not isinstance(error, ClientError):
        return False
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return error.response.get("Error", {}).get("Code") in _PASSING or status >= _FIRST_SERVER_ERROR


class Exports:
    """The calls. Each may be repeated at will: a request for an export carries a token."""

    def __init__(self, client: Any, settings: Settings) -> None:
        """Call by `client`, of DynamoDB."""
        self._client = client
        self._settings = settings

    def recovery(self, table: str) -> Recovery:
        """Of which moments `table` can be exported.

        Raises:
            RecoveryOffError: of none.
        """
        answer = self._client.describe_continuous_backups(TableName=table)
        found = answer["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription", {})
        if found.get("PointInTimeRecoveryStatus") != "ENABLED" or "LatestRestorableDateTime" not in found:
            raise RecoveryOffError(
                f"point-in-time recovery of {table} is off, and DynamoDB exports only what it holds. Switch it on: "
                "aws dynamodb update-continuous-backups --point-in-time-recovery-specification "
                f"PointInTimeRecoveryEnabled=true --table-name {table}"
            )
        return Recovery.between(
            found["EarliestRestorableDateTime"].timestamp(), found["LatestRestorableDateTime"].timestamp()
        )

    def request(self, table: str, export: Export) -> str:
        """The ARN of `export`, which is begun unless it was before."""
        settings = self._settings
        request: dict[str, Any] = {
            "TableArn": table,
            "ClientToken": export.token,
            "ExportFormat": "DYNAMODB_JSON",
            "ExportType": str(export.kind),
            "S3Bucket": settings.bucket,
            "S3BucketOwner": settings.owner,
            "S3Prefix": settings.root(table),
            "S3SseAlgorithm": "KMS" if settings.key else "AES256",
        }
        if settings.key:
            request["S3SseKmsKeyId"] = settings.key
        if export.kind is Kind.FULL:
            request["ExportTime"] = _time(export.end)
        else:
            request["IncrementalExportSpecification"] = {
                "ExportFromTime": _time(export.start),
                "ExportToTime": _time(export.end),
                "ExportViewType": _VIEW,
            }
        arn: str = self._client.export_table_to_point_in_time(**request)["ExportDescription"]["ExportArn"]
        return arn

    def find(self, table: str, export: Export) -> str:
        """The ARN of the export that was requested by the token of `export`; empty for none.

        They are listed from the newest to the oldest: it stops at those that are older than the request.
        """
        request: dict[str, Any] = {"TableArn": table, "MaxResults": 25}
        while True:
            page = self._client.list_exports(**request)
            for each in page.get("ExportSummaries", ()):
                found = self._client.describe_export(ExportArn=each["ExportArn"])["ExportDescription"]
                if found.get("ClientToken") == export.token:
                    return str(each["ExportArn"])
                if found["StartTime"].timestamp() < export.asked - _CLOCKS:
                    return ""
            if not page.get("NextToken"):
                return ""
            request["NextToken"] = page["NextToken"]

    def describe(self, arn: str) -> Described:
        """How `arn` stands."""
        try:
            found = self._client.describe_export(ExportArn=arn)["ExportDescription"]
        except self._client.exceptions.ExportNotFoundException:
            return Described(arn=arn, status="UNKNOWN", problem="DynamoDB does not know it")
        problem = " ".join(str(found[name]) for name in ("FailureCode", "FailureMessage") if found.get(name))
        ended = found.get("EndTime")
        return Described(
            arn=arn,
            status=found["ExportStatus"],
            table_id=found.get("TableId", ""),
            items=int(found.get("ItemCount") or 0),
            billed=int(found.get("BilledSizeBytes") or 0),
            seconds=(ended - found["StartTime"]).total_seconds() if ended else 0.0,
            problem=problem,
        )


def _time(moment: int) -> datetime:
    return datetime.fromtimestamp(moment, UTC)
