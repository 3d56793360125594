"""What alarms that stand alone have in common: words, a route, actions they can take, and that they are possible."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, cast

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from constructs_lib.alarms.own.possible import Range, impossible
from constructs_lib.alarms.routing.route import AlarmRoute, Route, actions_of, apply_route, check_route
from constructs_lib.alarms.routing.topic import route_or_topic
from constructs_lib.alarms.table.definition import Severity
from constructs_lib.alarms.table.description import LONGEST_DESCRIPTION, in_words
from constructs_lib.checks import Check, is_token

__all__ = ["LimitedActions", "Telling", "check_possible", "properties_of"]

_MOST_ACTIONS = 5
_DEFAULT_TIMEOUT = 3
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-lambda-function.html"""
# By name: their module imports autoscaling, EC2 and load balancing.
_SCALING = {"ApplicationScalingAction", "AutoScalingAction", "Ec2Action"}


def properties_of(alarm: cloudwatch.CfnAlarm | cloudwatch.CfnCompositeAlarm) -> Mapping[str, Any]:
    """The properties of `alarm` as the template will have them, in three calls into jsii."""
    # One call each where public attributes would take one a property.
    rendered = alarm._render_properties(alarm._cfn_properties)  # noqa: SLF001 - see above
    return cast("Mapping[str, Any]", cdk.Stack.of(alarm).resolve(rendered))


def check_possible(
    check: Check, alarm: cloudwatch.CfnAlarm, watched: Range | None = None
) -> Mapping[str, Any]:
    """The properties of `alarm`, once nothing in them keeps it from doing its work.

    Args:
        check: fails on behalf of the alarm.
        alarm: the alarm.
        watched: the range of what it watches. Left out: what is known of its metric.
    """
    properties = properties_of(alarm)
    found = next(impossible(properties, watched or _duration_of_function(alarm, properties)), None)
    if found is not None:
        check.fail(found.problem, remedy=found.remedy)
    return properties


def _duration_of_function(alarm: cloudwatch.CfnAlarm, properties: Mapping[str, Any]) -> Range | None:
    """The range of a Lambda duration, where the function is in the app and has a timeout."""
    statistic = properties.get("Statistic") or properties.get("ExtendedStatistic")
    if (properties.get("Namespace"), properties.get("MetricName")) != ("AWS/Lambda", "Duration"):
        return None
    if statistic in ("Sum", "SampleCount"):
        return None
    given = cast("list[cloudwatch.CfnAlarm.DimensionProperty]", alarm.dimensions or [])
    for dimension in given:
        if dimension.name != "FunctionName" or not is_token(dimension.value):
            continue
        for token in cdk.Tokenization.reverse_string(dimension.value).tokens:
            function = getattr(token, "target", None)
            if not isinstance(function, lambda_.CfnFunction):
                continue
            timeout = _DEFAULT_TIMEOUT if function.timeout is None else function.timeout
            if not is_token(timeout):
                return Range(
                    name=f"Duration {statistic} of a function with this timeout", highest=timeout * 1000
                )
    return None


@dataclass(frozen=True, kw_only=True)
class Telling:
    """What an alarm says, and to whom.

    Attributes:
        severity: who has to know.
        means: what it means when it rings.
        cause: the likely cause.
        query: what to run first.
        runbook: a link.
        route: what the alarm does; None for the stack's `AlarmTopic`.
    """

    severity: Severity
    means: str
    cause: str | None
    query: str | None
    runbook: str | None
    route: Route | None

    def check(self, check: Check) -> None:
        """Fail unless every part is of its kind."""
        check.instance("severity", self.severity, Severity)
        check.require(
            isinstance(self.means, str) and bool(self.means.strip()),
            f"means is {self.means!r}.",
            remedy="Say in a sentence what it means when this alarm rings.",
        )
        for name in ("cause", "query", "runbook"):
            check.instance(name, getattr(self, name), str, None)
        check_route(check, self.route)

    def describe(
        self, check: Check, resource: cloudwatch.CfnAlarm | cloudwatch.CfnCompositeAlarm, measured: str
    ) -> None:
        """Give `resource` its description, of which `measured` is the first sentence."""
        text = in_words(
            self.severity,
            measured,
            means=self.means,
            cause=self.cause,
            query=self.query,
            runbook=self.runbook,
        )
        check.require(
            is_token(text) or len(text) <= LONGEST_DESCRIPTION,
            f"its description has {len(text)} characters, more than the {LONGEST_DESCRIPTION} that CloudWatch takes.",
            remedy="Shorten means, cause or query; details belong in the runbook.",
        )
        resource.alarm_description = text

    def actions(self, alarm: cloudwatch.AlarmBase) -> AlarmRoute:
        """What `alarm` does; the stack's topic is made only where it is needed."""
        if self.route is None and self.severity is Severity.INFO:
            return AlarmRoute.silent()
        return actions_of(route_or_topic(alarm, self.route), self.severity)


class LimitedActions(cloudwatch.AlarmBase):
    """An alarm of CDK that refuses actions it cannot take, whenever they are added.

    Attributes:
        CAN_SCALE: whether it may change a capacity or stop a machine.
    """

    CAN_SCALE: ClassVar[bool] = True

    def tell(self, check: Check, telling: Telling) -> None:
        """Route this alarm, once its actions are checked."""
        actions = telling.actions(self)
        for given in actions.by_state().values():
            self._refuse_scaling(check, given)
        apply_route(self, self, actions)

    def add_alarm_action(self, *actions: cloudwatch.IAlarmAction) -> None:
        """Do this, too, on the way to ALARM."""
        self._check_actions("alarm", actions)
        super().add_alarm_action(*actions)

    def add_ok_action(self, *actions: cloudwatch.IAlarmAction) -> None:
        """Do this, too, on the way to OK."""
        self._check_actions("ok", actions)
        super().add_ok_action(*actions)

    def add_insufficient_data_action(self, *actions: cloudwatch.IAlarmAction) -> None:
        """Do this, too, on the way to INSUFFICIENT_DATA."""
        self._check_actions("insufficient_data", actions)
        super().add_insufficient_data_action(*actions)

    def _check_actions(self, state: str, actions: Sequence[cloudwatch.IAlarmAction]) -> None:
        scope = self.node.scope
        check = Check(cast("Construct", scope), self.node.id)
        self._refuse_scaling(check, actions)
        counts: dict[str, int] = self.__dict__.setdefault("_action_counts", {})
        count = counts.get(state, 0) + len(actions)
        check.require(
            count <= _MOST_ACTIONS,
            f"it has {count} {state} actions.",
            remedy=f"An alarm takes {_MOST_ACTIONS} per state: send one to a topic and subscribe there.",
        )
        counts[state] = count

    def _refuse_scaling(self, check: Check, actions: Sequence[object]) -> None:
        for action in actions:
            scaling = _SCALING & {kind.__name__ for kind in type(action).__mro__}
            check.require(
                self.CAN_SCALE or not scaling,
                f"one of its actions is {'/'.join(scaling)}, which such an alarm cannot do.",
                remedy="Anomaly, query and composite alarms notify topics, run functions and open OpsItems; scale by "
                "an alarm on one metric.",
            )
