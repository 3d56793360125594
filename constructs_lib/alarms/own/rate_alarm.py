"""An alarm on a share of the traffic, which stays quiet while there is too little of it."""

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from constructs_lib.alarms.own.arguments import check_metric
from constructs_lib.alarms.own.threshold_alarm import ThresholdAlarm
from constructs_lib.alarms.routing.route import Route
from constructs_lib.alarms.table.definition import Severity
from constructs_lib.alarms.table.limits import check_counts
from constructs_lib.checks import Check, is_token

__all__ = ["RateAlarm"]

_ALL = 100  # percent
_MOST_TRAFFIC = 1_000_000_000


class RateAlarm(ThresholdAlarm):
    """An alarm on what percentage of the traffic fails, or does anything else that is counted.

    Below the minimum traffic the rate counts as 0: one failure among three calls says little, and none among none
    would divide by zero.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        failures: cloudwatch.IMetric,
        total: cloudwatch.IMetric,
        threshold: float,
        means: str,
        minimum_traffic: int = 20,
        period: cdk.Duration | None = None,
        severity: Severity = Severity.WARNING,
        evaluation_periods: int = 5,
        datapoints_to_alarm: int | None = None,
        cause: str | None = None,
        query: str | None = None,
        runbook: str | None = None,
        route: Route | None = None,
    ) -> None:
        """Ring while `failures` are at least `threshold` per cent of `total`.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            failures: what is counted; its statistic is a sum.
            total: what it is a share of, counted the same way.
            threshold: per cent.
            means: what it means when it rings, a sentence for whoever is told.
            minimum_traffic: below this much `total` in a period the rate counts as 0.
            period: the length of one datapoint of both metrics. Left out: one minute.
            severity: who has to know.
            evaluation_periods: how many of the latest datapoints are looked at.
            datapoints_to_alarm: how many of these must breach. Left out: more than half.
            cause: the likely cause; continues "Likely cause: ".
            query: what to run first; continues "First: ".
            runbook: a link for whoever is told.
            route: what the alarm does; `AlarmRoute.silent()` for one that a composite covers. Left out: it publishes to
                the stack's `AlarmTopic`, made on first use.

        Raises:
            ConfigurationError: it could never ring, would always ring, or CloudWatch would refuse it.
        """
        check = Check(scope, construct_id)
        check_metric(check, "failures", failures)
        check_metric(check, "total", total)
        check.within("minimum_traffic", minimum_traffic, 1, _MOST_TRAFFIC)
        check.instance("period", period, cdk.Duration, None)
        check_counts(check, evaluation_periods, datapoints_to_alarm)
        if datapoints_to_alarm is None and not is_token(evaluation_periods):
            datapoints_to_alarm = evaluation_periods // 2 + 1
        with check.all_or_nothing():
            rate = cloudwatch.MathExpression(
                expression=f"IF(total >= {minimum_traffic}, 100 * failures / total, 0)",
                using_metrics={"failures": failures, "total": total},
                label="Rate (%)",
                period=period or cdk.Duration.minutes(1),
            )
        super().__init__(
            scope,
            construct_id,
            metric=rate,
            threshold=threshold,
            lowest=0,
            highest=_ALL,
            means=means,
            severity=severity,
            evaluation_periods=evaluation_periods,
            datapoints_to_alarm=datapoints_to_alarm,
            cause=cause,
            query=query,
            runbook=runbook,
            route=route,
        )
