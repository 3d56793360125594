"""What became of each file, in DynamoDB: one item a file, and one for the totals of each currency."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, cast

from boto3.dynamodb.types import TypeSerializer
from handler_toolkit import Failure

if TYPE_CHECKING:  # the stubs are not in the bundle
    from collections.abc import Callable

    from mypy_boto3_dynamodb import DynamoDBClient

    from process_file.models import Processed, Upload

__all__ = ["DynamoDbManifest", "TransactionBusyError"]

_FINAL: Final = ("processed", "quarantined")
_UNFINISHED: Final = "attribute_exists(file_id) AND NOT #status IN (:processed, :quarantined)"
_NOT_MET: Final = "ConditionalCheckFailed"
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
_PASSING: Final = ("ProvisionedThroughputExceeded", "ThrottlingError", "TransactionConflict")


class TransactionBusyError(Exception):
    """Another file was added to the same totals, or DynamoDB asked for patience; soon it may go through."""

    failure: Final = Failure.TRANSIENT


class DynamoDbManifest:
    """The table of files."""

    def __init__(
        self,
        client: DynamoDBClient,
        table: str,
        clock: Callable[[], datetime],
        retry: Callable[[Callable[[], bool]], Callable[[], bool]],
    ) -> None:
        """Keep records in a table.

        Args:
            client: for DynamoDB.
            table: its partition key is `file_id`.
            clock: the time.
            retry: makes a function be called again after `TransactionBusyError`.
        """
        self._client = client
        self._table = table
        self._clock = clock
        self._retry = retry

    def is_finished(self, file_id: str) -> bool:
        """Read with all writes that were acknowledged before."""
        answer = self._client.get_item(
            TableName=self._table, Key={"file_id": {"S": file_id}}, ConsistentRead=True
        )
        return answer.get("Item", {}).get("status", {}).get("S") in _FINAL

    def processed(self, upload: Upload, result: Processed) -> bool:
        """Finish the file and add to the totals in one transaction: both happen once, or neither."""
        fields: dict[str, object] = {
            "status": "processed",
            "rows": result.rows,
            "rejected": result.rejected,
            "sha256": result.sha256,
            "output": result.output,
            "revenue": dict(result.revenue),
        }
        finish = {"Update": self._finish(upload.file_id, fields)}
        return self._transact([finish, *(self._total(*each) for each in _by_currency(result))])

    def quarantined(self, upload: Upload, reason: str) -> bool:
        """Finish the file without any totals."""
        return self._transact(
            [{"Update": self._finish(upload.file_id, {"status": "quarantined", "reason": reason})}]
        )

    def _finish(self, file_id: str, fields: dict[str, object]) -> dict[str, Any]:
        pack = TypeSerializer().serialize
        fields = {**fields, "finished_at": self._clock().astimezone(UTC).isoformat(timespec="seconds")}
        return {
            "TableName": self._table,
            "Key": {"file_id": {"S": file_id}},
            "UpdateExpression": "SET " + ", ".join(f"#{name} = :{name}" for name in fields),
            "ConditionExpression": _UNFINISHED,
            "ExpressionAttributeNames": {f"#{name}": name for name in fields},
            "ExpressionAttributeValues": {
                **{f":{name}": pack(value) for name, value in fields.items()},
                **{f":{name}": {"S": name} for name in _FINAL},
            },
        }

    def _total(self, currency: str, rows: int, revenue: Decimal) -> dict[str, Any]:
        return {
            "Update": {
                "TableName": self._table,
                "Key": {"file_id": {"S": f"total#{currency}"}},
                "UpdateExpression": "ADD #rows :rows, revenue :revenue, files :one",
                "ExpressionAttributeNames": {"#rows": "rows"},
                "ExpressionAttributeValues": {
                    ":rows": {"N": str(rows)},
                    ":revenue": {"N": str(revenue)},
                    ":one": {"N": "1"},
                },
            }
        }

    def _transact(self, items: list[dict[str, Any]]) -> bool:
        return self._retry(lambda: self._write(items))()

    def _write(self, items: list[dict[str, Any]]) -> bool:
        try:
            self._client.transact_write_items(TransactItems=cast("Any", items))
        except self._client.exceptions.TransactionCanceledException as canceled:
            codes = [each.get("Code", "") for each in canceled.response.get("CancellationReasons", [])]
            # The reasons come in the order of the items, and the first item is the file's.
            if codes[:1] == [_NOT_MET]:
                return False
            if passing := sorted({*codes}.intersection(_PASSING)):
                raise TransactionBusyError(", ".join(passing)) from canceled
            raise
        return True


def _by_currency(result: Processed) -> list[tuple[str, int, Decimal]]:
    return [(name, result.counts[name], amount) for name, amount in sorted(result.revenue.items())]
