"""What a standby is made of, as settings that the controller changes."""

from collections.abc import Sequence
from typing import cast

from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler

from constructs_lib.checks import Check
from constructs_lib.failover.sleeper import Sleeper
from constructs_lib.failover.standby import ColdStandby, HotStandby, Standby, StandbySchedule, WarmStandby
from constructs_lib.failover.standby_function import sleepers_of_function

__all__ = ["sleepers_of"]

_KINDS = "Give HotStandby, WarmStandby, ColdStandby, StandbySchedule, or an event source mapping or rule."


def sleepers_of(check: Check, standby: Sequence[Standby]) -> list[Sleeper]:
    """What is to be woken, in the order in which it is: functions before what calls them."""
    check.instance("standby", standby, list, tuple)
    functions: list[Sleeper] = []
    callers: list[Sleeper] = []
    seen: set[str] = set()
    for number, each in enumerate(standby):
        name = f"standby[{number}]"
        found = _sleepers(check, name, each)
        for sleeper in found:
            key = f"{sleeper.kind} {sleeper.arn}"
            check.require(
                key not in seen, f"{name} is given twice ({sleeper.name}).", remedy="Give each once."
            )
            seen.add(key)
        (functions if isinstance(each, WarmStandby | ColdStandby) else callers).extend(found)
    return [*functions, *callers]


def _sleepers(check: Check, name: str, standby: object) -> list[Sleeper]:
    match standby:
        case HotStandby() | WarmStandby() | ColdStandby():
            return sleepers_of_function(check, name, standby)
        case StandbySchedule():
            check.offers(f"{name}.schedule", standby.schedule, "schedule_arn", remedy="Give a schedule.")
            check.offers(f"{name}.role", standby.role, "role_arn", remedy="Give the role of the schedule.")
            return [_of_schedule(standby)]
    if hasattr(standby, "event_source_mapping_id"):
        return [_of_mapping(cast("lambda_.IEventSourceMapping", standby))]
    check.require(hasattr(standby, "rule_arn"), f"{name} is {standby!r}.", remedy=_KINDS)
    return [_of_rule(cast("events.IRule", standby))]


def _of_mapping(mapping: lambda_.IEventSourceMapping) -> Sleeper:
    resource = mapping.node.default_child
    return Sleeper(
        kind="mapping",
        name=f"event source {mapping.node.path}",
        asleep=False,
        awake=True,
        target={"uuid": mapping.event_source_mapping_id},
        arn=mapping.event_source_mapping_arn,
        resource=resource if isinstance(resource, lambda_.CfnEventSourceMapping) else None,
    )


def _of_rule(rule: events.IRule) -> Sleeper:
    resource = rule.node.default_child
    return Sleeper(
        kind="rule",
        name=f"rule {rule.node.path}",
        asleep=False,
        awake=True,
        target={"arn": rule.rule_arn},
        arn=rule.rule_arn,
        resource=resource if isinstance(resource, events.CfnRule) else None,
    )


def _of_schedule(standby: StandbySchedule) -> Sleeper:
    resource = standby.schedule.node.default_child
    return Sleeper(
        kind="schedule",
        name=f"schedule {standby.schedule.node.path}",
        asleep=False,
        awake=True,
        target={"arn": standby.schedule.schedule_arn},
        arn=standby.schedule.schedule_arn,
        resource=resource if isinstance(resource, scheduler.CfnSchedule) else None,
        passes=standby.role.role_arn,
    )
