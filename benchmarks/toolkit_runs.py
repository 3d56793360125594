"""Invokes a handler in this process, written with the toolkit and with Powertools alone, and prints the times as JSON.

``python -m benchmarks.toolkit_runs INVOCATIONS`` Both handlers do the same: take a batch of messages, do something
once for each, log it and count it. DynamoDB answers at once, by botocore's own events, so that only this process is
measured.
"""

import io
import json
import os
import random
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import Any, Final, cast

import boto3
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from handler_toolkit import (
    CircuitBreaker,
    MemoryBreakerStore,
    Retry,
    answers_warm_up,
    client,
    idempotent,
    make_logger,
    make_metrics,
    process_queue,
    start_metrics,
)

__all__ = ["main"]

Handler = Callable[[dict[str, Any], Any], object]

_MESSAGES: Final = 10
_WARM_UP: Final = 20
_ENVIRONMENT: Final = {
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
    "POWERTOOLS_METRICS_NAMESPACE": "Orders",
    "POWERTOOLS_SERVICE_NAME": "orders",
    "POWERTOOLS_TRACE_DISABLED": "true",
}


class _Context:
    function_name = "orders"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:orders"
    aws_request_id = "none"

    def __init__(self) -> None:
        self._ends = time.monotonic() + 30

    def get_remaining_time_in_millis(self) -> int:
        return int((self._ends - time.monotonic()) * 1000)


class _Body(io.BytesIO):
    def stream(self, **_: object) -> list[bytes]:
        return [self.read()]


def main(invocations: int) -> dict[str, list[float]]:
    """Seconds of the processor in each invocation, by kind; the kinds take turns."""
    os.environ.update(_ENVIRONMENT)
    seconds: dict[str, list[float]] = {"toolkit": [], "powertools": []}
    with redirect_stdout(io.StringIO()) as written:
        handlers = {"toolkit": _by_toolkit(written), "powertools": _by_powertools(written)}
        for number in range(_WARM_UP + invocations):
            event = _event()
            for kind in sorted(handlers, reverse=number % 2 == 1):
                begun = time.process_time()
                answer = handlers[kind](event, _Context())
                taken = time.process_time() - begun
                if answer != {"batchItemFailures": []}:
                    raise RuntimeError(f"{kind}: {answer}")
                if number >= _WARM_UP:
                    seconds[kind].append(taken)
            written.seek(0)
            written.truncate()
    return seconds


def _by_toolkit(stream: io.StringIO) -> Handler:
    logger, metrics, retry = make_logger("by-toolkit", stream=stream), make_metrics(), Retry()
    breaker = CircuitBreaker("payments", MemoryBreakerStore())

    @idempotent(
        argument="order", key="order_id", prefix="charge", table="keys", client=_answered(client("dynamodb"))
    )
    def charge(*, order: dict[str, Any]) -> dict[str, Any]:
        return retry.call(breaker.call, _charge, order)

    def handle(record: SQSRecord) -> None:
        order = json.loads(record.body)
        logger.info("Charged", order=order, receipt=charge(order=order))

    @answers_warm_up
    @logger.inject_lambda_context(clear_state=True)
    @start_metrics(metrics)
    def handler(event: dict[str, Any], context: Any) -> object:
        metrics.add_metric("Batches", "Count", 1)
        return process_queue(event, context, handle, logger=logger)

    return handler


def _by_powertools(stream: io.StringIO) -> Handler:
    logger, metrics = Logger("by-powertools", stream=stream), Metrics()
    processor = BatchProcessor(event_type=EventType.SQS)
    config = IdempotencyConfig(
        event_key_jmespath="order_id", raise_on_no_idempotency_key=True, hash_function="sha256"
    )
    layer = DynamoDBPersistenceLayer("keys", boto3_client=_answered(boto3.client("dynamodb")))

    @idempotent_function(
        data_keyword_argument="order", persistence_store=layer, config=config, key_prefix="charge"
    )  # type: ignore[untyped-decorator]  # Powertools' own
    def charge(*, order: dict[str, Any]) -> dict[str, Any]:
        return _charge(order)

    def handle(record: SQSRecord) -> None:
        order = json.loads(record.body)
        logger.info("Charged", order=order, receipt=charge(order=order))

    @logger.inject_lambda_context(clear_state=True)
    @metrics.log_metrics(capture_cold_start_metric=True)
    def handler(event: dict[str, Any], context: Any) -> object:
        config.register_lambda_context(context)
        metrics.add_metric("Batches", "Count", 1)
        return process_partial_response(event, handle, processor, context)

    return cast("Handler", handler)


def _charge(order: dict[str, Any]) -> dict[str, Any]:
    return {"id": order["order_id"], "amount": order["amount"]}


def _answered(made: Any) -> Any:
    """`made`, with each of its requests answered before it is sent."""

    def answer(request: AWSPreparedRequest, **_: object) -> AWSResponse:
        headers = {"content-type": "application/x-amz-json-1.0", "content-length": "2"}
        return AWSResponse(request.url, 200, HTTPHeaders.from_dict(headers), _Body(b"{}"))

    made.meta.events.register_last("before-send", answer)
    return made


def _event() -> dict[str, Any]:
    return {
        "Records": [
            {
                "messageId": str(number),
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:orders",
                "body": json.dumps({"order_id": f"{random.random()}", "amount": 5, "customer": "C-17"}),  # noqa: S311 - no secret
            }
            for number in range(_MESSAGES)
        ]
    }


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))))
