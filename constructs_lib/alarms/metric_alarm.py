"""One row of a table, some settings and a subject in; one CloudWatch alarm out.

Alarms are built as `CfnAlarm`, with one call into jsii each: the L2 takes a call a metric, a duration and an
alarm. CDK's own constructs accept them (`IAlarmRef`) wherever they take an alarm.
"""

from dataclasses import replace

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from constructs_lib.alarms.definition import AlarmDefinition, AlarmSettings, RateAlarmSettings
from constructs_lib.alarms.subject import AlarmSubject
from constructs_lib.checks import Check, is_token

__all__ = ["applies", "metric_alarm", "resolve"]

_HOUR, _DAY, _WEEK = 3_600, 86_400, 604_800
_LIMITS = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"


def applies(definition: AlarmDefinition, subject: AlarmSubject) -> bool:
    """Whether `subject` has what the alarm watches, and a known limit where the threshold is a share of one."""
    if definition.needs is not None and not getattr(subject, definition.needs):
        return False
    if definition.share_of is None:
        return True
    limit = getattr(subject, definition.share_of)
    return limit is not None and limit != 0 and not is_token(limit)


def resolve(check: Check, definition: AlarmDefinition, settings: AlarmSettings) -> AlarmDefinition:
    """`definition` with `settings` in place of its defaults, once they have been checked."""
    changes: dict[str, object] = {
        name: value
        for name in ("threshold", "evaluation_periods", "datapoints_to_alarm")
        if (value := getattr(settings, name)) is not None
    }
    if settings.period is not None:
        changes["period"] = int(settings.period.to_seconds())
    if isinstance(settings, RateAlarmSettings) and settings.minimum_traffic is not None:
        changes["minimum_traffic"] = settings.minimum_traffic
    if not changes:
        return definition
    if settings.evaluation_periods is not None and settings.datapoints_to_alarm is None:
        # Fewer periods than the default's datapoints: all of them must breach.
        changes["datapoints_to_alarm"] = min(definition.datapoints_to_alarm, settings.evaluation_periods)
    resolved = replace(definition, **changes)  # type: ignore[arg-type]  # names and types come from AlarmSettings
    _check(check, resolved)
    return resolved


def _check(check: Check, row: AlarmDefinition) -> None:
    name = f"the alarm {row.name}"
    check.require(
        row.period >= 60 and row.period % 60 == 0,  # noqa: PLR2004 - seconds in a minute
        f"{name} has a period of {row.period} s.",
        remedy=f"{row.namespace} publishes once a minute: give a multiple of one minute. See {_LIMITS}",
    )
    longest = _DAY if row.period < _HOUR else _WEEK
    check.require(
        row.period * row.evaluation_periods <= longest,
        f"{name} looks back {row.evaluation_periods} periods of {row.period} s, more than the {longest} s "
        "that CloudWatch allows.",
        remedy=f"Give fewer or shorter periods. See {_LIMITS}",
    )
    check.within(f"{name}'s evaluation_periods", row.evaluation_periods, 1, _WEEK)
    check.within(f"{name}'s datapoints_to_alarm", row.datapoints_to_alarm, 1, row.evaluation_periods)
    if row.share_of is not None:
        check.require(
            is_token(row.threshold) or 0 < row.threshold <= 1,
            f"{name} has a threshold of {row.threshold:g} {row.unit}, which it can never reach.",
            remedy="Give a share above 0 and up to 1.",
        )
    elif row.expression is not None:
        check.within(f"{name}'s threshold", row.threshold, 0, 100, unit="percent", whole=False)
        check.within(f"{name}'s minimum_traffic", row.minimum_traffic, 1, 1_000_000_000)
    else:
        check.require(
            is_token(row.threshold) or row.threshold > 0,
            f"{name} has a threshold of {row.threshold:g} {row.unit}, at which it always rings.",
            remedy="Give a positive number.",
        )


def metric_alarm(
    scope: Construct, definition: AlarmDefinition, subject: AlarmSubject, construct_id: str | None = None
) -> cloudwatch.CfnAlarm:
    """The alarm of one resolved row for `subject`; it notifies nobody by itself."""
    row = definition
    threshold = row.threshold if row.share_of is None else row.threshold * getattr(subject, row.share_of)
    dimensions = [
        cloudwatch.CfnAlarm.DimensionProperty(name=name, value=value)
        for name, value in subject.dimensions(row.watches).items()
    ]
    description = (
        f"{row.metric} {row.statistic} reached {threshold:g} in {row.datapoints_to_alarm} of "
        f"{row.evaluation_periods} periods of {row.period} s. {row.why}"
    )
    if row.expression is None:
        percentile = row.statistic.startswith("p")
        return cloudwatch.CfnAlarm(
            scope,
            construct_id or row.construct_id,
            alarm_description=description,
            namespace=row.namespace,
            metric_name=row.metric,
            dimensions=dimensions,
            period=row.period,
            statistic=None if percentile else row.statistic,
            extended_statistic=row.statistic if percentile else None,
            threshold=threshold,
            comparison_operator=row.comparison,
            evaluation_periods=row.evaluation_periods,
            datapoints_to_alarm=row.datapoints_to_alarm,
            treat_missing_data="notBreaching",
        )
    return cloudwatch.CfnAlarm(
        scope,
        construct_id or row.construct_id,
        alarm_description=description,
        metrics=[
            cloudwatch.CfnAlarm.MetricDataQueryProperty(
                id=row.metric,
                label=f"{row.metric} ({row.unit})",
                expression=row.expression.format(minimum_traffic=row.minimum_traffic),
                return_data=True,
            ),
            *(_operand(row, query_id, metric, dimensions) for query_id, metric in row.operands.items()),
        ],
        threshold=threshold,
        comparison_operator=row.comparison,
        evaluation_periods=row.evaluation_periods,
        datapoints_to_alarm=row.datapoints_to_alarm,
        treat_missing_data="notBreaching",
    )


def _operand(
    row: AlarmDefinition,
    query_id: str,
    metric: str,
    dimensions: list[cloudwatch.CfnAlarm.DimensionProperty],
) -> cloudwatch.CfnAlarm.MetricDataQueryProperty:
    return cloudwatch.CfnAlarm.MetricDataQueryProperty(
        id=query_id,
        return_data=False,
        metric_stat=cloudwatch.CfnAlarm.MetricStatProperty(
            metric=cloudwatch.CfnAlarm.MetricProperty(
                namespace=row.namespace, metric_name=metric, dimensions=list(dimensions)
            ),
            period=row.period,
            stat=row.statistic,
        ),
    )
