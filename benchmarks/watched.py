"""What alarms are put on, made before the clock runs: functions that have all that an alarm can watch.

Figures and texts of the alarms come from the library's table, worked out beforehand as somebody who writes them by
hand knows them beforehand: the sides differ in nothing but the constructs that they are written with.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs

from benchmarks import workload
from constructs_lib.alarms import (
    LAMBDA_ALARMS,
    AlarmDefinition,
    AlarmRoute,
    FunctionAlarmSettings,
    FunctionSubject,
    Profile,
    Severity,
    function_subject,
)
from constructs_lib.alarms.table.description import describe
from constructs_lib.alarms.table.resolution import applies, widen
from constructs_lib.function import LIVE_ALIAS

__all__ = ["EVERYTHING", "Figures", "Scene", "Watched", "durations", "figures", "scene", "subject_of"]

EVERYTHING = FunctionAlarmSettings(profile=Profile.COMPLETE)


@dataclass(frozen=True)
class Watched:
    """A function and what belongs to it."""

    function: lambda_.Function
    alias: lambda_.Alias
    queue: sqs.Queue
    log_group: logs.LogGroup

    @cached_property
    def name(self) -> str:
        return self.function.function_name


@dataclass(frozen=True)
class Figures:
    """One alarm as somebody who writes it by hand knows it; `notifies` where the composite covers it."""

    row: AlarmDefinition
    threshold: float
    description: str

    @property
    def notifies(self) -> bool:
        return self.row.severity is not Severity.INFO


@dataclass(frozen=True)
class Scene:
    """What a stack has before its alarms."""

    functions: Sequence[Watched]
    topic: sns.Topic
    route: AlarmRoute
    alarms: Sequence[Figures]
    durations: Mapping[int, cdk.Duration]


def scene(stack: cdk.Stack) -> Scene:
    """As many functions as alarms are ever put on: few and many sets are measured in the same stack."""
    functions = [_watched(stack, number) for number in range(workload.MANY)]
    subject = subject_of(functions[0])
    alarms = figures(subject)
    topic = sns.Topic(stack, "Topic")
    return Scene(
        functions=functions,
        topic=topic,
        route=AlarmRoute.to_topic(topic),  # which lets CloudWatch publish there: all sides need that
        alarms=alarms,
        durations=durations(alarms),
    )


def figures(subject: FunctionSubject, without: Collection[str] | None = None) -> Sequence[Figures]:
    """The alarms of the full set that a function can have, or all `without` some where that is known beforehand."""
    return [
        _figures(widen(row, None, subject), subject)
        for row in LAMBDA_ALARMS
        if (applies(row, subject) if without is None else row.name not in without)
    ]


def durations(alarms: Sequence[Figures]) -> Mapping[int, cdk.Duration]:
    """The periods of `alarms`, each made once."""
    return {period: cdk.Duration.seconds(period) for period in {each.row.period for each in alarms}}


def subject_of(watched: Watched) -> FunctionSubject:
    """What the library's alarms are told."""
    return function_subject(
        watched.alias, queue_name=watched.queue.queue_name, asynchronous=True, provisioned=True
    )


def _figures(row: AlarmDefinition, subject: FunctionSubject) -> Figures:
    limit: float = 1 if row.share_of is None else getattr(subject, row.share_of)
    threshold = row.threshold * limit
    return Figures(row=row, threshold=threshold, description=describe(row, threshold))


def _watched(stack: cdk.Stack, number: int) -> Watched:
    queue = sqs.Queue(stack, f"Queue{number}")
    log_group = logs.LogGroup(stack, f"Logs{number}")
    function = lambda_.Function(
        stack,
        f"Function{number}",
        code=workload.code(),
        handler=workload.HANDLER,
        runtime=lambda_.Runtime.PYTHON_3_14,
        memory_size=512,
        timeout=cdk.Duration.seconds(30),
        log_group=log_group,
        logging_format=lambda_.LoggingFormat.JSON,
        dead_letter_queue=queue,
        reserved_concurrent_executions=workload.RESERVED_CONCURRENCY,
    )
    alias = lambda_.Alias(
        stack,
        f"Alias{number}",
        alias_name=LIVE_ALIAS,
        version=function.current_version,
        provisioned_concurrent_executions=workload.MINIMUM_ENVIRONMENTS,
        on_failure=destinations.SqsDestination(queue),
    )
    return Watched(function, alias, queue, log_group)
