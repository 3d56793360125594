"""Where alarms go: to actions that the user names, by severity."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeGuard, cast

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sns as sns
from constructs import Construct

from constructs_lib.alarms.definition import Severity
from constructs_lib.alarms.delivery import let_cloudwatch_publish
from constructs_lib.checks import Check

__all__ = ["AlarmRoute", "Route", "SeverityRoute", "actions_of", "check_route"]

_MAXIMUM_ACTIONS = 5
_STATES = ("alarm", "ok", "insufficient_data")

State = Literal["alarm", "ok", "insufficient_data"]
Action = sns.ITopic | cloudwatch.IAlarmAction


@dataclass(frozen=True, kw_only=True)
class AlarmRoute:
    """What an alarm does when its state changes.

    Attributes:
        alarm: SNS topics and other CDK alarm actions on the way to ALARM, at most 5.
        ok: likewise on the way back to OK. Left out: none.
        insufficient_data: likewise on the way to INSUFFICIENT_DATA. Left out: none.
    """

    alarm: Sequence[Action]
    ok: Sequence[Action] = ()
    insufficient_data: Sequence[Action] = ()

    @classmethod
    def to_topic(
        cls, topic: sns.ITopic, *, ok: bool = False, insufficient_data: bool = False
    ) -> "AlarmRoute":
        """Everything to one SNS topic; with `ok` also the way back, with `insufficient_data` also that.

        A topic that is made in the app, and its key, are told to let CloudWatch publish: the topic then has a
        policy of its own in place of SNS's default. A key that cannot be told (imported, or the AWS managed one) is
        a warning. An imported topic is taken on trust.
        """
        if isinstance(topic, sns.Topic):
            let_cloudwatch_publish(topic)
        return cls(
            alarm=[topic], ok=[topic] if ok else [], insufficient_data=[topic] if insufficient_data else []
        )

    @classmethod
    def silent(cls) -> "AlarmRoute":
        """Nobody is told: for an alarm that a composite covers, or that dashboards only show."""
        return _SILENT

    def topic_arns(self) -> Mapping[str, list[str]]:
        """State to the ARNs of the topics among its actions."""
        return {
            state: [action.topic_arn for action in self.of(state) if _is_topic(action)] for state in _STATES
        }

    def of(self, state: State | str) -> Sequence[Action]:
        """The actions of `state`."""
        actions: Sequence[Action] = getattr(self, state)
        return actions

    @property
    def way(self) -> tuple[tuple[Action, ...], ...]:
        """The actions, to compare with those of another route."""
        return tuple(tuple(self.of(state)) for state in _STATES)

    @property
    def has_other_actions(self) -> bool:
        """Whether there are actions that must be told which alarm they serve."""
        return not all(_is_topic(action) for state in _STATES for action in self.of(state))

    @property
    def tells_nobody(self) -> bool:
        """Whether there is no action at all."""
        return not any(self.of(state) for state in _STATES)

    def bind(
        self,
        scope: Construct,
        resource: cloudwatch.CfnCompositeAlarm | cloudwatch.CfnAlarm,
        alarm: cloudwatch.IAlarm,
    ) -> None:
        """Set all actions on `resource`, in the order they were given in."""
        alarm_actions, ok_actions, insufficient_data = (
            [_arn(action, scope, alarm) for action in self.of(state)] or None for state in _STATES
        )
        resource.alarm_actions = alarm_actions
        resource.ok_actions = ok_actions
        resource.insufficient_data_actions = insufficient_data

    def check(self, check: Check, name: str = "alarm_route") -> None:
        """Fail with more actions than an alarm can have, or with none.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
        """
        for state in _STATES:
            check.instance(f"{name}.{state}", self.of(state), list, tuple)
        if self is not _SILENT:
            check.require(
                len(self.alarm) > 0,
                f"{name}.alarm is empty: alarms would ring unheard.",
                remedy="Give a topic or another action, or say so by AlarmRoute.silent().",
            )
        for state in _STATES:
            given = self.of(state)
            for action in given:
                check.require(
                    _is_topic(action) or hasattr(action, "bind"),
                    f"{name}.{state} holds {action!r}.",
                    remedy="Give SNS topics and CDK alarm actions.",
                )
            check.require(
                len({id(action) for action in given}) == len(given),
                f"{name}.{state} names an action twice.",
                remedy="Name it once.",
            )
            check.require(
                len(given) <= _MAXIMUM_ACTIONS,
                f"{name}.{state} has {len(given)} actions.",
                remedy=f"An alarm takes {_MAXIMUM_ACTIONS} per state: send one to a topic and subscribe there.",
            )


_SILENT = AlarmRoute(alarm=())


@dataclass(frozen=True, kw_only=True)
class SeverityRoute:
    """What alarms do when their state changes, by severity.

    Attributes:
        critical: for what somebody acts on now.
        warning: for what somebody looks at today. Left out: nobody is told.
        info: for what explains the others. Left out: nobody is told.
    """

    critical: AlarmRoute
    warning: AlarmRoute | None = None
    info: AlarmRoute | None = None


Route = AlarmRoute | SeverityRoute
"""`AlarmRoute` for critical and warning alike, or one a severity."""


def actions_of(route: Route, severity: Severity) -> AlarmRoute:
    """What alarms of `severity` do."""
    if isinstance(route, AlarmRoute):
        return _SILENT if severity is Severity.INFO else route
    found: AlarmRoute | None = getattr(route, severity.value)
    return found or _SILENT


def check_route(check: Check, route: Route | None) -> None:
    """Fail unless `route` is one that alarms can take."""
    check.instance("alarm_route", route, AlarmRoute, SeverityRoute, None)
    if isinstance(route, AlarmRoute):
        route.check(check)
    if isinstance(route, SeverityRoute):
        for severity in Severity:
            given = getattr(route, severity.value)
            needed = (AlarmRoute,) if severity is Severity.CRITICAL else (AlarmRoute, None)
            check.instance(f"alarm_route.{severity}", given, *needed)
            if given is not None:
                given.check(check, f"alarm_route.{severity}")


def _is_topic(action: Action) -> TypeGuard[sns.ITopic]:
    # Where the type knows, asking it saves a call into jsii; a proxy of several interfaces knows only itself.
    return hasattr(type(action), "topic_arn") or hasattr(action, "topic_arn")


def _arn(action: Action, scope: Construct, alarm: cloudwatch.IAlarm) -> str:
    if _is_topic(action):
        return action.topic_arn
    return cast("cloudwatch.IAlarmAction", action).bind(scope, alarm).alarm_action_arn
