"""What the actions of an alarm become in CloudFormation: ARNs, permissions and rules."""

from collections.abc import Mapping, Sequence
from typing import TypeGuard, cast
from weakref import WeakKeyDictionary

import aws_cdk as cdk
import jsii
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sns as sns
from constructs import Construct

from constructs_lib.alarms.routing.delivery import let_cloudwatch_publish, topic_behind
from constructs_lib.alarms.routing.state_change import State, StateChange, catch
from constructs_lib.checks import Check, is_token

__all__ = ["Action", "GivenArn", "bound", "is_topic", "topic_arn_of"]

_CALLS_A_FUNCTION = "LambdaAction"
"""By name: its module imports autoscaling, EC2 and load balancing."""
_MANY_CALLERS = 40
# ARN of a function to those of the alarms that call it; tokens, which no other app of the process has.
_callers: dict[str, set[str]] = {}
# Saves calls into jsii: an alarm after the other asks for the ARN of the same topic.
_arns: WeakKeyDictionary[sns.ITopic, str] = WeakKeyDictionary()

Action = sns.ITopic | cloudwatch.IAlarmAction | StateChange
"""What an alarm can do when its state changes."""


@jsii.implements(cloudwatch.IAlarmAction)
class GivenArn:
    """An action whose ARN is known already, for alarms that take actions only."""

    def __init__(self, arn: str) -> None:
        """An action with this ARN."""
        self._arn = arn

    def bind(self, _scope: Construct, _alarm: cloudwatch.IAlarm) -> cloudwatch.AlarmActionConfig:
        """Give the ARN."""
        return cloudwatch.AlarmActionConfig(alarm_action_arn=self._arn)


def is_topic(action: Action) -> TypeGuard[sns.ITopic]:
    """Whether `action` is an SNS topic."""
    # Where the type knows, asking it saves a call into jsii; a proxy of several interfaces knows only itself.
    return hasattr(type(action), "topic_arn") or hasattr(action, "topic_arn")


def topic_arn_of(topic: sns.ITopic) -> str:
    """The ARN of `topic`, asked for once."""
    arn = _arns.get(topic)
    if arn is None:
        arn = _arns[topic] = topic.topic_arn
    return arn


def bound(
    actions: Mapping[State, Sequence[Action]],
    scope: Construct,
    owner: Construct,
    alarm_arn: str,
    alarm: cloudwatch.IAlarm | None,
) -> list[list[str]]:
    """The ARNs of the actions of each state, once what they need is there.

    Args:
        actions: the actions by state.
        scope: what the alarm belongs to.
        owner: the alarm, below which rules for `StateChange` are made.
        alarm_arn: its ARN.
        alarm: the same, as CDK's actions take it. None: made where an action needs it.
    """
    changes: dict[int, tuple[StateChange, list[State]]] = {}
    found: list[list[str]] = []
    for state, given in actions.items():
        arns: list[str] = []
        for action in given:
            if isinstance(action, StateChange):
                changes.setdefault(id(action), (action, []))[1].append(state)
            elif is_topic(action):
                arns.append(topic_arn_of(action))
            else:
                alarm = alarm or _view(owner, alarm_arn)
                arns.append(_bind(cast("cloudwatch.IAlarmAction", action), scope, alarm))
        found.append(list(dict.fromkeys(arns)))
    catch(owner, alarm_arn, list(changes.values()))
    return found


def _bind(action: cloudwatch.IAlarmAction, scope: Construct, alarm: cloudwatch.IAlarm) -> str:
    try:
        arn = action.bind(scope, alarm).alarm_action_arn
    except RuntimeError as error:  # CDK's way to refuse an argument
        Check(scope, "").fail(
            f"CDK refuses the action {action!r}: {error}",
            remedy="A LambdaAction of several alarms needs use_unique_permission_id=True.",
            cause=error,
        )
    if (topic := topic_behind(arn)) is not None:
        let_cloudwatch_publish(topic)
    if _CALLS_A_FUNCTION in {kind.__name__ for kind in type(action).__mro__} and is_token(arn):
        _count_call(arn, scope, alarm)
    return arn


def _count_call(arn: str, scope: Construct, alarm: cloudwatch.IAlarm) -> None:
    """Warn once of a function that more alarms call than its policy may have permissions for.

    https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    """
    callers = _callers.setdefault(arn, set())
    known = len(callers)
    callers.add(alarm.alarm_arn)
    if known == _MANY_CALLERS and len(callers) > known:
        cdk.Annotations.of(scope).add_warning_v2(
            "constructs-lib:alarms-call-one-function",
            f"More than {_MANY_CALLERS} alarms call one function, each by a permission of some 450 bytes. A function "
            "takes 20 KB of these, so that the deployment fails at about 45. Send the alarms to a topic, and subscribe "
            "the function there: AlarmTopic.of(stack).add_function(function).",
        )


def _view(owner: Construct, alarm_arn: str) -> cloudwatch.IAlarm:
    # Unique in the app: CDK's LambdaAction names its permission after this id.
    return cloudwatch.Alarm.from_alarm_arn(owner, f"Alarm{owner.node.addr[-8:]}", alarm_arn)
