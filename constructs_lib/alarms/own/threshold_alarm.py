"""An alarm on any metric that says what it means, goes where it should, and can ring."""

from typing import ClassVar, cast

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from constructs_lib.alarms.own.arguments import check_metric, check_threshold
from constructs_lib.alarms.own.built import check_possible
from constructs_lib.alarms.own.limited_actions import LimitedActions
from constructs_lib.alarms.own.measured import threshold_sentence
from constructs_lib.alarms.own.possible import Range
from constructs_lib.alarms.own.published import IGNORES_MISSING_DATA
from constructs_lib.alarms.own.telling import Telling
from constructs_lib.alarms.routing.route import Route
from constructs_lib.alarms.table.definition import Severity
from constructs_lib.alarms.table.limits import check_counts
from constructs_lib.checks import Check

__all__ = ["AT_LEAST", "ThresholdAlarm"]

AT_LEAST = cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD


class ThresholdAlarm(LimitedActions, cloudwatch.Alarm):
    """An alarm of CDK on any metric or metric math; what can never ring is refused.

    It is an `aws_cdk.aws_cloudwatch.Alarm` and can be used wherever one can.

    Attributes:
        WATCHED: what a kind of alarm calls what it watches; None for the metric's name.
    """

    WATCHED: ClassVar[str | None] = None

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        metric: cloudwatch.IMetric,
        threshold: float,
        means: str,
        severity: Severity = Severity.WARNING,
        comparison_operator: cloudwatch.ComparisonOperator = AT_LEAST,
        evaluation_periods: int = 1,
        datapoints_to_alarm: int | None = None,
        treat_missing_data: cloudwatch.TreatMissingData | None = None,
        cause: str | None = None,
        query: str | None = None,
        runbook: str | None = None,
        route: Route | None = None,
        lowest: float | None = None,
        highest: float | None = None,
    ) -> None:
        """Ring while `metric` compares to `threshold`.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            metric: what to watch, with its statistic and period.
            threshold: in the metric's unit.
            means: what it means when it rings, a sentence for whoever is told.
            severity: who has to know.
            comparison_operator: how the metric compares to the threshold.
            evaluation_periods: how many of the latest datapoints are looked at.
            datapoints_to_alarm: how many of these must breach. Left out: all.
            treat_missing_data: how missing data counts. Left out: as not breaching; for DynamoDB it is ignored, as
                CloudWatch does there anyway.
            cause: the likely cause; continues "Likely cause: ".
            query: what to run first; continues "First: ".
            runbook: a link for whoever is told.
            route: what the alarm does; `AlarmRoute.silent()` for one that a composite covers. Left out: it publishes to
                the stack's `AlarmTopic`, made on first use.
            lowest: the smallest value that it can take, for metrics of your own and metric math.
            highest: the largest value. Both left out: what AWS says of the metric.

        Raises:
            ConfigurationError: it could never ring, would always ring, or CloudWatch would refuse it.
        """
        check = Check(scope, construct_id)
        telling = Telling(
            severity=severity, means=means, cause=cause, query=query, runbook=runbook, route=route
        )
        telling.check(check)
        check_metric(check, "metric", metric)
        check.instance("comparison_operator", comparison_operator, cloudwatch.ComparisonOperator)
        check.instance("treat_missing_data", treat_missing_data, cloudwatch.TreatMissingData, None)
        check_threshold(check, threshold)
        check_counts(check, evaluation_periods, datapoints_to_alarm)
        limited = lowest is not None or highest is not None
        watched = Range(name="what it watches", lowest=lowest, highest=highest) if limited else None
        with check.all_or_nothing():
            super().__init__(
                scope,
                construct_id,
                metric=metric,
                threshold=threshold,
                comparison_operator=comparison_operator,
                evaluation_periods=evaluation_periods,
                datapoints_to_alarm=datapoints_to_alarm,
                treat_missing_data=treat_missing_data or _missing(metric),
            )
            resource = cast("cloudwatch.CfnAlarm", self.node.default_child)
            properties = check_possible(check, resource, watched)
            telling.describe(check, resource, threshold_sentence(properties, threshold, self.WATCHED))
            self.tell(check, telling)


def _missing(metric: cloudwatch.IMetric) -> cloudwatch.TreatMissingData:
    ignored = isinstance(metric, cloudwatch.Metric) and metric.namespace == IGNORES_MISSING_DATA
    return cloudwatch.TreatMissingData.IGNORE if ignored else cloudwatch.TreatMissingData.NOT_BREACHING
