"""The alarms of a service in one Region, hand-written with the L2 constructs of aws-cdk-lib."""

from collections.abc import Callable, Sequence
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from benchmarks.l2_alarms import by_hand
from benchmarks.metrics import Metrics, operands
from benchmarks.twin import Parts, Shared, TwinFunction
from benchmarks.watched import Figures, Watched, figures
from benchmarks.workload import RESERVED_CONCURRENCY
from constructs_lib.alarms import AlarmDefinition, FunctionSubject, Profile
from constructs_lib.alarms.services import HTTP_API_ALARMS, TABLE_ALARMS
from constructs_lib.alarms.table.definition import Operand
from constructs_lib.alarms.table.description import describe

__all__ = ["WatchedFunction", "WatchedShared", "watch_api", "watch_replication", "watch_table"]

_WRITES = ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems")

# What somebody who writes them by hand knows beforehand.
_ALARMS = figures(
    FunctionSubject(
        function_name="",
        timeout_ms=30_000,
        reserved_concurrency=RESERVED_CONCURRENCY,
        asynchronous=True,
        memory_mb=512,
    ),
    without=["cold_start_rate", "dead_letter_errors"],
)


_API_ALARMS = [
    Figures(row=row, threshold=row.threshold, description=describe(row, row.threshold))
    for row in HTTP_API_ALARMS
    if row.profile <= Profile.STANDARD
]


_NOT_ON_DEMAND = {"replication_latency", "read_utilization", "write_utilization"}
_TABLE_ALARMS = [
    Figures(row=row, threshold=row.threshold, description=describe(row, row.threshold))
    for row in TABLE_ALARMS
    if row.profile <= Profile.STANDARD and row.name not in _NOT_ON_DEMAND
]


def _watched(
    metric: Callable[[Operand, str], cloudwatch.Metric], row: AlarmDefinition, period: cdk.Duration
) -> cloudwatch.Metric | cloudwatch.MathExpression:
    """What the alarm of `row` watches; `metric` makes a metric with the statistic that it is given."""
    if row.expression is None:
        return metric(Operand(metric=row.metric), row.statistic)
    return cloudwatch.MathExpression(
        expression=row.expression.format(minimum_traffic=row.minimum_traffic, period=row.period),
        label=f"{row.metric} ({row.unit})",
        period=period,
        using_metrics={
            name: metric(operand, operand.statistic or row.statistic)
            for name, operand in operands(row).items()
        },
    )


class WatchedShared(Shared):
    """What all functions of a stack use, what their alarms watch included."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self.metrics = Metrics(_ALARMS)


class WatchedFunction(TwinFunction):
    """A function with the full set of alarms."""

    def _alarms(self, parts: Parts, shared: Shared) -> dict[str, cloudwatch.Alarm]:
        watched = Watched(parts.function, parts.alias, parts.queue, parts.log_group)
        metrics = cast("WatchedShared", shared).metrics
        return {each.row.name: by_hand(self, metrics.of(self, watched, each.row), each) for each in _ALARMS}


def watch_api(scope: Construct, stage: apigateway.HttpStage, notify: cloudwatch.IAlarmAction) -> None:
    """The alarms of an API."""

    def metric(operand: Operand, statistic: str) -> cloudwatch.Metric:
        return stage.metric(operand.metric, statistic=statistic, period=minute)

    minute = cdk.Duration.minutes(1)
    _watch(scope, "Api", [(each, _watched(metric, each.row, minute)) for each in _API_ALARMS], notify)


def watch_table(scope: Construct, table: dynamodb.ITableV2, notify: cloudwatch.IAlarmAction) -> None:
    """The alarms of a table."""

    def metric(operand: Operand, statistic: str) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace="AWS/DynamoDB",
            metric_name=operand.metric,
            dimensions_map={"TableName": name, **operand.fixed},
            statistic=statistic,
            period=minute,
        )

    name, minute = table.table_name, cdk.Duration.minutes(1)
    _watch(scope, "Table", [(each, _watched(metric, each.row, minute)) for each in _TABLE_ALARMS], notify)


def _watch(
    stack: Construct,
    name: str,
    watched: Sequence[tuple[Figures, cloudwatch.IMetric]],
    notify: cloudwatch.IAlarmAction,
) -> None:
    scope = Construct(stack, f"{name}Alarms")
    health = cloudwatch.CompositeAlarm(
        scope,
        "Health",
        alarm_rule=cloudwatch.AlarmRule.any_of(*(by_hand(scope, metric, each) for each, metric in watched)),
        alarm_description=f"At least one alarm of this {name} rings.",
    )
    health.add_alarm_action(notify)


def watch_replication(
    scope: Construct, table: dynamodb.TableV2, other: str, notify: cloudwatch.IAlarmAction
) -> None:
    """What is written arrives late in the other Region, or not at all."""
    period = cdk.Duration.minutes(5)

    def metric(name: str, statistic: str, **dimensions: str) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace="AWS/DynamoDB",
            metric_name=name,
            dimensions_map={"TableName": table.table_name, **dimensions},
            statistic=statistic,
            period=period,
        )

    written = {
        f"writes{number}": metric("SuccessfulRequestLatency", "SampleCount", Operation=operation)
        for number, operation in enumerate(_WRITES)
    }
    writes = " + ".join(f"FILL({name}, 0)" for name in written)
    base = {
        "latency": metric("ReplicationLatency", "Maximum", ReceivingRegion=other),
        "consumed": metric("ConsumedWriteCapacityUnits", "Sum"),
    }
    late = f"Longest replication to {other} (ms)", "FILL(latency, 0) + 0 * consumed", base, 30_000, 2
    stalled = (
        f"Periods with writes and no arrival in {other}",
        f"IF(FILL(latency, -1) < 0, IF(({writes}) > 0, 1, 0), 0) + 0 * consumed",
        base | written,
        1,
        3,
    )
    for name, (label, expression, metrics, threshold, datapoints) in {
        "Late": late,
        "Stalled": stalled,
    }.items():
        alarm = cloudwatch.Alarm(
            scope,
            name,
            metric=cloudwatch.MathExpression(
                expression=expression, using_metrics=dict(metrics), label=label, period=period
            ),
            threshold=threshold,
            evaluation_periods=3,
            datapoints_to_alarm=datapoints,
            treat_missing_data=cloudwatch.TreatMissingData.IGNORE,
            alarm_description=f"{label}: a failover would lose what is on its way.",
        )
        alarm.add_alarm_action(notify)
