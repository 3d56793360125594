"""How long a failover takes at most and what it may lose, from the constructs that it is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_route53 as route53
from constructs import Construct

from constructs_lib.checks import Check, is_token
from constructs_lib.failover.endpoint_health_check import EndpointHealthCheck
from constructs_lib.failover.failover_controller import FailoverController
from constructs_lib.failover.failover_record import FailoverRecord
from constructs_lib.failover.health_check import check_health_check
from constructs_lib.failover.plan_steps import PlanStep, WorstCase
from constructs_lib.failover.plan_times import detection, probing, waking
from constructs_lib.failover.take_over_health_check import TakeOverHealthCheck

__all__ = ["PLAN_METADATA", "FailoverPlan", "Replication"]

PLAN_METADATA = "constructs-lib:failover-plan"
"""The type of the plan's entry in the assembly's metadata."""

_TTL = "https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html"
_ALLOWANCE = 10
_AT_ONCE = "in both Regions before the writer is answered"
_LONGEST = 604_800


@dataclass(frozen=True, kw_only=True)
class Replication:
    """How far the standby's copy of some data may be behind.

    Attributes:
        data: what it is, such as ``orders``.
        lag: at most so far; hold it by an alarm. `cdk.Duration.seconds(0)` for data that is written in both Regions
            before the writer is answered.
        source: where the figure comes from.
        arithmetic: how it comes about. Left out: it is a lag as given.
    """

    data: str
    lag: cdk.Duration
    source: str | None = None
    arithmetic: str | None = None


class FailoverPlan(Construct):
    """The worst case of a failover: how long users are not served, and how much of what was written may be lost.

    The time is a sum: until the fault is seen, until the standby is awake, until resolvers have forgotten the primary.
    Where several health checks are counted, that of the slowest. Some of its parts may overlap; the sum is what holds
    if they do not. It holds for resolvers and clients that respect the TTL, for a controller that is not itself at
    fault, and no longer for a standby that has been asleep than `controller` says. A primary that fails again soon
    after the last change of direction waits for the rest of the controller's `between` too, which is no part of it.

    It makes no resource. The plan is in the assembly, in the stack's metadata file, under the type `PLAN_METADATA`.

    Attributes:
        recovery_time: the worst case of the time, with its parts.
        recovery_point: the worst case of what is lost; None where no data is named.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        detected_by: route53.IHealthCheck,
        record: FailoverRecord,
        controller: FailoverController | None = None,
        secondary_health: EndpointHealthCheck | None = None,
        replicates: Sequence[Replication] = (),
        alarm_time: cdk.Duration | None = None,
        allowance: cdk.Duration | None = None,
        recovery_time_objective: cdk.Duration | None = None,
        recovery_point_objective: cdk.Duration | None = None,
    ) -> None:
        """Plan the failover of `record`.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            detected_by: the health check of the primary.
            record: the name that fails over.
            controller: what wakes the standby. Left out: nothing has to be woken.
            secondary_health: the health check of a secondary that cannot answer before it is woken: it has to become
                healthy then. Left out: it is healthy all along, or has none.
            replicates: how far the standby's data may be behind.
            alarm_time: from the fault until the alarm that decides rings. Left out: read from that alarm, which must
                then be one on metrics in this app.
            allowance: for what AWS gives no figure for, such as how soon all name servers of Route 53 know. Left out:
                10 seconds, an assumption.
            recovery_time_objective: refuses a longer worst case. Left out: any is taken.
            recovery_point_objective: likewise for what may be lost.

        Raises:
            ConfigurationError: an objective cannot be held, or a part is not known.
        """
        check = Check(scope, construct_id)
        check_health_check(check, "detected_by", detected_by)
        check.instance("record", record, FailoverRecord)
        check.instance("controller", controller, FailoverController, None)
        check.instance("secondary_health", secondary_health, EndpointHealthCheck, None)
        alarm = _seconds(check, "alarm_time", alarm_time)
        slack = _seconds(check, "allowance", allowance)
        steps = [
            *_until_led_away(check, detected_by, controller, alarm, secondary_health),
            PlanStep(
                what="Route 53's name servers know",
                seconds=_ALLOWANCE if slack is None else slack,
                arithmetic="an allowance: AWS gives no figure",
            ),
            _forgetting(check, record),
        ]
        self.recovery_time = WorstCase(name="Recovery time", steps=steps)
        self.recovery_point = _recovery_point(check, replicates)
        objectives = {
            "recovery_time_objective": _seconds(check, "recovery_time_objective", recovery_time_objective),
            "recovery_point_objective": _seconds(check, "recovery_point_objective", recovery_point_objective),
        }
        _check_objective(
            check, "recovery_time_objective", objectives["recovery_time_objective"], self.recovery_time
        )
        _check_objective(
            check, "recovery_point_objective", objectives["recovery_point_objective"], self.recovery_point
        )
        super().__init__(scope, construct_id)
        self._objectives = objectives
        self._name = record.domain_name
        self.node.add_metadata(PLAN_METADATA, self.to_json())

    def explain(self) -> str:
        """The worst cases, line by line."""
        cases = [self.recovery_time, self.recovery_point]
        return "\n".join(case.explain() for case in cases if case is not None)

    def to_json(self) -> Mapping[str, Any]:
        """The plan as data."""
        point = self.recovery_point
        return {
            "name": self._name,
            "recovery_time": self.recovery_time.to_json(),
            **({} if point is None else {"recovery_point": point.to_json()}),
            "objectives": {
                name: seconds for name, seconds in self._objectives.items() if seconds is not None
            },
        }


def _until_led_away(
    check: Check,
    detected_by: route53.IHealthCheck,
    controller: FailoverController | None,
    alarm: int | None,
    secondary: EndpointHealthCheck | None,
) -> list[PlanStep]:
    """From the fault until Route 53 counts the primary as unhealthy and the standby is awake, the slowest way."""
    ways = []
    for each in _counted(detected_by):
        steps = detection(check, each, controller, alarm)
        by_standby = isinstance(each, TakeOverHealthCheck)
        woken: list[PlanStep] = []
        if controller is not None and (controller.sleepers or by_standby):
            woken += waking(check, controller, alarm)
        if woken and secondary is not None:
            woken.append(probing(check, secondary, "Route 53 sees that the standby answers"))
        ways.append([*woken, *steps] if by_standby else [*steps, *woken])
    return max(ways, key=lambda steps: sum(step.seconds for step in steps))


def _counted(health_check: route53.IHealthCheck) -> Sequence[route53.IHealthCheck]:
    return getattr(health_check, "children", ()) or (health_check,)


def _forgetting(check: Check, record: FailoverRecord) -> PlanStep:
    ttl = record.ttl_seconds
    if ttl is None:
        check.fail(
            f"the TTL of {record.node.path} is known only at deployment.",
            remedy="The plan is made of it: give a fixed one.",
        )
    return PlanStep(
        what="resolvers forget the primary",
        seconds=ttl,
        arithmetic="the TTL of the record",
        source=_TTL,
    )


def _recovery_point(check: Check, replicates: Sequence[Replication]) -> WorstCase | None:
    check.instance("replicates", replicates, list, tuple)
    steps = []
    for number, each in enumerate(replicates):
        check.instance(f"replicates[{number}]", each, Replication)
        lag = _seconds(check, f"replicates[{number}].lag", each.lag)
        steps.append(
            PlanStep(
                what=each.data,
                seconds=lag or 0,
                arithmetic=each.arithmetic or (_AT_ONCE if lag == 0 else "replication lag"),
                source=each.source,
            )
        )
    if not steps:
        return None
    # All of it is lost at the same time: the data that is furthest behind decides.
    return WorstCase(name="Recovery point", steps=[max(steps, key=lambda step: step.seconds)])


def _seconds(check: Check, name: str, value: cdk.Duration | None) -> int | None:
    if value is None:
        return None
    check.instance(name, value, cdk.Duration)
    check.require(
        not is_token(value),
        f"{name} is known only at deployment.",
        remedy="The plan is made of it: give a fixed one.",
    )
    check.duration(name, value, 0, _LONGEST)
    return int(value.to_seconds())


def _check_objective(check: Check, name: str, objective: int | None, case: WorstCase | None) -> None:
    if objective is None:
        return
    if case is None:
        check.fail(
            f"{name} is given, and replicates names no data.", remedy="Give replicates=[Replication(...)]."
        )
    check.require(
        case.seconds <= objective,
        f"{name} is {objective} s, and the worst case is longer.\n{case.explain()}\n",
        remedy="Shorten a step, or accept a longer objective.",
    )
