"""How long each part of a failover takes at most, read from the constructs that it is made of."""

from collections.abc import Sequence
from typing import Any, cast

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_route53 as route53

from constructs_lib.checks import Check, is_token
from constructs_lib.failover.alarm_health_check import AlarmHealthCheck
from constructs_lib.failover.endpoint_health_check import EndpointHealthCheck
from constructs_lib.failover.failover_controller import FailoverController
from constructs_lib.failover.metric_health_check import MetricHealthCheck
from constructs_lib.failover.plan_steps import PlanStep
from constructs_lib.failover.primary_probe import PrimaryProbe
from constructs_lib.failover.publisher import AnyAlarm
from constructs_lib.failover.take_over_health_check import TakeOverHealthCheck

__all__ = ["ANSWERING", "detection", "probing", "waking"]

_ENDPOINTS = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html"
_INTERVAL = "https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html"
_EVALUATION = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html"
_SCHEDULER = "https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html"
ANSWERING = 4 + 2
"""Seconds that a checker waits for a connection and for a status."""
_BODY = 2
_TICK = 60
_PRECISION = 60
_NOT_KNOWN = (
    "Give alarm_time, the time from the fault until it rings: it is composite, imported or made of tokens."
)


def detection(
    check: Check,
    health_check: route53.IHealthCheck,
    controller: FailoverController | None,
    alarm_time: int | None,
) -> list[PlanStep]:
    """From the fault, or what the standby says of it, until Route 53 counts `health_check` as unhealthy."""
    if isinstance(health_check, EndpointHealthCheck):
        return [probing(check, health_check, "Route 53 sees that the primary does not answer")]
    if isinstance(health_check, TakeOverHealthCheck):
        check.require(
            controller is not None and controller.take_over is health_check,
            f"detected_by counts {health_check.node.path}, and no controller publishes for it.",
            remedy="Give `controller`, the FailoverController with take_over=... this health check.",
        )
        return [_watching(health_check, "Route 53 sees that the standby has taken over")]
    if isinstance(health_check, AlarmHealthCheck):
        return [
            ringing(check, "detected_by", health_check.decided_by, alarm_time),
            PlanStep(
                what="the alarm's state is published",
                seconds=_TICK + _PRECISION,
                arithmetic=f"once in {_TICK} s + {_PRECISION} s late at most, should its event be lost",
                source=_SCHEDULER,
            ),
            _watching(health_check, "Route 53 sees what is published"),
        ]
    if isinstance(health_check, MetricHealthCheck):
        return [_watching(health_check, "Route 53 sees the metric", within=1)]
    return check.fail(
        f"detected_by is {health_check.node.path}, whose times are not known.",
        remedy="Give one of this library: EndpointHealthCheck, MetricHealthCheck, AlarmHealthCheck, "
        "TakeOverHealthCheck, CalculatedHealthCheck.",
    )


def probing(check: Check, health_check: EndpointHealthCheck, what: str) -> PlanStep:
    """Until the checkers agree on an endpoint."""
    interval, times = health_check.interval_seconds, health_check.failure_threshold
    age = health_check.answer_age_seconds
    if interval is None or age is None:
        check.fail(
            f"the interval or the answer_age of {health_check.node.path} is known only at deployment.",
            remedy="The plan is made of it: give a fixed one.",
        )
    answer = ANSWERING + (0 if health_check.search_string is None else _BODY)
    return PlanStep(
        what=what,
        seconds=age + times * (interval + answer),
        arithmetic=f"{times} requests in a row x ({interval} s from the answer before + {answer} s to wait for one)"
        + (f" + {age:g} s that an answer may be old" if age else ""),
        source=f"{_ENDPOINTS} and {_INTERVAL}",
    )


def waking(check: Check, controller: FailoverController, alarm_time: int | None) -> Sequence[PlanStep]:
    """From the fault until the standby is awake."""
    settings = controller.settings
    limit = settings.seconds("wake_up_limit")
    return (
        ringing(check, "controller.decided_by", controller.decided_by, alarm_time),
        # The first should its event be lost; another that comes too soon after it does not count.
        PlanStep(
            what="the controller sees the alarm ringing",
            seconds=settings.observations * (_TICK + _PRECISION),
            arithmetic=f"{settings.observations} times in a row x ({_TICK} s + {_PRECISION} s late at most)",
            source=_SCHEDULER,
        ),
        PlanStep(
            what="the standby wakes up",
            seconds=limit,
            arithmetic="the controller's wake_up_limit, after which it takes over with what is awake",
        ),
    )


def ringing(check: Check, name: str, alarm: AnyAlarm, alarm_time: int | None) -> PlanStep:
    """From the fault until `alarm` rings."""
    if alarm_time is not None:
        return PlanStep(what="the alarm rings", seconds=alarm_time, arithmetic="as given by alarm_time")
    probe = alarm.node.scope
    if isinstance(probe, PrimaryProbe) and alarm is probe.alarm:
        return probe.rings
    resource = alarm if isinstance(alarm, cloudwatch.CfnAlarm) else alarm.node.default_child
    check.require(
        isinstance(resource, cloudwatch.CfnAlarm), f"how fast {name} rings is not known.", remedy=_NOT_KNOWN
    )
    found = cast("cloudwatch.CfnAlarm", resource)
    period = _period(found)
    times = found.evaluation_periods if found.datapoints_to_alarm is None else found.datapoints_to_alarm
    if period is None or times is None or is_token(period) or is_token(times):
        check.fail(f"how fast {name} rings is not known.", remedy=_NOT_KNOWN)
    return PlanStep(
        what="the alarm rings",
        seconds=(times + 1) * period,
        arithmetic=f"({times:g} datapoints + 1 that the fault begins in) x {period:g} s",
        source=_EVALUATION,
    )


def _period(alarm: cloudwatch.CfnAlarm) -> float | None:
    if alarm.period is not None:
        return alarm.period
    metrics: list[dict[str, Any]] = cdk.Stack.of(alarm).resolve(alarm.metrics) or []
    periods = [each.get("period") or each.get("metricStat", {}).get("period") for each in metrics]
    return max((each for each in periods if isinstance(each, int | float)), default=None)


def _watching(health_check: MetricHealthCheck, what: str, *, within: int = 0) -> PlanStep:
    times, period = health_check.evaluation_periods, health_check.period_seconds
    begins = f"({times} datapoints + 1 that the fault begins in)" if within else f"{times} datapoints"
    return PlanStep(
        what=what,
        seconds=(times + within) * period,
        arithmetic=f"{begins} x {period} s",
        source=_EVALUATION,
    )
