"""Charges what a queue of orders asks for, with every utility of the handler toolkit."""

import json
import os
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import urllib3
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext
from handler_toolkit import (
    CircuitBreaker,
    DynamoDbBreakerStore,
    Failure,
    Retry,
    TimeBudget,
    answers_warm_up,
    client,
    current_budget,
    idempotent,
    make_logger,
    make_metrics,
    make_tracer,
    process_queue,
    start_metrics,
)

STATE_TABLE = os.environ["STATE_TABLE_NAME"]

logger = make_logger(fields=["iban"], patterns=[r"CUST-\d+"])
tracer = make_tracer()
metrics = make_metrics()

dynamodb = client("dynamodb", most=2, attempts=3)
retry = Retry(attempts=3)
breaker = CircuitBreaker("payments", DynamoDbBreakerStore(STATE_TABLE), failures=5, recovery=30)


class CardRefusedError(Exception):
    """The provider answered, and the answer is no."""

    failure = Failure.PERMANENT


class ProviderError(Exception):
    """The provider did not charge; its HTTP status tells whether it may do so later."""

    def __init__(self, status_code: int, headers: Mapping[str, str]) -> None:
        """Keep what `handler_toolkit.classify` and `retry_after` look at."""
        super().__init__(f"The provider answered {status_code}.")
        self.status_code = status_code
        self.headers = headers


def ask_provider(order: dict[str, Any]) -> dict[str, Any]:
    """One call, which ends before the invocation does."""
    budget = current_budget() or TimeBudget.lasting(5)
    response = urllib3.request(
        "POST",
        os.environ["PROVIDER_URL"],
        json=order,
        headers={"Idempotency-Key": order["order_id"]},
        timeout=urllib3.Timeout(total=budget.timeout(5)),
        retries=False,
    )
    if response.status != HTTPStatus.OK:
        raise ProviderError(response.status, response.headers)
    answer: dict[str, Any] = response.json()
    if answer["status"] == "refused":
        raise CardRefusedError(order["order_id"])
    return answer


@idempotent(argument="order", key="order_id", prefix="charge", payload="amount", table=STATE_TABLE)
def charge(*, order: dict[str, Any]) -> dict[str, Any]:
    """Charge an order once, however often its message comes."""
    return retry.call(breaker.call, ask_provider, order)


def count_order(day: str) -> None:
    """A call to AWS needs nothing further: the client has its retries, and knows the time left."""
    dynamodb.update_item(
        TableName=STATE_TABLE,
        Key={"id": {"S": f"orders#{day}"}},
        UpdateExpression="ADD orders :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
    )


def charge_order(record: SQSRecord) -> None:
    """One message; what it raises leaves the message in the queue."""
    order = json.loads(record.body)
    receipt = charge(order=order)
    logger.info("Charged", order_id=order["order_id"], iban=order.get("iban"), receipt=receipt["id"])
    count_order(order["day"])


@answers_warm_up
@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
@start_metrics(metrics)
def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Charge each order in time; what there is no time for comes again."""
    return process_queue(event, context, charge_order, logger=logger)
