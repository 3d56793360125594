"""What becomes of the controller's own failures: kept, and told."""

from dataclasses import replace

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.alarms import (
    AlarmRoute,
    FunctionAlarms,
    Severity,
    SeverityRoute,
    ThresholdAlarm,
    function_subject,
)
from constructs_lib.checks import acknowledge
from constructs_lib.function import HardenedFunction

__all__ = ["failure_alarms", "keep_failed_events", "silence_alarm"]

_AGE_MINUTES = 5
"""What is older says nothing that a later look does not see."""
_MINUTES_OF_SILENCE = 5
_LONGEST_RETENTION_DAYS = 14
"""https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html"""
_ENDS_HERE = "This queue is where failed events end: it is the dead-letter queue, and has none of its own."


def keep_failed_events(
    scope: Construct, function: HardenedFunction, removal_policy: cdk.RemovalPolicy
) -> sqs.Queue:
    """The queue, below `scope`, that keeps what `function` fails on."""
    queue = sqs.Queue(
        scope,
        "DeadLetters",
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        retention_period=cdk.Duration.days(_LONGEST_RETENTION_DAYS),
        removal_policy=removal_policy,
    )
    findings = ("AwsSolutions::AwsSolutions-SQS3", "Serverless::Serverless-SQSRedrivePolicy")
    acknowledge(queue, dict.fromkeys(findings, _ENDS_HERE))
    function.alias.configure_async_invoke(
        on_failure=destinations.SqsDestination(queue),
        retry_attempts=1,
        max_event_age=cdk.Duration.minutes(_AGE_MINUTES),
    )
    acknowledge(
        function.function,
        {"Serverless::Serverless-LambdaDLQ": "Failed events go to the destination of the alias."},
    )
    return queue


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


def silence_alarm(
    scope: Construct,
    metric: cloudwatch.Metric,
    function: HardenedFunction,
    route: AlarmRoute | SeverityRoute | None,
) -> ThresholdAlarm:
    """The alarm, below `scope`, that rings when `metric` was not published for some minutes."""
    return ThresholdAlarm(
        scope,
        "Silence",
        metric=metric.with_(statistic="SampleCount"),
        threshold=1,
        comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
        evaluation_periods=_MINUTES_OF_SILENCE,
        treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
        severity=Severity.CRITICAL,
        means="Nobody decides whether the standby takes over: what was said last stands, whatever happens.",
        cause="the controller fails, or cannot reach its table.",
        query=f"the log group {function.log_group.log_group_name}",
        route=route,
    )
