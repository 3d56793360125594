"""One service in two Regions under one name: the stacks, the name, and what decides where it leads."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Literal, cast

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_route53 as route53
from constructs import Construct

from constructs_lib.alarms import AlarmRoute, CombinedAlarm, Severity, ThresholdAlarm
from constructs_lib.checks import Check, is_token
from constructs_lib.failover.asking import kept_for
from constructs_lib.failover.calculated_health_check import CalculatedHealthCheck
from constructs_lib.failover.controller_settings import ControllerSettings
from constructs_lib.failover.failover_controller import FailoverController
from constructs_lib.failover.failover_plan import FailoverPlan
from constructs_lib.failover.failover_record import FailoverRecord
from constructs_lib.failover.health_check_metrics import METRICS_REGION, HealthCheckAlarms
from constructs_lib.failover.host_names import name_in_full, plain, zone_name_of
from constructs_lib.failover.primary_probe import PrimaryProbe
from constructs_lib.failover.region_scope import (
    RegionalService,
    RegionScope,
    StackSettings,
    check_service,
)
from constructs_lib.failover.regional_endpoint import RegionalApi, RegionalEndpoint
from constructs_lib.failover.standby import ColdStandby, HotStandby, WarmStandby
from constructs_lib.failover.take_over_health_check import TakeOverHealthCheck

__all__ = ["MultiRegionApp"]

_REFERENCES: Final = "@aws-cdk/core:defaultCrossStackReferences"
_REGIONS: Final = 2
_ZONE: Final = "Zone"
_PARTS: Final = "Failover"


class MultiRegionApp(Construct):
    """A service in two Regions, and a global stack with the name that leads to the one that is well.

    The stacks are deployed one after the other: the primary's, the standby's, then the global one in us-east-1, where
    the metrics of health checks are. Serving and failing over needs the global stack for nothing: Route 53 answers and
    probes from everywhere.

    What the standby takes from the primary is copied into its Region when the primary is deployed (CDK's strong
    references, by SSM parameters): so the standby can be deployed anew while the primary's Region is gone. A copy is
    made once: it does not follow what is replaced under the same logical id, such as a table whose key changes. The
    global stack reads what it needs at each of its own deployments (weak references).

    Attributes:
        primary: what was made in the primary Region.
        standby: what was made in the standby Region.
        primary_endpoint: the primary behind both names, with its health check.
        standby_endpoint: likewise.
        global_stack: the records and the alarms on the health checks, in us-east-1.
        record: the records of the name.
        plan: the worst cases.
        primary_health: what the primary's record depends on.
        health_alarms: Region to the alarms that tell people of its health check; they are in us-east-1.
        serving_alarm: tells people from the standby's Region that the standby serves; None without `requests`.
        probe: the standby's own eye on the primary; None where nothing sleeps.
        controller: wakes what sleeps; None where nothing does.
        stacks: all three, in the order in which they are deployed.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        account: str,
        regions: Sequence[str],
        make: Callable[[RegionScope], RegionalService],
        zone: route53.IHostedZone | route53.HostedZoneAttributes | str,
        record_name: str | None,
        stack_name: str | None = None,
        health_path: str = "/health",
        health_interval: cdk.Duration | None = None,
        failure_threshold: int = 3,
        controller: ControllerSettings | None = None,
        recovery_time_objective: cdk.Duration | None = None,
        recovery_point_objective: cdk.Duration | None = None,
        removal_policy: cdk.RemovalPolicy | None = None,
    ) -> None:
        """Make the service in each of `regions`, and the name.

        Args:
            scope: the app, or a stage of it.
            construct_id: the id in `scope`.
            account: the account of all stacks.
            regions: the primary's Region and the standby's.
            make: makes the service in one Region and says what it made; called for the primary first.
            zone: the hosted zone of the name; or the id and the name of one that is there; or its name alone, to look
                it up in the account at synthesis.
            record_name: the name that clients use, within the zone or in full; None for the zone's own name. Each
                Region gets one beside it, such as ``orders-eu-west-1`` for ``orders``.
            stack_name: of the stacks in both Regions, so that a Region that is added renames none; the global one is
                called ``<stack_name>-global``. Left out: `construct_id`.
            health_path: what health checks ask for.
            health_interval: 10 or 30 seconds between a checker's requests. Left out: 30.
            failure_threshold: 1 to 10 answers in a row that change the status.
            controller: how what sleeps in the standby is woken. Left out: `ControllerSettings()`.
            recovery_time_objective: refuses a longer worst case. Left out: any is taken.
            recovery_point_objective: likewise for what may be lost.
            removal_policy: what becomes of the logs and of the controller's table with their stacks. Left out, they are
                retained.

        Raises:
            ConfigurationError: an argument cannot work, or an objective cannot be held.
        """
        check = Check(scope, construct_id)
        _check_places(check, account, regions)
        check.require(callable(make), f"make is {make!r}.", remedy="Give a function that makes one Region.")
        check.instance("controller", controller, ControllerSettings, None)
        check.require(
            isinstance(zone, str) or (hasattr(zone, "hosted_zone_id") and hasattr(zone, "zone_name")),
            f"zone is {zone!r}.",
            remedy="Give a hosted zone, its aws_route53.HostedZoneAttributes, or its name.",
        )
        super().__init__(scope, construct_id)
        self.node.set_context(_REFERENCES, "strong")
        self._zone, self._record_name = zone, record_name
        self._probing: dict[str, Any] = {
            "health_path": health_path,
            "health_interval": health_interval,
            "failure_threshold": failure_threshold,
        }
        self._removal_policy = removal_policy
        self._regions = tuple(regions)
        self._parts: dict[cdk.Stack, Construct] = {}
        with check.all_or_nothing():
            name = construct_id if stack_name is None else stack_name
            self.global_stack = cdk.Stack(
                self,
                "Global",
                env=cdk.Environment(account=account, region=METRICS_REGION),
                stack_name=f"{name}-global",
                cross_region_references=True,
                description=f"The name of {name}, and where it leads",
            )
            self.global_stack.node.set_context(_REFERENCES, "weak")
            place = _place(self, account, regions, name, role="primary")
            self.primary = check_service(check, make(place), place)
            self.primary_endpoint = self._endpoint(check, self.primary, place.region)
            place = _place(self, account, regions, name, role="standby", primary=self.primary.stack)
            self.standby = check_service(check, make(place), place)
            self.standby_endpoint = self._endpoint(check, self.standby, place.region)
            self.stacks = (self.primary.stack, self.standby.stack, self.global_stack)
            for earlier, later in itertools.pairwise(self.stacks):
                later.add_stack_dependency(earlier, "the stacks are deployed one after the other")
            self.serving_alarm = self._serving_alarm()
            self.probe: PrimaryProbe | None = None
            self.controller: FailoverController | None = None
            self.primary_health: route53.IHealthCheck = self.primary_endpoint.health_check
            if any(not isinstance(each, HotStandby) for each in self.standby.standby):
                self._wake_up(controller)
            self.record = FailoverRecord(
                self.global_stack,
                "Record",
                zone=self._zone_in(self.global_stack),
                record_name=record_name,
                primary=self.primary_endpoint.endpoint,
                secondary=self.standby_endpoint.endpoint,
                primary_health=self.primary_health,
                secondary_health=self.standby_endpoint.health_check,
            )
            self.health_alarms = self._health_alarms()
            asleep = any(isinstance(each, ColdStandby) for each in self.standby.standby)
            if asleep:
                self._warn_if_it_looks_awake()
            self.plan = FailoverPlan(
                self.global_stack,
                "Plan",
                detected_by=self.primary_health,
                record=self.record,
                controller=self.controller,
                alarm_time=None if self.probe is None else self.probe.alarm_time,
                secondary_health=self.standby_endpoint.health_check if asleep else None,
                replicates=self.primary.replicates,
                recovery_time_objective=recovery_time_objective,
                recovery_point_objective=recovery_point_objective,
            )

    def _parts_of(self, stack: cdk.Stack) -> Construct:
        """Where this class puts its parts in a stack of somebody else's, out of the way of that one's names."""
        if stack not in self._parts:
            found = stack.node.try_find_child(_PARTS)
            self._parts[stack] = cast("Construct", found) if found else Construct(stack, _PARTS)
        return self._parts[stack]

    def _zone_in(self, stack: cdk.Stack) -> route53.IHostedZone:
        zone = self._zone
        if isinstance(zone, str):
            return route53.HostedZone.from_lookup(self._parts_of(stack), _ZONE, domain_name=zone)
        if isinstance(zone, route53.HostedZoneAttributes):
            return route53.HostedZone.from_hosted_zone_attributes(
                self._parts_of(stack), _ZONE, hosted_zone_id=zone.hosted_zone_id, zone_name=zone.zone_name
            )
        return zone

    def _endpoint(self, check: Check, service: RegionalService, region: str) -> RegionalEndpoint:
        zone = self._zone
        zone_name = plain(zone) if isinstance(zone, str) else zone_name_of(check, zone)
        return RegionalEndpoint(
            self._parts_of(service.stack),
            "Endpoint",
            zone=self._zone_in(service.stack),
            shared_name=self._record_name,
            regional_name=_beside(name_in_full(check, zone_name, self._record_name), zone_name, region),
            serves=service.serves,
            health_check_scope=self.global_stack,
            removal_policy=self._removal_policy,
            **self._probing,
        )

    def _serving_alarm(self) -> ThresholdAlarm | None:
        if self.standby.requests is None:
            return None
        primary, standby = self._regions
        return ThresholdAlarm(
            self._parts_of(self.standby.stack),
            "StandbyServes",
            metric=self.standby.requests,
            threshold=1,
            severity=Severity.CRITICAL,
            means=f"Users are served by the standby in {standby}.",
            cause=f"the primary in {primary} is unhealthy, and the name leads here.",
            query="the health check's status by checker, in the console of Route 53; the alarms of the primary.",
        )

    def _wake_up(self, settings: ControllerSettings | None) -> None:
        parts, primary_region = self._parts_of(self.standby.stack), self._regions[0]
        serves = self.primary.serves
        self.probe = PrimaryProbe(
            parts,
            "PrimaryProbe",
            host=self.primary_endpoint.regional_name,
            path=self._probing["health_path"],
            answer_age=kept_for(serves.needs) if isinstance(serves, RegionalApi) else None,
            removal_policy=self._removal_policy,
        )
        take_over = TakeOverHealthCheck(parts, "TakeOver", primary_region=primary_region)
        self.controller = FailoverController(
            parts,
            "Controller",
            decided_by=self._deciding_alarm(parts, self.probe),
            standby=self.standby.standby,
            take_over=take_over,
            settings=settings,
            removal_policy=self._removal_policy,
        )
        children = [self.primary_endpoint.health_check, take_over]
        self.primary_health = CalculatedHealthCheck(
            self.global_stack, "PrimaryHealth", children=children, at_least=len(children)
        )

    def _warn_if_it_looks_awake(self) -> None:
        serves = self.standby.serves
        if isinstance(serves, RegionalApi) and all(each.busy_is_well for each in serves.needs.functions):
            cdk.Annotations.of(self).add_warning_v2(
                "constructs-lib:cold-standby-looks-awake",
                "The health route of the standby does not ask whether its functions are awake, so the name may lead "
                "there before: give RegionNeeds(functions=[InvokeFunction(..., busy_is_well=False)]).",
            )

    def _deciding_alarm(self, parts: Construct, probe: PrimaryProbe) -> cloudwatch.AlarmBase:
        """Rings when the primary has to be taken over.

        Health checkers that do not reach a primary which the probe reaches lead all users to the standby. One that is
        warm notices by requests that it has no capacity for, and must wake then.
        """
        warm = [each.function for each in self.standby.standby if isinstance(each, WarmStandby)]
        throttled = [
            ThresholdAlarm(
                parts,
                f"Throttled{number}",
                metric=function.metric_throttles(statistic="Sum", period=cdk.Duration.minutes(1)),
                threshold=1,
                means="More users are led to the warm standby than it has capacity for.",
                cause="health checkers do not reach the primary; the standby is not awake yet.",
                query="the health check's status by checker, in the console of Route 53.",
            )
            for number, function in enumerate(warm, start=1)
        ]
        if not throttled:
            return probe.alarm
        return CombinedAlarm(
            parts,
            "PrimaryDown",
            children=[probe.alarm, *throttled],
            means="The primary does not answer, or users are led to the standby all the same.",
            route=AlarmRoute.silent(),
        )

    def _health_alarms(self) -> Mapping[str, HealthCheckAlarms]:
        primary, standby = self._regions
        checks = {
            primary: ("Primary", self.primary_health, Severity.CRITICAL),
            standby: ("Standby", self.standby_endpoint.health_check, Severity.WARNING),
        }
        return {
            region: HealthCheckAlarms(
                self.global_stack, f"{part}Alarms", health_check=health_check, severity=severity
            )
            for region, (part, health_check, severity) in checks.items()
        }


def _place(
    scope: Construct,
    account: str,
    regions: Sequence[str],
    stack_name: str,
    *,
    role: Literal["primary", "standby"],
    primary: cdk.Stack | None = None,
) -> RegionScope:
    region, other = regions if role == "primary" else reversed(regions)
    return RegionScope(
        scope=scope,
        construct_id=region,
        settings=StackSettings(
            env=cdk.Environment(account=account, region=region),
            stack_name=stack_name,
            cross_region_references=True,
        ),
        role=role,
        other_region=other,
        primary=primary,
    )


def _beside(name: str, zone_name: str, region: str) -> str:
    """The name of a Region beside the shared one: ``orders-eu-west-1.example.com`` for ``orders.example.com``."""
    if name == zone_name:
        return f"{region}.{name}"
    label, _, rest = name.partition(".")
    return f"{label}-{region}.{rest}"


def _check_places(check: Check, account: str, regions: Sequence[str]) -> None:
    check.instance("account", account, str)
    check.instance("regions", regions, list, tuple)
    for region in regions:
        check.instance("regions", region, str)
    check.require(
        not is_token([account, *regions]),
        f"account and regions are {account!r} and {regions!r}, known only at deployment.",
        remedy="What one Region refers to in another is found by name: give fixed ones.",
    )
    check.require(
        len(regions) == _REGIONS and len(set(regions)) == _REGIONS,
        f"regions is {list(regions)!r}.",
        remedy="Give two different Regions, the primary's first. For more, that all serve, compose RegionalEndpoint "
        "with LatencyRecords.",
    )
