"""Where the events end that a hardened function fails on."""

import aws_cdk as cdk
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.checks import acknowledge
from constructs_lib.dead_letter_queue import DeadLetterQueue
from constructs_lib.function.hardened_function import HardenedFunction

__all__ = ["keep_failed_events"]


def keep_failed_events(
    scope: Construct,
    function: HardenedFunction,
    *,
    retries: int,
    max_event_age: cdk.Duration,
    removal_policy: cdk.RemovalPolicy,
) -> sqs.Queue:
    """The queue, below `scope`, that keeps what the alias of `function` fails on after so many retries."""
    queue = DeadLetterQueue(scope, "DeadLetters", removal_policy=removal_policy)
    function.alias.configure_async_invoke(
        on_failure=destinations.SqsDestination(queue),
        retry_attempts=retries,
        max_event_age=max_event_age,
    )
    acknowledge(
        function.function,
        {"Serverless::Serverless-LambdaDLQ": "Failed events go to the destination of the alias."},
    )
    return queue
