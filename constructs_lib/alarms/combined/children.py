"""What combined alarms are made of: which alarms can be, and the names by which rules know them."""

from collections.abc import Sequence
from weakref import WeakKeyDictionary

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk.interfaces.aws_cloudwatch import IAlarmRef
from constructs import IConstruct

from constructs_lib.alarms.combined.alarm_rules import Child, longest_generated_name
from constructs_lib.alarms.sets.alarm_set import AlarmSet
from constructs_lib.checks import Check, is_token

__all__ = ["Combinable", "alarms_of", "child_of", "count_parent", "named_children"]

_MOST_PARENTS = 150
_LIMITS = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-combining.html"
_REGION, _ACCOUNT, _ARN_PARTS = 3, 4, 5

Combinable = IAlarmRef | cloudwatch.CfnCompositeAlarm | AlarmSet
"""What an alarm can be combined of; a set stands for its health."""

_Alarm = IAlarmRef | cloudwatch.CfnCompositeAlarm

_parents: "WeakKeyDictionary[IConstruct, int]" = (
    WeakKeyDictionary()
)  # how many combined alarms an alarm is in


def alarms_of(check: Check, children: Sequence[Combinable]) -> list[_Alarm]:
    """The alarms that `children` stand for, once they are known to be some."""
    check.instance("children", children, list, tuple)
    check.require(len(children) > 0, "children is empty.", remedy="Give at least one alarm.")
    alarms: list[_Alarm] = [
        child.health_resource if isinstance(child, AlarmSet) else child for child in children
    ]
    for alarm in alarms:
        check.require(
            isinstance(alarm, cloudwatch.CfnCompositeAlarm) or hasattr(alarm, "alarm_ref"),
            f"children holds {alarm!r}.",
            remedy="Give CloudWatch alarms of CDK, made or imported, or sets of alarms.",
        )
        check.require(
            _parents.get(alarm, 0) < _MOST_PARENTS,
            f"{alarm.node.path} is in {_MOST_PARENTS} combined alarms already.",
            remedy=f"Combine it with others once, and refer to that. See {_LIMITS}",
        )
    return alarms


def named_children(check: Check, stack: cdk.Stack, alarms: Sequence[_Alarm]) -> list[Child]:
    """`alarms` as a rule in `stack` names them, once they are known to be within its reach."""
    references = [_reference(alarm) for alarm in alarms]
    stacks = [cdk.Stack.of(alarm) for alarm in alarms]
    for alarm, (_, arn), home in zip(alarms, references, stacks, strict=True):
        _check_environment(check, stack, alarm, home, arn)
    names = [name for name, _ in references]
    resolved = stack.resolve(names)
    known = {(id(home), str(name)) for home, name in zip(stacks, resolved, strict=True)}
    check.require(len(known) == len(names), "children holds an alarm twice.", remedy="Give each alarm once.")
    return [child_of(home, name, known) for home, name, known in zip(stacks, names, resolved, strict=True)]


def _check_environment(check: Check, stack: cdk.Stack, alarm: _Alarm, home: cdk.Stack, arn: str) -> None:
    parts_of_arn = [] if is_token(arn) else arn.split(":")
    if len(parts_of_arn) > _ARN_PARTS:
        there = (parts_of_arn[_REGION], parts_of_arn[_ACCOUNT])
    elif home is stack:
        return
    else:
        there = (home.region, home.account)
    for what, theirs, ours in zip(("Region", "account"), there, (stack.region, stack.account), strict=True):
        check.require(
            is_token(theirs) or is_token(ours) or theirs == ours,
            f"{alarm.node.path} is in the {what} {theirs}, this alarm in {ours}.",
            remedy=f"A composite alarm takes alarms of its own account and Region. See {_LIMITS}",
        )


def _reference(alarm: _Alarm) -> tuple[str, str]:
    """Name and ARN."""
    if isinstance(alarm, cloudwatch.CfnCompositeAlarm):  # which CDK has no reference of
        return alarm.ref, alarm.attr_arn
    reference = alarm.alarm_ref
    return reference.alarm_name, reference.alarm_arn


def child_of(stack: cdk.Stack, name: str, resolved: object) -> Child:
    """The alarm of `stack` whose name, a token perhaps, is `resolved` in its template."""
    match resolved:
        case str():
            return Child.named(resolved)
        case {"Ref": str(logical_id)}:
            stack_name = stack.stack_name
            longest = longest_generated_name(None if is_token(stack_name) else stack_name, logical_id)
            return Child(name=name, longest=longest)
    return Child(name=name)


def count_parent(alarms: Sequence[_Alarm]) -> None:
    """Note that each of `alarms` is in one combined alarm more."""
    for alarm in alarms:
        _parents[alarm] = _parents.get(alarm, 0) + 1
