"""What becomes of events that a function of this room fails on, and who is told of the function's failures."""

from dataclasses import replace

import aws_cdk as cdk
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.alarms import FunctionAlarms, function_subject
from constructs_lib.alarms.routing.route import Route
from constructs_lib.function import HardenedFunction
from constructs_lib.function.failed_events import keep_failed_events

__all__ = ["function_alarms", "keep_failed_runs"]

_EVENT_AGE_HOURS = 6
_RETRIES = 2
"""https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html"""


def keep_failed_runs(
    scope: Construct, function: HardenedFunction, removal_policy: cdk.RemovalPolicy
) -> sqs.Queue:
    """The queue, below `scope`, for the events of runs that failed."""
    return keep_failed_events(
        scope,
        function,
        retries=_RETRIES,
        max_event_age=cdk.Duration.hours(_EVENT_AGE_HOURS),
        removal_policy=removal_policy,
    )


def function_alarms(
    scope: Construct, function: HardenedFunction, queue: sqs.Queue, route: Route | None
) -> FunctionAlarms:
    """The alarms, below `scope`, on `function` and what it leaves in `queue`."""
    subject = function_subject(
        function.alias,
        queue_name=queue.queue_name,
        asynchronous=True,
        max_event_age=cdk.Duration.hours(_EVENT_AGE_HOURS),
    )
    return FunctionAlarms(scope, "Alarms", subject=replace(subject, stops_loops=True), route=route)
