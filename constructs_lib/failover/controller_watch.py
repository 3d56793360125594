"""What becomes of the controller's own failures: kept, and told."""

from dataclasses import replace

import aws_cdk as cdk
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.alarms import (
    AlarmRoute,
    FunctionAlarms,
    SeverityRoute,
    function_subject,
)
from constructs_lib.function import HardenedFunction
from constructs_lib.function.failed_events import keep_failed_events

__all__ = ["failure_alarms", "keep_failed_looks"]

_AGE_MINUTES = 5
"""What is older says nothing that a later look does not see."""


def keep_failed_looks(
    scope: Construct, function: HardenedFunction, removal_policy: cdk.RemovalPolicy
) -> sqs.Queue:
    """The queue, below `scope`, that keeps what the controller fails on."""
    return keep_failed_events(
        scope,
        function,
        retries=1,
        max_event_age=cdk.Duration.minutes(_AGE_MINUTES),
        removal_policy=removal_policy,
    )


def failure_alarms(
    scope: Construct, function: HardenedFunction, queue: sqs.Queue, route: AlarmRoute | SeverityRoute | None
) -> FunctionAlarms:
    """The alarms, below `scope`, on `function` and what it leaves in `queue`."""
    subject = function_subject(
        function.alias,
        queue_name=queue.queue_name,
        asynchronous=True,
        max_event_age=cdk.Duration.minutes(_AGE_MINUTES),
    )
    return FunctionAlarms(scope, "Alarms", subject=replace(subject, stops_loops=True), route=route)
