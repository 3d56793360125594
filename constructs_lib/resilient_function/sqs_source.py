"""An SQS queue as a function's event source: whether Lambda takes it, and what cdk-nag says of it."""

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.alarms.functions.function_subject import underlying_function
from constructs_lib.checks import Check, acknowledge, is_token

__all__ = ["acknowledge_mapping", "check_visibility"]

_DEFAULT_VISIBILITY = 30
_VISIBILITY_FACTOR = 6
_NO_DESTINATION = "Serverless::Serverless-LambdaEventSourceMappingDestination"
# https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
_QUEUE_KEEPS = (
    "Destinations of a mapping exist for streams: a message of a queue that fails stays with its queue, whose "
    "redrive policy the rules for queues check."
)


def check_visibility(scope: Construct, function_or_alias: lambda_.IFunction, queue: sqs.IQueue) -> None:
    """Fail where a message would be seen again while the function still works on it; warn where it might."""
    # https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
    resource = queue.node.default_child
    function = underlying_function(function_or_alias).node.default_child
    if not isinstance(resource, sqs.CfnQueue) or not isinstance(function, lambda_.CfnFunction):
        return
    visible = _DEFAULT_VISIBILITY if resource.visibility_timeout is None else resource.visibility_timeout
    timeout = function.timeout
    if timeout is None or is_token(visible) or is_token(timeout):
        return
    Check(scope, "").require(
        visible >= timeout,
        f"the queue {queue.node.path} has a visibility timeout of {visible:g} s, less than the function's "
        f"timeout of {timeout:g} s, which Lambda refuses.",
        remedy=f"Give the queue at least six times that: {_VISIBILITY_FACTOR * timeout:g} s.",
    )
    if visible < _VISIBILITY_FACTOR * timeout:
        cdk.Annotations.of(queue).add_warning_v2(
            "constructs-lib:visibility-timeout",
            f"The visibility timeout is {visible:g} s. AWS recommends six times the function's timeout, "
            f"{_VISIBILITY_FACTOR * timeout:g} s, so that throttled batches are tried again before the messages "
            "are seen by others.",
        )


def acknowledge_mapping(function: lambda_.IFunction, source: sources.SqsEventSource) -> None:
    """Tell cdk-nag why the mapping of `source` has no destination."""
    for child in function.node.children:
        if (
            isinstance(child, lambda_.EventSourceMapping)
            and child.event_source_mapping_id == source.event_source_mapping_id
        ):
            acknowledge(child, {_NO_DESTINATION: _QUEUE_KEEPS})
