"""The metrics of Route 53's health checks, and the alarms on them, which exist in one Region only."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_route53 as route53
from constructs import Construct

from constructs_lib.alarms import Severity, ThresholdAlarm
from constructs_lib.alarms.routing.route import Route, check_route
from constructs_lib.checks import Check, is_token
from constructs_lib.failover.calculated_health_check import CalculatedHealthCheck
from constructs_lib.failover.endpoint_health_check import EndpointHealthCheck
from constructs_lib.failover.health_check import check_health_check

__all__ = ["METRICS_REGION", "HealthCheckAlarms", "health_check_metric"]

METRICS_REGION: Final = "us-east-1"
"""Route 53 publishes the metrics of health checks here, and nowhere else.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-health-checks.html
"""
_NAMESPACE = "AWS/Route53"
_DIMENSION = "HealthCheckId"


@dataclass(frozen=True, kw_only=True)
class _Row:
    """An alarm on a health check.

    Attributes:
        construct_id: its id.
        metric: the metric's name.
        kind: the kind of health check that has it; None for all.
        below: it rings below this; None for the number of healthy children that all are.
        minutes: for so many minutes.
        severity: who has to know.
        means: what it means when it rings.
        cause: the likely cause.
    """

    construct_id: str
    metric: str
    kind: type[route53.HealthCheck] | None
    below: float | None
    minutes: int
    severity: Severity
    means: str
    cause: str


_ROWS = (
    _Row(
        construct_id="Unhealthy",
        metric="HealthCheckStatus",
        kind=None,
        below=1,
        minutes=1,
        severity=Severity.CRITICAL,
        means="Route 53 counts this health check as unhealthy: traffic goes elsewhere, where records say so.",
        cause="the Region or what the health check asks does not answer.",
    ),
    _Row(
        construct_id="Doubtful",
        metric="HealthCheckPercentageHealthy",
        kind=EndpointHealthCheck,
        # Route 53 turns at 18 %; half of the checkers is far from what a network's noise does.
        below=50,
        minutes=5,
        severity=Severity.WARNING,
        means="Most of Route 53's health checkers get no answer, though still enough of them do.",
        cause="some networks do not reach the endpoint, or it answers close to the limit of 2 seconds.",
    ),
    _Row(
        construct_id="ChildUnhealthy",
        metric="ChildHealthCheckHealthyCount",
        kind=CalculatedHealthCheck,
        below=None,
        minutes=5,
        severity=Severity.WARNING,
        means="At least one of the health checks that are counted is unhealthy.",
        cause="one of several endpoints does not answer.",
    ),
)


def health_check_metric(
    health_check: route53.IHealthCheck,
    metric_name: str = "HealthCheckStatus",
    *,
    statistic: str = "Minimum",
    label: str | None = None,
) -> cloudwatch.Metric:
    """A metric of `health_check`, for dashboards of any Region; alarms on it stand in `METRICS_REGION` only.

    Args:
        health_check: the health check.
        metric_name: ``HealthCheckStatus`` (1 is healthy), ``HealthCheckPercentageHealthy`` of an endpoint,
            ``ChildHealthCheckHealthyCount`` of a calculated one.
        statistic: as CloudWatch writes it.
        label: what a graph calls it. Left out: CloudWatch's own.
    """
    return _metric(health_check.health_check_id, metric_name, statistic, label)


def _metric(
    health_check_id: str, metric_name: str, statistic: str = "Minimum", label: str | None = None
) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace=_NAMESPACE,
        metric_name=metric_name,
        dimensions_map={_DIMENSION: health_check_id},
        statistic=statistic,
        period=_minute(),
        region=METRICS_REGION,
        label=label,
    )


@cache
def _minute() -> cdk.Duration:
    return cdk.Duration.minutes(1)


class HealthCheckAlarms(Construct):
    """Alarms by which people learn of a health check: unhealthy, doubted by most checkers, a child unhealthy.

    They inform, and recovery must not wait for them: the metrics are in us-east-1 alone, and so are these alarms.
    Several minutes may pass until one rings.
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-health-checks.html

    Attributes:
        alarms: name to alarm; those whose metric the kind of health check does not have are not there.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        health_check: route53.IHealthCheck,
        severity: Severity = Severity.CRITICAL,
        runbook: str | None = None,
        route: Route | None = None,
    ) -> None:
        """Watch `health_check`.

        Args:
            scope: the parent, in a stack of us-east-1.
            construct_id: the id in `scope`.
            health_check: any health check, made or imported, whatever Region its stack is in.
            severity: who has to know that it is unhealthy.
            runbook: a link that every alarm's description ends with.
            route: what the alarms do. Left out: they publish to the stack's `AlarmTopic`, made on first use.

        Raises:
            ConfigurationError: the stack is in another Region, where there are no such metrics.
        """
        check = Check(scope, construct_id)
        check_health_check(check, "health_check", health_check)
        check.instance("severity", severity, Severity)
        check_route(check, route)
        region = cdk.Stack.of(scope).region
        check.require(
            is_token(region) or region == METRICS_REGION,
            f"its stack is in {region}.",
            remedy=f"Metrics of health checks exist only in {METRICS_REGION}, and an alarm elsewhere would never ring: "
            "make it in a stack there.",
        )
        super().__init__(scope, construct_id)
        if is_token(region):
            cdk.Annotations.of(self).add_warning_v2(
                "constructs-lib:health-check-region-unknown",
                f"These alarms never ring outside of {METRICS_REGION}, and the Region of their stack is not known: "
                "give the stack an env with that Region.",
            )
        alarms: dict[str, ThresholdAlarm] = {}
        health_check_id = health_check.health_check_id
        for row in _ROWS:
            if row.kind is not None and not isinstance(health_check, row.kind):
                continue
            alarms[row.construct_id] = ThresholdAlarm(
                self,
                row.construct_id,
                metric=_metric(health_check_id, row.metric),
                threshold=_children(health_check) if row.below is None else row.below,
                comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
                evaluation_periods=row.minutes,
                severity=severity if row.kind is None else row.severity,
                means=row.means,
                cause=row.cause,
                query="the health check's status by checker, in the console of Route 53 or by "
                "aws route53 get-health-check-status",
                runbook=runbook,
                route=route,
            )
        self.alarms: Mapping[str, ThresholdAlarm] = alarms


def _children(health_check: route53.IHealthCheck) -> int:
    return len(getattr(health_check, "children", ()))
