"""A health check that watches one CloudWatch metric."""

import hashlib
import json
from typing import Any, cast

import aws_cdk as cdk
import jsii
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_route53 as route53
from constructs import Construct

from constructs_lib.alarms.own.built import check_possible
from constructs_lib.checks import Check, is_token
from constructs_lib.failover.health_check import HEALTH_CHECK_TYPES, give_name

__all__ = ["MetricHealthCheck"]

_STANDARD_RESOLUTION = 60
_LAST_KNOWN = route53.InsufficientDataHealthStatusEnum.LAST_KNOWN_STATUS
_PUBLISH = "Let an alarm decide on it instead, and give that to AlarmHealthCheck."


class MetricHealthCheck(route53.HealthCheck):
    """A health check of Route 53 that is unhealthy while a metric compares to a threshold.

    Route 53 knows the metric and the comparison from an alarm, and then watches the metric itself: it does not wait for
    the alarm, so setting the alarm's state by hand drills nothing. It reads the alarm once: an alarm that changes is
    replaced here, under another name, so that Route 53 reads it again. It can watch one metric of the same account, in
    standard resolution, with a basic statistic.
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-types.html

    Missing data changes nothing, for the alarm (missing data is ignored) and for Route 53 (last known status). A new
    check is healthy.

    It is an `aws_cdk.aws_route53.HealthCheck` and can be used wherever one can.

    Attributes:
        metric: what is watched.
        alarm: from which Route 53 knows it; it tells nobody.
        period_seconds: the length of a datapoint.
        evaluation_periods: how many datapoints in a row change the status.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        metric: cloudwatch.Metric,
        threshold: float,
        comparison_operator: cloudwatch.ComparisonOperator,
        evaluation_periods: int = 1,
        inverted: bool = False,
    ) -> None:
        """Be unhealthy while `metric` compares to `threshold`.

        Args:
            scope: the parent; the metric is that of its stack's account and Region.
            construct_id: the id in `scope`.
            metric: what to watch, with its statistic and a period of whole minutes.
            threshold: in the metric's unit.
            comparison_operator: how the metric compares to the threshold when it is unhealthy.
            evaluation_periods: how many datapoints in a row have to; there is no "M of N".
            inverted: whether it is healthy then.

        Raises:
            ConfigurationError: Route 53 cannot watch that, or the metric never compares so.
        """
        check = Check(scope, construct_id)
        _check_metric(check, metric)
        check.instance("comparison_operator", comparison_operator, cloudwatch.ComparisonOperator)
        check.within("evaluation_periods", evaluation_periods, 1, 1440)
        check.instance("inverted", inverted, bool)
        found: list[str] = []
        with check.all_or_nothing():
            super().__init__(
                scope,
                construct_id,
                type=route53.HealthCheckType.CLOUDWATCH_METRIC,
                alarm_identifier=route53.AlarmIdentifier(
                    name=cdk.Lazy.string(_Later(found)), region=cdk.Stack.of(scope).region
                ),
                insufficient_data_health_status=_LAST_KNOWN,
                inverted=inverted,
            )
            give_name(self)
            self.alarm = cloudwatch.Alarm(
                self,
                "Alarm",
                metric=metric,
                threshold=threshold,
                comparison_operator=comparison_operator,
                evaluation_periods=evaluation_periods,
                treat_missing_data=cloudwatch.TreatMissingData.IGNORE,
                alarm_description="Decides on a health check of Route 53",
                actions_enabled=False,
            )
            resource = cast("cloudwatch.CfnAlarm", self.alarm.node.default_child)
            properties = check_possible(check, resource)
            _check_watchable(check, properties)
            _name_after(resource, properties)
        found.append(self.alarm.alarm_name)
        self.metric = metric
        self.period_seconds: int = properties["Period"]
        self.evaluation_periods = evaluation_periods


@jsii.implements(cdk.IStableStringProducer)
class _Later:
    """The alarm's name, for the health check that the alarm is made in."""

    def __init__(self, found: list[str]) -> None:
        self._found = found

    def produce(self) -> str | None:
        return self._found[0] if self._found else None


def _check_metric(check: Check, metric: object) -> None:
    check.require(
        not isinstance(metric, cloudwatch.MathExpression),
        "metric is metric math, which Route 53 cannot watch.",
        remedy=f"{_PUBLISH} See {HEALTH_CHECK_TYPES}",
    )
    check.require(
        not hasattr(metric, "alarm_arn"),
        "metric is an alarm.",
        remedy="Give it to AlarmHealthCheck, which takes any alarm: composite, math, anomaly.",
    )
    check.require(
        isinstance(metric, cloudwatch.Metric),
        f"metric is {metric!r}.",
        remedy="Give a cloudwatch.Metric, such as function.metric_errors().",
    )
    period = cast("cloudwatch.Metric", metric).period
    seconds = None if is_token(period) else period.to_seconds()
    check.require(
        seconds is None or seconds >= _STANDARD_RESOLUTION,
        f"metric has a period of {seconds} seconds, high resolution, which Route 53 cannot watch.",
        remedy=f"Give it a period of whole minutes. See {HEALTH_CHECK_TYPES}",
    )


def _check_watchable(check: Check, properties: Any) -> None:
    """Fail on what only the finished alarm shows: CloudWatch's own form of a statistic and of a foreign metric."""
    check.require(
        "Metrics" not in properties,
        "metric belongs to another account or Region than the health check's stack.",
        remedy="Make the health check in the metric's own account, in a stack of the metric's Region.",
    )
    check.require(
        "ExtendedStatistic" not in properties,
        f"metric has the statistic {properties.get('ExtendedStatistic')!r}, which Route 53 cannot watch.",
        remedy=f"Give Average, Minimum, Maximum, Sum or SampleCount; or: {_PUBLISH} See {HEALTH_CHECK_TYPES}",
    )


def _name_after(alarm: cloudwatch.CfnAlarm, properties: Any) -> None:
    """Let `alarm` have another name with every other setting.

    Route 53 copies an alarm's settings when the health check is made or updated, and never looks again.
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-updating-deleting.html
    """
    settings = json.dumps(properties, sort_keys=True).encode()
    digest = hashlib.sha256(settings).hexdigest()[:8].upper()
    logical_id = cdk.Stack.of(alarm).get_logical_id(alarm)
    alarm.override_logical_id(f"{logical_id}{digest}")
