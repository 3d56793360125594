"""Whether a composite alarm and an alarm that it covers tell the same people of one fault."""

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, cast

import aws_cdk as cdk
import jsii
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import IConstruct, IValidation

from constructs_lib.alarms.sets.alarm_set import AlarmSet

if TYPE_CHECKING:
    from constructs_lib.alarms.combined.combined_alarm import CombinedAlarm

__all__ = ["ToldTwiceCheck"]

_STATES = ("alarm", "ok", "insufficient_data")
_Alarm = cloudwatch.CfnAlarm | cloudwatch.CfnCompositeAlarm | cloudwatch.AlarmBase


@jsii.implements(IValidation)
class ToldTwiceCheck:
    """Fails synthesis where an alarm that a combined one covers does what that does."""

    def __init__(self, alarm: "CombinedAlarm") -> None:
        """Check `alarm` against everything below it."""
        self._alarm = alarm

    def validate(self) -> list[str]:
        """One problem for each alarm that tells the same people."""
        own = [_actions(self._alarm, state) for state in _STATES]
        if not any(own):
            return []
        found = {
            alarm.node.path: alarm
            for child in self._alarm.children
            for alarm in _covered(child)
            if any(mine & _actions(alarm, state) for mine, state in zip(own, _STATES, strict=True) if mine)
        }
        return [
            f"{path} does what {self._alarm.node.path} does, which covers it: one fault would tell the same people "
            "twice. Give it AlarmRoute.silent(), or another route."
            for path in found
        ]


def _covered(alarm: object) -> Iterator[_Alarm]:
    """`alarm` and all that it is made of, as far as the app knows."""
    owner = alarm if isinstance(alarm, AlarmSet) else _set_of_composite(alarm)
    if owner is not None:
        yield from owner.notifying_resources
        return
    if isinstance(alarm, cloudwatch.CfnAlarm | cloudwatch.CfnCompositeAlarm | cloudwatch.AlarmBase):
        yield alarm
    for child in _below(alarm):
        yield from _covered(child)


def _set_of_composite(alarm: object) -> AlarmSet | None:
    if isinstance(alarm, cloudwatch.CfnAlarm):
        return None
    scope = cast("IConstruct", alarm).node.scope
    return scope if isinstance(scope, AlarmSet) else None


def _below(alarm: object) -> Sequence[object]:
    children = getattr(alarm, "children", None)
    if isinstance(children, tuple):
        return children
    resource = alarm.node.default_child if isinstance(alarm, cloudwatch.CompositeAlarm) else alarm
    if not isinstance(resource, cloudwatch.CfnCompositeAlarm):
        return ()
    tokens = cdk.Tokenization.reverse_string(resource.alarm_rule).tokens
    return [target for token in tokens if (target := getattr(token, "target", None)) is not None]


def _actions(alarm: _Alarm, state: str) -> set[str]:
    """The actions of `alarm`, each as the token that it is and as what that is in its stack."""
    name = f"{state}_action_arns" if isinstance(alarm, cloudwatch.AlarmBase) else f"{state}_actions"
    # CDK's alarms keep them to themselves.
    arns = getattr(alarm, f"_{name}" if isinstance(alarm, cloudwatch.AlarmBase) else name) or []
    if not arns:
        return set()
    stack = cdk.Stack.of(alarm)
    home = stack.node.path
    resolved = stack.resolve(arns) or []
    return {arn for arn in arns if not arn.startswith("#{")} | {
        f"{home} {json.dumps(each, sort_keys=True)}" for each in resolved
    }
