"""An SQS queue as a function's event source: whether Lambda takes it, and what cdk-nag says of it."""

from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.alarms import function_subject
from constructs_lib.checks import Check, acknowledge, is_token

__all__ = [
    "VISIBILITY_FACTOR",
    "acknowledge_mapping",
    "acknowledge_mapping_of",
    "check_visibility",
    "timeout_of",
    "visibility_of",
]

VISIBILITY_FACTOR = 6
"""How many of the function's timeouts a queue should hide a message for.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
"""
_DEFAULT_VISIBILITY = 30
_NO_DESTINATION = "Serverless::Serverless-LambdaEventSourceMappingDestination"
# https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
_QUEUE_KEEPS = (
    "Destinations of a mapping exist for streams: a message of a queue that fails stays with its queue, whose "
    "redrive policy the rules for queues check."
)


def timeout_of(function: lambda_.IFunction) -> float | None:
    """The timeout, in seconds, of the function behind `function`; None where the app does not know it."""
    milliseconds = function_subject(function).timeout_ms
    return None if milliseconds is None or is_token(milliseconds) else milliseconds / 1000


def visibility_of(queue: sqs.IQueue) -> float | None:
    """For how many seconds `queue` hides a message that was received; None where the app does not know it."""
    resource = queue.node.default_child
    if not isinstance(resource, sqs.CfnQueue):
        return None
    visible = _DEFAULT_VISIBILITY if resource.visibility_timeout is None else resource.visibility_timeout
    return None if is_token(visible) else cast("float", visible)


def check_visibility(check: Check, function: lambda_.IFunction, queue: sqs.IQueue, window: float = 0) -> None:
    """Fail where a message would be seen again while the function still works on it; warn where it might.

    Args:
        check: on behalf of what connects them.
        function: what gets the messages.
        queue: where they are.
        window: for how many seconds batches are gathered.
    """
    visible, timeout = visibility_of(queue), timeout_of(function)
    if visible is None or timeout is None:
        return
    recommended = VISIBILITY_FACTOR * timeout + window
    check.require(
        visible >= timeout,
        f"the queue {queue.node.path} has a visibility timeout of {visible:g} s, less than the function's "
        f"timeout of {timeout:g} s, which Lambda refuses.",
        remedy=f"Give the queue at least six times that{' and the batching window' if window else ''}: "
        f"{recommended:g} s.",
    )
    if visible < recommended:
        cdk.Annotations.of(queue).add_warning_v2(
            "constructs-lib:visibility-timeout",
            f"The visibility timeout is {visible:g} s. AWS recommends six times the function's timeout"
            f"{' and the batching window' if window else ''}, {recommended:g} s, so that throttled batches are tried "
            "again before the messages are seen by others.",
        )


def acknowledge_mapping(mapping: Construct) -> None:
    """Tell cdk-nag why `mapping`, which reads a queue, has no destination."""
    acknowledge(mapping, {_NO_DESTINATION: _QUEUE_KEEPS})


def acknowledge_mapping_of(function: lambda_.IFunction, source: sources.SqsEventSource) -> None:
    """Tell cdk-nag the same of the mapping that CDK made of `source` below `function`."""
    for child in function.node.children:
        if (
            isinstance(child, lambda_.EventSourceMapping)
            and child.event_source_mapping_id == source.event_source_mapping_id
        ):
            acknowledge_mapping(child)
