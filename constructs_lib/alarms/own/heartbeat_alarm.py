"""An alarm for work that should have happened."""

import math
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from constructs_lib.alarms.own.arguments import check_metric
from constructs_lib.alarms.own.heartbeat_window import window_of
from constructs_lib.alarms.own.threshold_alarm import ThresholdAlarm
from constructs_lib.alarms.routing.route import Route
from constructs_lib.alarms.table.definition import Severity
from constructs_lib.alarms.table.limits import LIMITS, longest_window
from constructs_lib.checks import Check

__all__ = ["HeartbeatAlarm", "alarm_window"]

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_DATAPOINTS = 30  # finer ones would tell a little sooner
_WEEK = longest_window(_HOUR)


class HeartbeatAlarm(ThresholdAlarm):
    """An alarm that rings when a metric has counted nothing for too long: missing data breaches.

    An alarm looks back 7 days at most; for what happens less often, `constructs_lib.heartbeat.AgeHeartbeat` publishes
    how long ago it was. CloudWatch also looks at a few datapoints before the window, so that it rings up to some
    datapoints later than asked for. Made before the work was ever done, it rings until it is.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html

    Attributes:
        window: how many seconds without a sign of life make it ring.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        metric: cloudwatch.IMetric,
        every: cdk.Duration,
        means: str,
        allowance: cdk.Duration | None = None,
        severity: Severity = Severity.WARNING,
        cause: str | None = None,
        query: str | None = None,
        runbook: str | None = None,
        route: Route | None = None,
    ) -> None:
        """Ring when `metric` counts less than 1 for longer than `every` and `allowance`.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            metric: what counts the work, such as the invocations of a schedule's target function; better its successes,
                by metric math ``invocations - errors``. Of a metric, the sum is taken; the period is chosen here.
            every: how often the work is done.
            means: what it means when it rings, a sentence for whoever is told.
            allowance: how late it may be. Left out: a tenth of `every`, at least five minutes.
            severity: who has to know.
            cause: the likely cause; continues "Likely cause: ".
            query: what to run first; continues "First: ".
            runbook: a link for whoever is told.
            route: what the alarm does; `AlarmRoute.silent()` for one that a composite covers. Left out: it publishes to
                the stack's `AlarmTopic`, made on first use.

        Raises:
            ConfigurationError: an alarm cannot look back that far, could never ring, or CloudWatch would refuse it.
        """
        check = Check(scope, construct_id)
        check_metric(check, "metric", metric)
        self.window = alarm_window(check, every, allowance)
        period, count = _datapoints(self.window)
        super().__init__(
            scope,
            construct_id,
            metric=_counted(metric, period),
            threshold=1,
            comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
            evaluation_periods=count,
            treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
            means=means,
            severity=severity,
            cause=cause,
            query=query,
            runbook=runbook,
            route=route,
        )


def alarm_window(
    check: Check,
    every: cdk.Duration,
    allowance: cdk.Duration | None,
    *,
    names: tuple[str, str] = ("every", "allowance"),
    instead: str = "use",
) -> int:
    """The seconds without a sign of life that make a `HeartbeatAlarm` ring; fail where it cannot look back that far.

    Args:
        check: fails on behalf of the heartbeat.
        every: how often the work is done.
        allowance: how late it may be. Left out: a tenth of `every`, at least five minutes.
        names: what these two are called in a message.
        instead: what to do beside making an `AgeHeartbeat`.
    """
    return window_of(
        check,
        every,
        allowance,
        finest=_MINUTE,
        smallest_allowance=0,
        default_allowance=5 * _MINUTE,
        longest=_WEEK,
        remedy=f"An alarm looks back 7 days: {instead} constructs_lib.heartbeat.AgeHeartbeat, which publishes how long "
        f"ago it was, or give a smaller allowance where that is enough. See {LIMITS}",
        names=names,
    )


def _datapoints(window: int) -> tuple[int, int]:
    """Seconds and number of the datapoints that cover `window`."""
    if window > _DAY:
        return _HOUR, math.ceil(window / _HOUR)
    period = math.ceil(window / _DATAPOINTS / _MINUTE) * _MINUTE
    return period, math.ceil(window / period)


def _counted(metric: cloudwatch.IMetric, period: int) -> cloudwatch.IMetric:
    length = cdk.Duration.seconds(period)
    if isinstance(metric, cloudwatch.MathExpression):
        return metric.with_(period=length)
    return cast("cloudwatch.Metric", metric).with_(statistic="Sum", period=length)
