"""The metrics that the alarms watch, by the L2 constructs of aws-cdk-lib, in the fewest calls that these allow."""

from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_logs as logs
from constructs import Construct

from benchmarks.watched import Figures, Watched, durations
from constructs_lib.alarms import AlarmDefinition
from constructs_lib.alarms.functions.function_row_parts import OF_FUNCTION, OF_QUALIFIER
from constructs_lib.alarms.table.alarm_template import LOG_NAMESPACE
from constructs_lib.alarms.table.definition import LogFilter, Operand
from constructs_lib.function import LIVE_ALIAS

__all__ = ["Metrics", "operands"]


class Metrics:
    """Makes metrics; what all functions can share is made once."""

    def __init__(self, alarms: Sequence[Figures], periods: Mapping[int, cdk.Duration] | None = None) -> None:
        self._durations = durations(alarms) if periods is None else periods
        filters: list[LogFilter | None] = []
        for alarm in alarms:
            filters += [alarm.row.log_filter, *(each.log_filter for each in operands(alarm.row).values())]
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
                for name, operand in operands(row).items()
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


def operands(row: AlarmDefinition) -> dict[str, Operand]:
    """The metrics of metric math, by the names they have there."""
    return {
        name: Operand(metric=given) if isinstance(given, str) else given
        for name, given in row.operands.items()
    }
