"""What watching event sources, redrives and sagas costs a month, counted in synthesized templates."""

from collections.abc import Callable, Mapping

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler

from constructs_lib.dead_letters import (
    BusSource,
    QueueSource,
    Redrive,
    S3Source,
    ScheduleSource,
    StreamSource,
    TopicSource,
)
from constructs_lib.workflow import Saga, Step
from docs._ext.costs import counts_of, with_keys
from docs._ext.pieces import table
from docs._ext.sample import function, resources

__all__ = ["texts"]

_FIVE_MINUTES = scheduler.ScheduleExpression.rate(cdk.Duration.minutes(5))


def _table(stack: cdk.Stack) -> dynamodb.ITable:
    key = dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
    return dynamodb.Table(stack, "Table", partition_key=key, stream=dynamodb.StreamViewType.NEW_IMAGE)


def _alias(stack: cdk.Stack) -> lambda_.IFunction:
    return function(stack).alias


def _redrive(stack: cdk.Stack) -> object:
    return Redrive.of(stack)


def _saga(stack: cdk.Stack) -> object:
    alias = _alias(stack)
    return Saga(stack, "It", steps=[Step(name="pay", function=alias, compensation=alias)])


_KINDS: Mapping[str, Callable[[cdk.Stack], object]] = {
    "[`QueueSource`](queue_source.md)": lambda stack: QueueSource(stack, "It", function=_alias(stack)),
    "[`StreamSource`](stream_source.md)": lambda stack: StreamSource(
        stack, "It", function=_alias(stack), table=_table(stack)
    ),
    "[`ScheduleSource`](schedule_source.md)": lambda stack: ScheduleSource(
        stack, "It", function=_alias(stack), schedule=_FIVE_MINUTES
    ),
    "[`S3Source`](s3_source.md)": lambda stack: S3Source(
        stack, "It", function=_alias(stack), bucket=s3.Bucket(stack, "Bucket")
    ),
    "[`TopicSource`](topic_source.md), with a topic of its own": lambda stack: TopicSource(
        stack, "It", function=_alias(stack)
    ),
    "[`BusSource`](bus_source.md)": lambda stack: BusSource(
        stack, "It", function=_alias(stack), event_pattern=events.EventPattern(source=["shop"])
    ),
    "[`Redrive`](redrive.md), once a stack": _redrive,
    "[`Saga`](saga.md)": _saga,
}


def _row(name: str, build: Callable[[cdk.Stack], object]) -> list[str]:
    own = "Redrive/" if build is _redrive else "It/"
    counts = counts_of([found for found in resources(build) if found.path.startswith(own)])
    return [
        name,
        f"{counts['alarms']} ({counts['metrics']})",
        str(counts["composites"]),
        str(counts["filters"]),
        str(counts["keys"]),
        f"**${with_keys(counts):.2f}**",
        str(counts["resources"]),
    ]


def texts() -> dict[str, str]:
    """All texts about what sources, redrives and sagas cost."""
    header = [
        "construct",
        "alarms (metrics billed)",
        "composites",
        "metrics of log lines",
        "keys",
        "fixed cost a month",
        "resources",
    ]
    return {"cost-sources": table(header, [_row(name, build) for name, build in _KINDS.items()])}
