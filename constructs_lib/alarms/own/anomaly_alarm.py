"""An alarm on a metric that leaves the band which CloudWatch expects it in."""

from typing import Literal, cast

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from constructs_lib.alarms.own.arguments import check_metric
from constructs_lib.alarms.own.built import check_possible
from constructs_lib.alarms.own.limited_actions import LimitedActions
from constructs_lib.alarms.own.measured import in_periods, what_is_watched
from constructs_lib.alarms.own.telling import Telling
from constructs_lib.alarms.routing.route import Route
from constructs_lib.alarms.table.definition import Severity
from constructs_lib.alarms.table.limits import check_counts
from constructs_lib.checks import Check

__all__ = ["AnomalyAlarm"]

_OPERATORS = cloudwatch.ComparisonOperator
_SIDES = {
    "above": (_OPERATORS.GREATER_THAN_UPPER_THRESHOLD, "rose above"),
    "below": (_OPERATORS.LESS_THAN_LOWER_THRESHOLD, "fell below"),
    "both": (_OPERATORS.LESS_THAN_LOWER_OR_GREATER_THAN_UPPER_THRESHOLD, "left"),
}
_WIDEST = 1_000


class AnomalyAlarm(LimitedActions, cloudwatch.AnomalyDetectionAlarm):
    """An alarm of CDK on a metric that leaves its band; what can never ring is refused.

    CloudWatch learns the band from up to two weeks of data and goes on learning; a new metric has none yet.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Anomaly_Detection.html
    """

    CAN_SCALE = False

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        metric: cloudwatch.IMetric,
        means: str,
        side: Literal["above", "below", "both"] = "both",
        std_devs: float = 2,
        severity: Severity = Severity.WARNING,
        evaluation_periods: int = 3,
        datapoints_to_alarm: int | None = None,
        treat_missing_data: cloudwatch.TreatMissingData = cloudwatch.TreatMissingData.NOT_BREACHING,
        cause: str | None = None,
        query: str | None = None,
        runbook: str | None = None,
        route: Route | None = None,
    ) -> None:
        """Ring while `metric` is outside of its band.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            metric: what to watch, with its statistic and period.
            means: what it means when it rings, a sentence for whoever is told.
            side: on which side of the band it rings.
            std_devs: half the width of the band, in standard deviations: more rings less.
            severity: who has to know.
            evaluation_periods: how many of the latest datapoints are looked at.
            datapoints_to_alarm: how many of these must be outside. Left out: all.
            treat_missing_data: how missing data counts.
            cause: the likely cause; continues "Likely cause: ".
            query: what to run first; continues "First: ".
            runbook: a link for whoever is told.
            route: what the alarm does; `AlarmRoute.silent()` for one that a composite covers. Left out: it publishes to
                the stack's `AlarmTopic`, made on first use. Auto Scaling and EC2 actions are refused.

        Raises:
            ConfigurationError: it could never ring, or CloudWatch would refuse it.
        """
        check = Check(scope, construct_id)
        telling = Telling(
            severity=severity, means=means, cause=cause, query=query, runbook=runbook, route=route
        )
        telling.check(check)
        check_metric(check, "metric", metric)
        check.require(side in _SIDES, f"side is {side!r}.", remedy=f"Give one of: {', '.join(_SIDES)}.")
        check.within("std_devs", std_devs, 0, _WIDEST, whole=False)
        check.require(
            std_devs != 0, "std_devs is 0: every value is outside.", remedy="Give a positive number."
        )
        check.instance("treat_missing_data", treat_missing_data, cloudwatch.TreatMissingData)
        check_counts(check, evaluation_periods, datapoints_to_alarm)
        operator, left = _SIDES[side]
        with check.all_or_nothing():
            super().__init__(
                scope,
                construct_id,
                metric=metric,
                std_devs=std_devs,
                comparison_operator=operator,
                evaluation_periods=evaluation_periods,
                datapoints_to_alarm=datapoints_to_alarm,
                treat_missing_data=treat_missing_data,
            )
            resource = cast("cloudwatch.CfnAlarm", self.node.default_child)
            properties = check_possible(check, resource)
            queries = [
                query for query in properties["Metrics"] if query["Id"] != properties["ThresholdMetricId"]
            ]
            watched = what_is_watched({"Metrics": queries})
            band = f"the band of {std_devs:g} standard deviations"
            telling.describe(check, resource, f"{watched} {left} {band} {in_periods(properties)}.")
            self.tell(check, telling)
