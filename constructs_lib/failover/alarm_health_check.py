"""A health check that any alarm decides on."""

from typing import ClassVar

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_route53 as route53
from constructs import Construct

from constructs_lib.alarms import Severity
from constructs_lib.alarms.routing.route import Route, check_route
from constructs_lib.checks import Check, is_token
from constructs_lib.failover.health_check import HEALTH_CHECK_TYPES
from constructs_lib.failover.metric_health_check import MetricHealthCheck
from constructs_lib.failover.published import published_metric
from constructs_lib.failover.publisher import AnyAlarm, Publisher, arn_of
from constructs_lib.failover.silence import silence_alarm
from constructs_lib.function import FunctionLogs
from constructs_lib.naming import deployed_name

__all__ = ["HEALTHY_METRIC", "AlarmHealthCheck", "check_place"]

HEALTHY_METRIC = "Healthy"
_LAST_KNOWN = route53.InsufficientDataHealthStatusEnum.LAST_KNOWN_STATUS
_ARN_PARTS = 7


class AlarmHealthCheck(MetricHealthCheck):
    """A health check of Route 53 that is unhealthy while an alarm rings: composite, metric math, anomaly, M of N, any.

    Route 53 itself can watch one plain metric only. So a small function publishes the alarm's state as a metric, 1 for
    silent and 0 for ringing, whenever it changes and once a minute, and Route 53 watches that one. It takes up to a
    minute longer than the alarm, and can be drilled by setting the alarm's state.

    Everything stands in the alarm's own Region. For failover that is the standby's: the decision must not need the
    Region that has failed. When nothing is published the last status stands, and an alarm tells people.

    Attributes:
        decided_by: the alarm that decides.
        publisher: what publishes its state.
        silence: rings when nothing was published for some minutes: nobody decides then.
    """

    WATCHES_ITSELF: ClassVar[bool] = True
    """Its function needs no alarms of its own: `Watch` leaves it alone."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        alarm: AnyAlarm,
        insufficient_data: route53.InsufficientDataHealthStatusEnum = _LAST_KNOWN,
        inverted: bool = False,
        route: Route | None = None,
        log_settings: FunctionLogs | None = None,
        removal_policy: cdk.RemovalPolicy | None = None,
    ) -> None:
        """Let `alarm` decide.

        Args:
            scope: the parent, in a stack of the alarm's account and Region.
            construct_id: the id in `scope`.
            alarm: any alarm, made or imported.
            insufficient_data: the status while the alarm has too little data. Left out: the last known.
            inverted: whether it is healthy while the alarm rings.
            route: what `silence` does. Left out: it publishes to the stack's `AlarmTopic`, made on first use.
            log_settings: retention and encryption of the publisher's log. Left out: `FunctionLogs()`.
            removal_policy: what happens to that log with the stack. Left out, it is retained.

        Raises:
            ConfigurationError: the alarm stands elsewhere, or an argument cannot work.
        """
        check = Check(scope, construct_id)
        check.require(
            isinstance(alarm, cloudwatch.CfnCompositeAlarm) or hasattr(alarm, "alarm_ref"),
            f"alarm is {alarm!r}.",
            remedy="Give an alarm of CDK, made or imported.",
        )
        check.instance("insufficient_data", insufficient_data, route53.InsufficientDataHealthStatusEnum)
        check_route(check, route)
        check_place(check, scope, alarm)
        name = deployed_name(scope, construct_id)
        super().__init__(
            scope,
            construct_id,
            metric=published_metric(HEALTHY_METRIC, name, statistic="Minimum"),
            threshold=1,
            comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
            inverted=inverted,
        )
        with check.all_or_nothing():
            self.decided_by = alarm
            self.publisher = Publisher(
                self,
                "Publisher",
                alarm=alarm,
                insufficient_data=insufficient_data,
                metric=self.metric,
                name=name,
                log_settings=log_settings,
                removal_policy=removal_policy,
            )
            self.silence = silence_alarm(
                self,
                self.metric,
                self.publisher.function,
                route,
                means="Nobody decides on a health check of Route 53: its last status stands, whatever happens.",
                cause="the publisher fails, or the alarm that decides has too little data.",
                severity=Severity.WARNING,
            )


def check_place(check: Check, scope: Construct, alarm: AnyAlarm) -> None:
    """Fail unless `alarm` is in the account and the Region of the stack that `scope` is in."""
    stack = cdk.Stack.of(scope)
    arn = arn_of(alarm)
    if is_token(arn):
        owner = cdk.Stack.of(alarm)
        account, region = owner.account, owner.region
    else:
        parts = arn.split(":")
        check.require(
            len(parts) == _ARN_PARTS, f"alarm has the ARN {arn!r}.", remedy="Give the ARN of an alarm."
        )
        region, account = parts[3:5]
    for what, here, there in (("account", stack.account, account), ("Region", stack.region, region)):
        check.require(
            is_token(here) or is_token(there) or here == there,
            f"alarm is in the {what} {there}, and this stack in {here}.",
            remedy=f"Make the health check in a stack of the alarm's account and Region. See {HEALTH_CHECK_TYPES}",
        )
