"""Stock and reservations in DynamoDB, changed together in transactions.

A transaction is one only in the Region where it is made: of two Regions that write the same item, the later one wins.
So each Region takes from a warehouse of its own. No transaction can touch a strongly consistent global table.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from handler_toolkit import Failure
from order_book.book import pack, unpack
from order_book.steps import Line

from update_inventory.errors import OutOfStockError, ReservationReleasedError

if TYPE_CHECKING:  # the stubs are not in the bundle
    from collections.abc import Callable, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

__all__ = ["DynamoDbStock", "TransactionBusyError"]

_RESERVED: Final = "reserved"
_RELEASED: Final = "released"
_NOT_MET: Final = "ConditionalCheckFailed"


class TransactionBusyError(Exception):
    """Another transaction was at the same items, or DynamoDB asked for patience; soon it may go through."""

    failure: Final = Failure.TRANSIENT


class DynamoDbStock:
    """The tables of stock and reservations.

    An item of the stock has the attributes `sku`, `warehouse` and `available`; a reservation `order_id` and `state`,
    and what it took from where: `warehouse` and `lines`.
    """

    def __init__(
        self,
        client: DynamoDBClient,
        *,
        stock_table: str,
        reservations_table: str,
        warehouse: str,
        retry: Callable[[Callable[[], None]], Callable[[], None]],
    ) -> None:
        """Change `stock_table` and `reservations_table` together.

        Args:
            client: for DynamoDB.
            stock_table: its partition key is `sku`, its sort key `warehouse`.
            reservations_table: its partition key is `order_id`.
            warehouse: what reservations take from; a release gives back where that was taken.
            retry: makes a function be called again after `TransactionBusyError`.
        """
        self._client = client
        self._stock = stock_table
        self._reservations = reservations_table
        self._warehouse = warehouse
        self._retry = retry

    def reserve(self, order_id: str, lines: Sequence[Line]) -> None:
        """Take all `lines` for the order, or none; once, however often it is asked.

        Raises:
            OutOfStockError: there is not enough of an article.
            ReservationReleasedError: the order's reservation was released.
        """
        self._retry(lambda: self._reserve(order_id, lines))()

    def release(self, order_id: str) -> None:
        """Give back what the order has taken; from then on it can take nothing."""
        self._retry(lambda: self._release(order_id))()

    def _reserve(self, order_id: str, lines: Sequence[Line]) -> None:
        record = {
            "order_id": order_id,
            "state": _RESERVED,
            "warehouse": self._warehouse,
            "lines": {line.sku: line.quantity for line in lines},
        }
        unmet = self._write([self._first(record), *(self._take(line) for line in lines)])
        if not unmet:
            return
        if unmet[0] == 0:  # there is a reservation already, whatever the stock says now
            if self._find(order_id).get("state") != _RESERVED:
                raise ReservationReleasedError(order_id)
            return
        raise OutOfStockError(f"Not enough of {', '.join(lines[index - 1].sku for index in unmet)}")

    def _release(self, order_id: str) -> None:
        found = self._find(order_id)
        if not found:
            # The reservation may still be on its way: this record is in its way.
            changes = [self._first({"order_id": order_id, "state": _RELEASED})]
        elif found["state"] == _RELEASED:
            return
        else:
            taken = [Line(sku=sku, quantity=int(quantity)) for sku, quantity in found["lines"].items()]
            changes = [
                self._no_longer_reserved(order_id),
                *(self._give_back(line, found["warehouse"]) for line in taken),
            ]
        if self._write(changes):
            raise TransactionBusyError(f"{order_id} was reserved or released meanwhile")

    def _write(self, changes: list[TransactWriteItemTypeDef]) -> list[int]:
        """Make all `changes`, or none: the numbers of those whose condition does not hold."""
        try:
            self._client.transact_write_items(TransactItems=changes)
        except self._client.exceptions.TransactionCanceledException as cancelled:
            codes = [each.get("Code", "") for each in cancelled.response.get("CancellationReasons", [])]
            if unmet := [index for index, code in enumerate(codes) if code == _NOT_MET]:
                return unmet
            raise TransactionBusyError(", ".join(sorted({*codes} - {"None"}))) from cancelled
        return []

    def _find(self, order_id: str) -> dict[str, Any]:
        answer = self._client.get_item(
            TableName=self._reservations, Key={"order_id": {"S": order_id}}, ConsistentRead=True
        )
        return unpack(answer.get("Item", {}))

    def _first(self, record: dict[str, Any]) -> TransactWriteItemTypeDef:
        return {
            "Put": {
                "TableName": self._reservations,
                "Item": pack(record),
                "ConditionExpression": "attribute_not_exists(order_id)",
            }
        }

    def _no_longer_reserved(self, order_id: str) -> TransactWriteItemTypeDef:
        return {
            "Update": {
                "TableName": self._reservations,
                "Key": {"order_id": {"S": order_id}},
                "UpdateExpression": "SET #state = :released",
                "ConditionExpression": "#state = :reserved",
                "ExpressionAttributeNames": {"#state": "state"},
                "ExpressionAttributeValues": {":released": {"S": _RELEASED}, ":reserved": {"S": _RESERVED}},
            }
        }

    def _take(self, line: Line) -> TransactWriteItemTypeDef:
        return {
            "Update": {
                "TableName": self._stock,
                "Key": {"sku": {"S": line.sku}, "warehouse": {"S": self._warehouse}},
                "UpdateExpression": "SET available = available - :quantity",
                "ConditionExpression": "available >= :quantity",
                "ExpressionAttributeValues": {":quantity": {"N": str(line.quantity)}},
            }
        }

    def _give_back(self, line: Line, warehouse: str) -> TransactWriteItemTypeDef:
        return {
            "Update": {
                "TableName": self._stock,
                "Key": {"sku": {"S": line.sku}, "warehouse": {"S": warehouse}},
                "UpdateExpression": "ADD available :quantity",
                "ExpressionAttributeValues": {":quantity": {"N": str(line.quantity)}},
            }
        }
