"""Charges in DynamoDB."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from order_book.book import pack, unpack

from payment_sandbox.models import Answer, Outcome

if TYPE_CHECKING:  # the stubs are not in the bundle
    from mypy_boto3_dynamodb import DynamoDBClient

__all__ = ["DynamoDbCharges"]


class DynamoDbCharges:
    """The table of charges."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        """Keep charges in `table`, whose partition key is `idempotency_key`."""
        self._client = client
        self._table = table

    def first(self, key: str, answer: Answer, amount: str) -> tuple[Answer, str]:
        """Keep `answer` and `amount` unless the key is known; return what is kept."""
        item = {"idempotency_key": key, "amount": amount, **answer.model_dump(mode="json")}
        try:
            self._client.put_item(
                TableName=self._table,
                Item=pack(item),
                ConditionExpression="attribute_not_exists(idempotency_key)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException as known:
            item = unpack(known.response["Item"])  # type: ignore[typeddict-item]  # not in the stubs
        return _answer(item), item["amount"]

    def refunded(self, key: str) -> Answer:
        """Turn the charge under the key into a refund; done already is done."""
        changed = self._client.update_item(
            TableName=self._table,
            Key={"idempotency_key": {"S": key}},
            UpdateExpression="SET outcome = :refunded",
            ConditionExpression="outcome IN (:charged, :refunded)",
            ExpressionAttributeValues={
                ":charged": {"S": Outcome.CHARGED},
                ":refunded": {"S": Outcome.REFUNDED},
            },
            ReturnValues="ALL_NEW",
        )
        return _answer(unpack(changed["Attributes"]))


def _answer(item: dict[str, Any]) -> Answer:
    return Answer(outcome=item["outcome"], payment_id=item["payment_id"], reason=item["reason"])
