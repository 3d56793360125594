"""Handing one message to a queue, a topic, a function or an event bus from inside the server."""

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from local_cloud.hooks import internal
from local_cloud.patches import scope

_BAD_STATUS = 400
Attributes = Mapping[str, tuple[str, str]]
"""Message attributes: name -> (data type, value)."""


class DeliveryError(Exception):
    """The target is not there or refuses the message."""


def send(target: str, body: str, attributes: Attributes | None = None, subject: str = "") -> None:
    """Send a message to the queue or topic with this ARN."""
    typed = {
        name: {"DataType": kind, "StringValue": value} for name, (kind, value) in (attributes or {}).items()
    }
    service = target.split(":")[2]
    if service not in ("sqs", "sns"):
        raise DeliveryError(f"{target} is neither a queue nor a topic")
    try:
        if service == "sqs":
            _send_to_queue(target, body, typed)
        else:
            _publish(target, body, subject, typed)
    except DeliveryError:
        raise
    except Exception as error:  # MiniStack's services each have their own exceptions
        raise DeliveryError(f"{target}: {error}") from error


def send_destination_record(target: str, record: dict[str, Any]) -> None:
    """Send the record of an asynchronous invocation to its destination, of any of the types Lambda supports."""
    service = target.split(":")[2]
    if service == "lambda":
        invoke_function(target, record)
    elif service == "s3":
        function = record["requestContext"]["functionArn"].split(":")[6]
        put_record(target, f"aws/lambda/async/{function}", record)
    elif service == "events":
        put_event(
            source="lambda",
            detail_type=f"Lambda Function Invocation Result - {_outcome(record)}",
            detail=record,
            resources=[target, record["requestContext"]["functionArn"]],
            bus=target.rpartition("/")[2],
        )
    else:
        send(target, json.dumps(record))


def put_record(bucket_arn: str, folder: str, record: dict[str, Any]) -> None:
    """Write a record into a bucket, under a key with the time and a random part, as Lambda does.

    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
    https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
    """
    now = datetime.now(UTC)
    key = f"{folder}/{now:%Y/%m/%d}/{now:%Y-%m-%dT%H.%M.%S}-{uuid.uuid4()}"
    bucket = bucket_arn.rpartition(":")[2]
    status, *_ = internal("services.s3._put_object")(bucket, key, json.dumps(record).encode(), {})
    if status >= _BAD_STATUS:
        raise DeliveryError(f"bucket {bucket} answered {status}")


def invoke_function(function: str, event: Any) -> None:
    """Invoke a function asynchronously, by its ARN, qualified or not."""
    found, config, name = internal("services.lambda_svc._get_func_record_for_ref")(function)
    if not found or not config:
        raise DeliveryError(f"there is no function {name} behind {function}")
    record = internal("services.lambda_svc._execution_record_for_config")(found, config)
    internal("services.lambda_svc.invoke_async_with_retry")(record, event)


def put_event(
    *, source: str, detail_type: str, detail: Any, resources: list[str], bus: str = "default"
) -> None:
    """Put an event on a bus."""
    entry = {
        "Source": source,
        "DetailType": detail_type,
        "Detail": json.dumps(detail),
        "Resources": resources,
        "EventBusName": bus,
    }
    internal("services.eventbridge._put_events")({"Entries": [entry]}, allow_aws_source=True)


def _publish(target: str, body: str, subject: str, attributes: dict[str, Any]) -> None:
    if (
        internal("services.sns.publish_internal")(target, body, subject, message_attributes=attributes)
        is None
    ):
        raise DeliveryError(f"there is no topic {target}")


def _send_to_queue(target: str, body: str, attributes: dict[str, Any]) -> None:
    queue = internal("services.sqs._queue_by_arn")(target)
    if queue is None:
        raise DeliveryError(f"there is no queue {target}")
    if queue.get("is_fifo"):
        raise DeliveryError(
            f"{target} is a FIFO queue, which takes no dead letters or invocation records of Lambda"
        )
    *_, region, account, name = target.split(":")
    with scope.scoped(account, region):
        url = internal("services.sqs._queue_url")(name)
        message = {"QueueUrl": url, "MessageBody": body, "MessageAttributes": attributes}
        internal("services.sqs._act_send_message")(message, url)


def _outcome(record: dict[str, Any]) -> str:
    return "Success" if record["requestContext"]["condition"] == "Success" else "Failure"
