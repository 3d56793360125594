"""The metrics that the alarms watch, by the L2 constructs of aws-cdk-lib, in the fewest calls that these allow."""

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_logs as logs
from constructs import Construct

from benchmarks.watched import Scene, Watched
from constructs_lib.alarms import AlarmDefinition
from constructs_lib.alarms.functions.function_row_parts import OF_FUNCTION, OF_QUALIFIER
from constructs_lib.alarms.table.alarm_template import LOG_NAMESPACE
from constructs_lib.alarms.table.definition import LogFilter, Operand
from constructs_lib.function import LIVE_ALIAS

__all__ = ["Metrics"]


class Metrics:
    """Makes metrics; what all functions can share is made once."""

    def __init__(self, given: Scene) -> None:
        self._durations = given.durations
        filters: list[LogFilter | None] = []
        for alarm in given.alarms:
            filters += [alarm.row.log_filter, *(each.log_filter for each in _operands(alarm.row).values())]
        self._patterns = {each.pattern: logs.FilterPattern.literal(each.pattern) for each in filters if each}

    def of(
        self, scope: Construct, watched: Watched, row: AlarmDefinition
    ) -> cloudwatch.Metric | cloudwatch.MathExpression:
        """The metric of `row`, in `scope` where it takes constructs of its own."""
        period = self._durations[row.period]
        if row.expression is None:
            return self._metric(
                scope, watched, row, Operand(metric=row.metric, log_filter=row.log_filter), period
            )
        return cloudwatch.MathExpression(
            expression=row.expression.format(minimum_traffic=row.minimum_traffic, period=row.period),
            label=f"{row.metric} ({row.unit})",
            period=period,
            using_metrics={
                name: self._metric(scope, watched, row, operand, period)
                for name, operand in _operands(row).items()
            },
        )

    def _metric(
        self, scope: Construct, watched: Watched, row: AlarmDefinition, operand: Operand, period: cdk.Duration
    ) -> cloudwatch.Metric:
        statistic = operand.statistic or row.statistic
        if operand.log_filter is not None:
            lines = self._filter(scope, watched, row, operand.metric, operand.log_filter)
            return lines.metric(period=period, statistic=statistic)
        dimensions = row.dimensions if operand.dimensions is None else operand.dimensions
        if dimensions == OF_QUALIFIER:
            return watched.alias.metric(operand.metric, period=period, statistic=statistic)
        if dimensions == OF_FUNCTION:
            return watched.function.metric(operand.metric, period=period, statistic=statistic)
        if (operand.namespace or row.namespace) == "AWS/SQS":
            return watched.queue.metric(operand.metric, period=period, statistic=statistic)
        raise NotImplementedError(row.name)

    def _filter(
        self, scope: Construct, watched: Watched, row: AlarmDefinition, metric: str, lines: LogFilter
    ) -> logs.MetricFilter:
        return logs.MetricFilter(
            scope,
            f"{row.construct_id}Filter",
            log_group=watched.log_group,
            filter_pattern=self._patterns[lines.pattern],
            metric_namespace=LOG_NAMESPACE,
            metric_name=f"{watched.name}/{LIVE_ALIAS}/{metric}",
            metric_value=lines.value,
        )


def _operands(row: AlarmDefinition) -> dict[str, Operand]:
    return {
        name: Operand(metric=given) if isinstance(given, str) else given
        for name, given in row.operands.items()
    }
