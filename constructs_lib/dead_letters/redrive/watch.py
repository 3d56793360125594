"""Who is told of runs that failed, and of what is parked."""

from dataclasses import replace

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.alarms import FunctionAlarms, Severity, ThresholdAlarm, function_subject
from constructs_lib.alarms.routing.route import Route
from constructs_lib.dead_letters.redrive.function import EVENT_AGE_HOURS
from constructs_lib.function import HardenedFunction

__all__ = ["function_alarms", "lost_runs_alarm", "parking_alarms"]

_EXPIRING_DAYS = 7
"""Half of the time that the parking queue keeps what is in it."""


def function_alarms(
    scope: Construct, function: HardenedFunction, queue: sqs.Queue, route: Route | None
) -> FunctionAlarms:
    """The alarms, below `scope`, on `function` and what it leaves in `queue`."""
    subject = function_subject(
        function.alias,
        queue_name=queue.queue_name,
        asynchronous=True,
        max_event_age=cdk.Duration.hours(EVENT_AGE_HOURS),
    )
    return FunctionAlarms(scope, "Alarms", subject=replace(subject, stops_loops=True), route=route)


def lost_runs_alarm(rule: events.Rule, route: Route | None) -> ThresholdAlarm:
    """The alarm, below `rule`, on runs that could not even be put into the dead-letter queue of its target.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
    """
    return ThresholdAlarm(
        rule,
        "Lost",
        metric=cloudwatch.Metric(
            namespace="AWS/Events",
            metric_name="InvocationsFailedToBeSentToDlq",
            dimensions_map={"RuleName": rule.rule_name},
            statistic="Sum",
            period=cdk.Duration.minutes(1),
        ),
        threshold=1,
        severity=Severity.CRITICAL,
        means="Dead letters were not re-driven as an alarm changed, and the event is lost.",
        cause="the queue's policy or key does not let EventBridge in, or the queue is gone.",
        query="python -m constructs_lib.dead_letters redrive, with the dead-letter queue.",
        route=route,
    )


def parking_alarms(
    scope: Construct, queue: sqs.Queue, route: Route | None
) -> tuple[ThresholdAlarm, ThresholdAlarm]:
    """The alarms, below `scope`, on what lies in the parking queue, and on what has lain there for long."""
    look = f"python -m constructs_lib.dead_letters inspect --queue {queue.queue_name}"
    parked = ThresholdAlarm(
        scope,
        "Parked",
        metric=queue.metric_approximate_number_of_messages_visible(
            statistic="Maximum", period=cdk.Duration.minutes(1)
        ),
        threshold=1,
        treat_missing_data=cloudwatch.TreatMissingData.IGNORE,
        severity=Severity.CRITICAL,
        means="Events are parked: nothing re-drives them any more.",
        cause="they failed at each attempt, are too old, failed with an error that is excluded, or are malformed.",
        query=look,
        route=route,
    )
    expiring = ThresholdAlarm(
        scope,
        "Expiring",
        metric=queue.metric_approximate_age_of_oldest_message(
            statistic="Maximum", period=cdk.Duration.minutes(5)
        ),
        threshold=cdk.Duration.days(_EXPIRING_DAYS).to_seconds(),
        severity=Severity.CRITICAL,
        means="Events have been parked for long; SQS deletes them 14 days after they were parked.",
        cause="nobody acted on them.",
        query=look,
        route=route,
    )
    return parked, expiring
