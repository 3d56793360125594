"""Orders in DynamoDB, and the queue of those that are to be fulfilled."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionError, HTTPClientError  # noqa: A004 - botocore's own name
from order_book.book import opened, pack, unpack

from create_order.errors import DependencyUnavailableError
from create_order.models import Order

if TYPE_CHECKING:  # the stubs are not in the bundle
    from collections.abc import Iterator, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef
    from mypy_boto3_sqs import SQSClient

__all__ = ["CLIENT_CONFIG", "DynamoDbOrders", "SqsFulfilment", "unavailable"]

# boto3 would wait a minute for an answer, an HTTP API waits for us for 30 s. The retries are boto3's.
CLIENT_CONFIG: Final = Config(
    connect_timeout=1, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 3}
)

# A strongly consistent global table refuses a write while another Region writes the same item.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
_THROTTLED: Final = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "ReplicatedWriteConflictException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
_SERVER_ERROR: Final = 500


def unavailable(error: BaseException | None) -> DependencyUnavailableError | None:
    """What `error` says about a dependency's availability; None if it says something else."""
    match error:
        case HTTPClientError() | ConnectionError():
            return DependencyUnavailableError(type(error).__name__, throttled=False)
        case ClientError():
            code = error.response["Error"]["Code"]
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            if code in _THROTTLED or status >= _SERVER_ERROR:
                return DependencyUnavailableError(code, throttled=code in _THROTTLED)
    return None


@contextmanager
def _telling_unavailability() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        if problem := unavailable(error):
            raise problem from error
        raise


class DynamoDbOrders:
    """The table of orders."""

    def __init__(self, client: DynamoDBClient, table: str, region: str) -> None:
        """Keep orders in `table`, whose partition key is `order_id`, to be fulfilled in `region`."""
        self._client = client
        self._table = table
        self._region = region

    @_telling_unavailability()
    def add(self, order: Order, *, correlation_id: str) -> Order:
        """Write `order` unless its id is taken; return what the table has under its id."""
        beside = opened(region=self._region, since=order.created_at, correlation_id=correlation_id)
        try:
            self._client.put_item(
                TableName=self._table,
                Item=pack(order.model_dump() | beside),
                ConditionExpression="attribute_not_exists(order_id)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException as taken:
            return _order(taken.response["Item"])  # type: ignore[typeddict-item]  # not in the stubs
        return order

    @_telling_unavailability()
    def find(self, order_id: str) -> Order | None:
        """Read the order of that id, with all writes that were acknowledged before."""
        answer = self._client.get_item(
            TableName=self._table, Key={"order_id": {"S": order_id}}, ConsistentRead=True
        )
        return _order(answer["Item"]) if "Item" in answer else None


class SqsFulfilment:
    """The queue of orders that are to be fulfilled."""

    def __init__(self, client: SQSClient, queue_url: str) -> None:
        """Send to `queue_url`."""
        self._client = client
        self._queue_url = queue_url

    @_telling_unavailability()
    def request(self, order: Order, *, correlation_id: str) -> None:
        """Queue one message, with nothing personal in it: whoever fulfils the order reads it in the table."""
        message = {"order_id": order.order_id, "correlation_id": correlation_id}
        self._client.send_message(QueueUrl=self._queue_url, MessageBody=json.dumps(message))


def _order(item: Mapping[str, AttributeValueTypeDef]) -> Order:
    # What stands beside the order is nothing to a client. DynamoDB knows one kind of number, so what comes back is
    # not held to strict types.
    fields = unpack(item)
    return Order.model_validate(
        {name: fields[name] for name in Order.model_fields if name in fields}, strict=False
    )
