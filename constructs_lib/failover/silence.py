"""The alarm on a metric that somebody has to publish without a break."""

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from constructs_lib.alarms import Severity, ThresholdAlarm
from constructs_lib.alarms.routing.route import Route
from constructs_lib.function import HardenedFunction

__all__ = ["silence_alarm"]

_MINUTES = 5


def silence_alarm(
    scope: Construct,
    metric: cloudwatch.Metric,
    function: HardenedFunction,
    route: Route | None,
    *,
    means: str,
    cause: str,
    severity: Severity = Severity.CRITICAL,
) -> ThresholdAlarm:
    """The alarm, below `scope`, that rings when `function` has not published `metric` for some minutes."""
    return ThresholdAlarm(
        scope,
        "Silence",
        metric=metric.with_(statistic="SampleCount"),
        threshold=1,
        comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
        evaluation_periods=_MINUTES,
        treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
        severity=severity,
        means=means,
        cause=cause,
        query=f"the log group {function.log_group.log_group_name}",
        route=route,
    )
