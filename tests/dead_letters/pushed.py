"""The sources that hand events to Lambda and do not wait, each with as little as it takes."""

from collections.abc import Callable, Mapping
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler

from constructs_lib.dead_letters import BusSource, S3Source, ScheduleSource, TopicSource
from constructs_lib.dead_letters.redrive.settings import WrittenBy
from tests.functions import default_function

Source = BusSource | S3Source | ScheduleSource | TopicSource

QUEUE = "AWS::SQS::Queue"
ALARM = "AWS::CloudWatch::Alarm"
EVERY_FIVE_MINUTES = scheduler.ScheduleExpression.rate(cdk.Duration.minutes(5))

WRITTEN_BY: Mapping[type[Source], WrittenBy] = {
    BusSource: WrittenBy.RULE,
    S3Source: WrittenBy.RULE,
    ScheduleSource: WrittenBy.SCHEDULE,
    TopicSource: WrittenBy.TOPIC,
}


def needed(kind: type[Source], stack: cdk.Stack, given: Mapping[str, Any]) -> dict[str, Any]:
    """What `kind` cannot do without, beside the function, and what is `given`."""
    makers: Mapping[type[Source], Mapping[str, Callable[[], Any]]] = {
        BusSource: {"event_pattern": lambda: events.EventPattern(source=["shop"])},
        S3Source: {"bucket": lambda: a_bucket(stack)},
        ScheduleSource: {"schedule": lambda: EVERY_FIVE_MINUTES},
        TopicSource: {},
    }
    return {name: make() for name, make in makers[kind].items() if name not in given} | dict(given)


def source(
    kind: type[Source], stack: cdk.Stack, function: lambda_.IFunction | None = None, **options: Any
) -> Any:
    """A source of `kind`, called Source, of a function that keeps its failures."""
    called = function or default_function(stack).alias
    return kind(stack, "Source", function=called, **needed(kind, stack, options))


def a_bucket(stack: cdk.Stack, **options: Any) -> s3.Bucket:
    """A bucket that passes the gates."""
    return s3.Bucket(
        stack,
        "Uploads",
        enforce_ssl=True,
        server_access_logs_prefix="access/",
        versioned=True,
        lifecycle_rules=[s3.LifecycleRule(noncurrent_version_expiration=cdk.Duration.days(30))],
        **options,
    )
