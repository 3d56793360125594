"""One service in two Regions under one name: the stacks, the name, and what decides where it leads."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_route53 as route53
from constructs import Construct

from constructs_lib.alarms import Severity, ThresholdAlarm
from constructs_lib.checks import Check
from constructs_lib.failover.calculated_health_check import CalculatedHealthCheck
from constructs_lib.failover.controller_settings import ControllerSettings
from constructs_lib.failover.endpoint_health_check import check_interval
from constructs_lib.failover.failover_plan import FailoverPlan
from constructs_lib.failover.failover_record import FailoverRecord
from constructs_lib.failover.health_check_metrics import METRICS_REGION, HealthCheckAlarms
from constructs_lib.failover.host_names import name_in_full
from constructs_lib.failover.region_places import check_places, place_of, regional_name_of
from constructs_lib.failover.region_scope import RegionalService, RegionScope, check_service
from constructs_lib.failover.regional_endpoint import RegionalEndpoint
from constructs_lib.failover.standby_control import (
    StandbyControl,
    has_cold_parts,
    sleeps,
    warn_if_it_looks_awake,
)
from constructs_lib.failover.zone_choice import AnyZone, ZoneChoice

__all__ = ["MultiRegionApp"]

_REFERENCES: Final = "@aws-cdk/core:defaultCrossStackReferences"
_PARTS: Final = "Failover"


@dataclass(frozen=True, kw_only=True)
class _Probing:
    """How health is asked for, and what becomes of what asks."""

    path: str
    interval: cdk.Duration | None
    threshold: int
    removal_policy: cdk.RemovalPolicy | None


class MultiRegionApp(Construct):
    """A service in two Regions, and a global stack with the name that leads to the one that is well.

    The stacks are deployed one after the other: the primary's, the standby's, then the global one in us-east-1, where
    the metrics of health checks are. Serving and failing over needs us-east-1 for nothing: Route 53 answers and probes
    from everywhere.

    What the standby takes from the primary is copied into its Region when the primary is deployed (CDK's strong
    references, by SSM parameters): so the standby can be deployed anew while the primary's Region is gone. A copy is
    made once: it does not follow what is replaced under the same logical id, such as a table whose key changes. The
    global stack reads what it needs whenever it is created or updated (weak references).

    Attributes:
        primary: what was made in the primary Region.
        standby: what was made in the standby Region.
        primary_endpoint: the primary behind both names, with its health check.
        standby_endpoint: likewise.
        global_stack: the records, the health checks and the alarms on them, in us-east-1.
        record: the records of the name.
        plan: the worst cases.
        primary_health: what the primary's record depends on.
        health_alarms: Region to the alarms that tell people of its health check; they are in us-east-1. A cold standby
            has none.
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
        zone: AnyZone,
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
            health_interval: 10 or 30 seconds between a checker's requests. Left out: the default of
                `EndpointHealthCheck`.
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
        check_places(check, account, regions)
        check.require(callable(make), f"make is {make!r}.", remedy="Give a function that makes one Region.")
        check.instance("controller", controller, ControllerSettings, None)
        check.instance("stack_name", stack_name, str, None)
        check_interval(check, "health_interval", health_interval)
        check.instance("health_path", health_path, str)
        self._zone, self._record_name = ZoneChoice(zone), record_name
        zone_name = self._zone.name(check)
        shared = name_in_full(check, zone_name, record_name)
        probing = _Probing(
            path=health_path,
            interval=health_interval,
            threshold=failure_threshold,
            removal_policy=removal_policy,
        )
        super().__init__(scope, construct_id)
        self.node.set_context(_REFERENCES, "strong")
        self._regions = tuple(regions)
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
            own_names = [regional_name_of(shared, zone_name, region) for region in regions]
            place = place_of(self, account, regions, name, role="primary")
            self.primary = check_service(check, _made(check, make, place), place)
            parts = self._parts_of(check, self.primary.stack)
            self.primary_endpoint = self._endpoint(self.primary, parts, own_names[0], probing)
            place = place_of(self, account, regions, name, role="standby", primary=self.primary.stack)
            self.standby = check_service(check, _made(check, make, place), place)
            parts = self._parts_of(check, self.standby.stack)
            self.standby_endpoint = self._endpoint(self.standby, parts, own_names[1], probing)
            self.stacks = (self.primary.stack, self.standby.stack, self.global_stack)
            for earlier, later in itertools.pairwise(self.stacks):
                later.add_stack_dependency(earlier, "the stacks are deployed one after the other")
            self.serving_alarm = self._serving_alarm(parts)
            control = self._control(parts, controller, probing) if sleeps(self.standby) else None
            self.probe = control.probe if control else None
            self.controller = control.controller if control else None
            self.primary_health = self._primary_health(control)
            self.record = FailoverRecord(
                self.global_stack,
                "Record",
                zone=self._zone.within(self.global_stack),
                record_name=record_name,
                primary=self.primary_endpoint.endpoint,
                secondary=self.standby_endpoint.endpoint,
                primary_health=self.primary_health,
                secondary_health=self.standby_endpoint.health_check,
            )
            self.health_alarms = self._health_alarms()
            if has_cold_parts(self.standby):
                warn_if_it_looks_awake(self.standby.stack, self.standby)
            self.plan = FailoverPlan(
                self.global_stack,
                "Plan",
                detected_by=self.primary_health,
                record=self.record,
                controller=self.controller,
                alarm_time=control.probe.alarm_time if control else None,
                secondary_health=self.standby_endpoint.health_check if has_cold_parts(self.standby) else None,
                replicates=self.primary.replicates,
                recovery_time_objective=recovery_time_objective,
                recovery_point_objective=recovery_point_objective,
            )

    def _parts_of(self, check: Check, stack: cdk.Stack) -> Construct:
        """Where this class puts its parts in a stack of somebody else's, out of the way of that one's names."""
        check.require(
            stack.node.try_find_child(_PARTS) is None,
            f"the stack {stack.node.path} has a construct {_PARTS!r}.",
            remedy="The parts of its endpoint go there: give yours another id.",
        )
        return Construct(stack, _PARTS)

    def _endpoint(
        self, service: RegionalService, parts: Construct, name: str, probing: _Probing
    ) -> RegionalEndpoint:
        return RegionalEndpoint(
            parts,
            "Endpoint",
            zone=self._zone.within(parts),
            shared_name=self._record_name,
            regional_name=name,
            serves=service.serves,
            health_path=probing.path,
            health_interval=probing.interval,
            failure_threshold=probing.threshold,
            health_check_scope=self.global_stack,
            removal_policy=probing.removal_policy,
        )

    def _serving_alarm(self, parts: Construct) -> ThresholdAlarm | None:
        if self.standby.requests is None:
            return None
        primary, standby = self._regions
        return ThresholdAlarm(
            parts,
            "StandbyServes",
            metric=self.standby.requests,
            threshold=1,
            severity=Severity.CRITICAL,
            means=f"Users are served by the standby in {standby}.",
            cause=f"the primary in {primary} is unhealthy, and the name leads here.",
            query="the health check's status by checker, in the console of Route 53; the alarms of the primary.",
        )

    def _control(
        self, parts: Construct, settings: ControllerSettings | None, probing: _Probing
    ) -> StandbyControl:
        return StandbyControl.make(
            parts,
            primary=self.primary,
            primary_region=self._regions[0],
            host=self.primary_endpoint.regional_name,
            path=probing.path,
            standby=self.standby,
            serving=self.serving_alarm,
            settings=settings,
            removal_policy=probing.removal_policy,
        )

    def _primary_health(self, control: StandbyControl | None) -> route53.IHealthCheck:
        endpoint = self.primary_endpoint.health_check
        if control is None:
            return endpoint
        children = [endpoint, control.take_over]
        return CalculatedHealthCheck(
            self.global_stack, "PrimaryHealth", children=children, at_least=len(children)
        )

    def _health_alarms(self) -> Mapping[str, HealthCheckAlarms]:
        primary, standby = self._regions
        checks = {
            primary: ("Primary", self.primary_health, Severity.CRITICAL),
            standby: ("Standby", self.standby_endpoint.health_check, Severity.WARNING),
        }
        if has_cold_parts(self.standby):  # it is unhealthy while it sleeps
            del checks[standby]
        return {
            region: HealthCheckAlarms(
                self.global_stack, f"{part}Alarms", health_check=health_check, severity=severity
            )
            for region, (part, health_check, severity) in checks.items()
        }


def _made(
    check: Check, make: Callable[[RegionScope], RegionalService], place: RegionScope
) -> RegionalService:
    try:
        return make(place)
    except RuntimeError as error:  # CDK's, or of whoever wrote it
        check.fail(
            f"make failed for {place.region}: {str(error).rstrip('.')}.",
            remedy="Its traceback is above. The stack of a Region takes the place's scope, id and settings: "
            "cdk.Stack(place.scope, place.construct_id, **place.settings).",
            cause=error,
        )
