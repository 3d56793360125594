"""Where alarms go: to actions that the user names, by severity."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sns as sns
from constructs import Construct

from constructs_lib.alarms.routing.actions import Action, GivenArn, bound, is_topic, topic_arn_of
from constructs_lib.alarms.routing.delivery import check_region, let_cloudwatch_publish
from constructs_lib.alarms.routing.state_change import State, StateChange
from constructs_lib.alarms.table.definition import Severity
from constructs_lib.alarms.table.limits import MOST_ACTIONS
from constructs_lib.checks import Check

__all__ = ["AlarmRoute", "Route", "SeverityRoute", "actions_of", "apply_route", "check_route"]

_STATES: tuple[State, ...] = ("alarm", "ok", "insufficient_data")

AlarmResource = cloudwatch.CfnAlarm | cloudwatch.CfnCompositeAlarm


@dataclass(frozen=True, kw_only=True)
class AlarmRoute:
    """What an alarm does when its state changes.

    An SNS topic that is made in the app, and its key, are told to let CloudWatch publish: the topic then has a policy
    of its own in place of SNS's default. A key that cannot be told (imported, or the AWS managed one) is a warning. An
    imported topic is taken on trust.

    Attributes:
        alarm: SNS topics, other CDK alarm actions (at most 5 of both) and `StateChange` on the way to ALARM.
        ok: likewise on the way back to OK. Left out: none.
        insufficient_data: likewise on the way to INSUFFICIENT_DATA. Left out: none.
    """

    alarm: Sequence[Action]
    ok: Sequence[Action] = ()
    insufficient_data: Sequence[Action] = ()

    def __post_init__(self) -> None:
        """Make topics of the app deliver."""
        for state in _STATES:
            given = self.of(state)
            # Anything else is refused where the route is used, with the place in the app.
            for action in given if isinstance(given, list | tuple) else ():
                if isinstance(action, sns.Topic):
                    let_cloudwatch_publish(action)

    @classmethod
    def to_topic(
        cls, topic: sns.ITopic, *, ok: bool = False, insufficient_data: bool = False
    ) -> "AlarmRoute":
        """Everything to one SNS topic; with `ok` also the way back, with `insufficient_data` also that."""
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
            state: [topic_arn_of(action) for action in self.of(state) if is_topic(action)]
            for state in _STATES
        }

    def of(self, state: State) -> Sequence[Action]:
        """The actions of `state`."""
        actions: Sequence[Action] = getattr(self, state)
        return actions

    def state_changes(self) -> list[StateChange]:
        """The rules among its actions."""
        return [action for state in _STATES for action in self.of(state) if isinstance(action, StateChange)]

    @property
    def way(self) -> tuple[tuple[Action, ...], ...]:
        """The actions, to compare with those of another route."""
        return tuple(tuple(self.of(state)) for state in _STATES)

    @property
    def has_other_actions(self) -> bool:
        """Whether there are actions that must be told which alarm they serve."""
        return not all(is_topic(action) for state in _STATES for action in self.of(state))

    @property
    def tells_nobody(self) -> bool:
        """Whether there is no action at all."""
        return not any(self.of(state) for state in _STATES)

    def bind(self, scope: Construct, resource: AlarmResource, alarm: cloudwatch.IAlarm | None = None) -> None:
        """Set all actions on `resource`, in the order they were given in, and catch its changes of state.

        Args:
            scope: what the alarm belongs to.
            resource: the alarm.
            alarm: the same, as CDK's actions take it. Left out: made where an action needs it.
        """
        alarm_actions, ok_actions, insufficient_data = bound(
            self.by_state(), scope, resource, resource.attr_arn, alarm
        )
        resource.alarm_actions = alarm_actions or None
        resource.ok_actions = ok_actions or None
        resource.insufficient_data_actions = insufficient_data or None

    def check(self, check: Check, name: str = "route") -> None:
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
            self._check_state(check, name, state)

    def _check_state(self, check: Check, name: str, state: State) -> None:
        given = self.of(state)
        for action in given:
            if not (is_topic(action) or isinstance(action, StateChange) or hasattr(action, "bind")):
                check.fail(
                    f"{name}.{state} holds {check.shown(action)}.",
                    remedy="Give SNS topics, CDK alarm actions and StateChange; of an AlarmTopic, its topic.",
                )
            if is_topic(action):
                check_region(check, f"{name}.{state}", action)
            if isinstance(action, StateChange):
                action.check(check, f"{name}.{state}'s StateChange")
        check.require(
            len({id(action) for action in given}) == len(given),
            f"{name}.{state} names an action twice.",
            remedy="Name it once.",
        )
        count = sum(not isinstance(action, StateChange) for action in given)
        check.require(
            count <= MOST_ACTIONS,
            f"{name}.{state} has {count} actions.",
            remedy=f"An alarm takes {MOST_ACTIONS} per state: send one to a topic and subscribe there, or give "
            "its target to a StateChange, which is none of them.",
        )

    def by_state(self) -> dict[State, Sequence[Action]]:
        """State to its actions."""
        return {state: self.of(state) for state in _STATES}


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


def apply_route(scope: Construct, alarm: AlarmResource | cloudwatch.AlarmBase, actions: AlarmRoute) -> None:
    """Let `alarm`, which belongs to `scope`, do what `actions` says.

    The actions of a CloudFormation resource are replaced; a CDK alarm gets them beside those it has.
    """
    if not isinstance(alarm, cloudwatch.AlarmBase):
        actions.bind(scope, alarm)
        return
    adders = (alarm.add_alarm_action, alarm.add_ok_action, alarm.add_insufficient_data_action)
    for add, arns in zip(adders, bound(actions.by_state(), scope, alarm, alarm.alarm_arn, None), strict=True):
        if arns:
            add(*(GivenArn(arn) for arn in arns))


def check_route(check: Check, route: Route | None, *, name: str = "route") -> None:
    """Fail unless `route`, given as the argument `name`, is one that alarms can take."""
    if route is not None and not isinstance(route, AlarmRoute | SeverityRoute):
        check.fail(
            f"{name} is {check.shown(route)}.",
            remedy="Give AlarmRoute or SeverityRoute: AlarmRoute.to_topic(topic), or the route of an AlarmTopic.",
        )
    if isinstance(route, AlarmRoute):
        route.check(check, name)
    if isinstance(route, SeverityRoute):
        for severity in Severity:
            given = getattr(route, severity.value)
            needed = (AlarmRoute,) if severity is Severity.CRITICAL else (AlarmRoute, None)
            check.instance(f"{name}.{severity}", given, *needed)
            if given is not None:
                given.check(check, f"{name}.{severity}")
