"""What wakes a standby that sleeps: the probe that sees the primary, the alarm that decides, the controller."""

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from constructs_lib.alarms import AlarmRoute, CombinedAlarm, ThresholdAlarm
from constructs_lib.failover.asking import kept_for
from constructs_lib.failover.controller_settings import ControllerSettings
from constructs_lib.failover.failover_controller import FailoverController
from constructs_lib.failover.primary_probe import PrimaryProbe
from constructs_lib.failover.region_scope import RegionalService
from constructs_lib.failover.regional_endpoint import RegionalApi
from constructs_lib.failover.standby import ColdStandby, HotStandby, WarmStandby
from constructs_lib.failover.take_over_health_check import TakeOverHealthCheck

__all__ = ["StandbyControl", "has_cold_parts", "sleeps", "warn_if_it_looks_awake"]

_MINUTES_OF_THROTTLES = 3
"""In a row, so that the controller does not count one bad minute twice; fewer than the probe's alarm takes."""


@dataclass(frozen=True, kw_only=True)
class StandbyControl:
    """What stands in the standby's Region beside a service that sleeps there.

    Attributes:
        probe: sees from there whether the primary answers.
        take_over: the health check by which the standby takes the name.
        controller: wakes what sleeps.
    """

    probe: PrimaryProbe
    take_over: TakeOverHealthCheck
    controller: FailoverController

    @classmethod
    def make(
        cls,
        parts: Construct,
        *,
        primary: RegionalService,
        primary_region: str,
        host: str,
        path: str,
        standby: RegionalService,
        serving: ThresholdAlarm | None,
        settings: ControllerSettings | None,
        removal_policy: cdk.RemovalPolicy | None,
    ) -> "StandbyControl":
        """Make it below `parts`, in the standby's stack, for a primary that answers to `path` of `host`.

        `serving` rings while users are served there.
        """
        serves = primary.serves
        probe = PrimaryProbe(
            parts,
            "PrimaryProbe",
            host=host,
            path=path,
            answer_age=kept_for(serves.needs) if isinstance(serves, RegionalApi) else None,
            removal_policy=removal_policy,
        )
        take_over = TakeOverHealthCheck(parts, "TakeOver", primary_region=primary_region)
        controller = FailoverController(
            parts,
            "Controller",
            decided_by=_deciding_alarm(parts, probe, standby, serving),
            standby=standby.standby,
            take_over=take_over,
            settings=settings,
            removal_policy=removal_policy,
        )
        return cls(probe=probe, take_over=take_over, controller=controller)


def sleeps(service: RegionalService) -> bool:
    """Whether anything of `service` has to be woken."""
    return any(not isinstance(each, HotStandby) for each in service.standby)


def has_cold_parts(service: RegionalService) -> bool:
    """Whether a function of `service` cannot be invoked while it sleeps."""
    return any(isinstance(each, ColdStandby) for each in service.standby)


def warn_if_it_looks_awake(scope: Construct, service: RegionalService) -> None:
    """Warn at `scope` when the health route of a cold `service` does not show that it sleeps."""
    serves = service.serves
    if isinstance(serves, RegionalApi) and all(each.busy_is_well for each in serves.needs.functions):
        cdk.Annotations.of(scope).add_warning_v2(
            "constructs-lib:cold-standby-looks-awake",
            "The health route of the standby does not ask whether its functions are awake, so the name may lead "
            "there before: give RegionNeeds(functions=[InvokeFunction(..., busy_is_well=False)]).",
        )


def _deciding_alarm(
    parts: Construct, probe: PrimaryProbe, standby: RegionalService, serving: ThresholdAlarm | None
) -> cloudwatch.AlarmBase:
    """Rings when the primary has to be taken over.

    Health checkers that do not reach a primary which the probe reaches lead all users to the standby. One that is warm
    notices by requests that it has no capacity for, and must wake then. Health checkers alone must not wake it: there
    have to be users, and for some minutes.
    """
    if serving is None:
        return probe.alarm
    warm = [each.function for each in standby.standby if isinstance(each, WarmStandby)]
    throttled = [
        ThresholdAlarm(
            parts,
            f"Throttled{number}",
            metric=function.metric_throttles(statistic="Sum", period=cdk.Duration.minutes(1)),
            threshold=1,
            evaluation_periods=_MINUTES_OF_THROTTLES,
            means="More users are led to the warm standby than it has capacity for.",
            cause="health checkers do not reach the primary; the standby is not awake yet.",
            query="the health check's status by checker, in the console of Route 53.",
            route=AlarmRoute.silent(),
        )
        for number, function in enumerate(warm, start=1)
    ]
    if not throttled:
        return probe.alarm
    overloaded = CombinedAlarm(
        parts,
        "Overloaded",
        children=throttled,
        means="The warm standby has no capacity for all of its requests.",
        route=AlarmRoute.silent(),
    )
    led_here = CombinedAlarm(
        parts,
        "LedHere",
        children=[overloaded, serving],
        rings_when="all",
        means="More users are led to the warm standby than it has capacity for.",
        route=AlarmRoute.silent(),
    )
    return CombinedAlarm(
        parts,
        "PrimaryDown",
        children=[probe.alarm, led_here],
        means="The primary does not answer, or users are led to the standby all the same.",
        route=AlarmRoute.silent(),
    )
