"""Alarms over alarms: any of them, all of them, or at least so many."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, cast

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk.interfaces.aws_cloudwatch import IAlarmRef
from constructs import Construct

from constructs_lib.alarms.combined.alarm_rules import (
    LONGEST_RULE,
    MOST_CHILDREN,
    Child,
    Condition,
    fits,
    parts,
    rule,
)
from constructs_lib.alarms.combined.children import (
    Combinable,
    alarms_of,
    child_of,
    count_parent,
    named_children,
)
from constructs_lib.alarms.combined.told_twice import ToldTwiceCheck
from constructs_lib.alarms.own.limited_actions import LimitedActions
from constructs_lib.alarms.own.telling import Telling
from constructs_lib.alarms.routing.route import Route
from constructs_lib.alarms.table.definition import Severity
from constructs_lib.checks import Check

__all__ = ["CombinedAlarm", "Suppressor"]

_NEVER = "FALSE"


@dataclass(frozen=True, kw_only=True)
class Suppressor:
    """What keeps a combined alarm from acting: its state still changes.

    Attributes:
        alarm: while it rings, nobody is told.
        wait: how long the combined alarm, when it begins to ring, waits for `alarm` to ring too. Left out: one minute.
        extension: how long it keeps quiet after `alarm` has stopped to ring. Left out: one minute.
    """

    alarm: IAlarmRef
    wait: cdk.Duration | None = None
    extension: cdk.Duration | None = None


class CombinedAlarm(LimitedActions, cloudwatch.CompositeAlarm):
    """A composite alarm of CDK over any alarms of the same account and Region.

    Its rule refers to alarms by name. Where they are too many for one rule, there are composites between that tell
    nobody, each 0.50 US$ a month. Children must not tell whom it tells: synthesis fails then.

    Attributes:
        children: the alarms that it is made of.
        parts: the composites between, empty where one rule takes all children.
    """

    CAN_SCALE = False

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        children: Sequence[Combinable],
        means: str,
        rings_when: Literal["any", "all"] | int = "any",
        severity: Severity = Severity.WARNING,
        suppressor: Suppressor | None = None,
        cause: str | None = None,
        query: str | None = None,
        runbook: str | None = None,
        route: Route | None = None,
    ) -> None:
        """Ring while as many `children` ring as `rings_when` says.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            children: alarms, made or imported, combined ones among them; a set of alarms stands for its health. Give
                them the route `AlarmRoute.silent()`, or another one than this alarm's.
            means: what it means when it rings, a sentence for whoever is told.
            rings_when: how many children have to ring: any, all, or at least that number.
            severity: who has to know.
            suppressor: what keeps it from acting. Left out: nothing.
            cause: the likely cause; continues "Likely cause: ".
            query: what to run first; continues "First: ".
            runbook: a link for whoever is told.
            route: what the alarm does. Left out: it publishes to the stack's `AlarmTopic`, made on first use. Auto
                Scaling and EC2 actions are refused.

        Raises:
            ConfigurationError: the children cannot be combined that way, or CloudWatch would refuse it.
        """
        check = Check(scope, construct_id)
        telling = Telling(
            severity=severity, means=means, cause=cause, query=query, runbook=runbook, route=route
        )
        telling.check(check)
        alarms = alarms_of(check, children)
        condition = _condition(check, rings_when, len(alarms))
        _check_suppressor(check, suppressor, children)
        stack = cdk.Stack.of(scope)
        named = named_children(check, stack, alarms)
        whole = fits(named, condition)
        check.require(
            whole or not isinstance(condition, int),
            f"a rule on at least {condition} of {len(alarms)} children has more than {MOST_CHILDREN} children, or can "
            f"get longer than {LONGEST_RULE:,} characters.",
            remedy="Such a rule cannot be divided: give fewer, or shorter ids. Combine groups of them first.",
        )
        with check.all_or_nothing():
            super().__init__(
                scope,
                construct_id,
                alarm_rule=cloudwatch.AlarmRule.from_string(rule(named, condition) if whole else _NEVER),
                actions_suppressor=None if suppressor is None else suppressor.alarm,
                actions_suppressor_wait_period=None if suppressor is None else suppressor.wait,
                actions_suppressor_extension_period=None if suppressor is None else suppressor.extension,
            )
            self.children = tuple(children)
            self.parts: tuple[cloudwatch.CfnCompositeAlarm, ...] = ()
            resource = cast("cloudwatch.CfnCompositeAlarm", self.node.default_child)
            # CDK's own name is made of the path: two deployments of an app would want the same.
            resource.alarm_name = None
            if not whole:
                resource.alarm_rule = self._nest(stack, named, cast("Literal['any', 'all']", condition))
            telling.describe(check, resource, _sentence(condition, len(alarms)))
            self.tell(check, telling)
        count_parent(alarms)
        self.node.add_validation(ToldTwiceCheck(self))

    def _nest(self, stack: cdk.Stack, named: Sequence[Child], condition: Literal["any", "all"]) -> str:
        """The rule over composites that each take a part of the children."""
        made: list[cloudwatch.CfnCompositeAlarm] = []
        while not fits(named, condition):
            level = []
            for part in parts(named, condition):
                composite = cloudwatch.CfnCompositeAlarm(
                    self,
                    f"Part{len(made) + 1}",
                    alarm_rule=rule(part, condition),
                    alarm_description=f"A part of {self.node.path}; it tells nobody.",
                )
                made.append(composite)
                level.append(child_of(stack, composite.ref, stack.resolve(composite.ref)))
            named = level
        self.parts = tuple(made)
        return rule(named, condition)


def _condition(check: Check, rings_when: Condition, count: int) -> Condition:
    if isinstance(rings_when, int) and not isinstance(rings_when, bool):
        check.within("rings_when", rings_when, 1, count, unit="of the children")
        return "any" if rings_when == 1 else "all" if rings_when == count else rings_when
    check.require(
        rings_when in ("any", "all"), f"rings_when is {rings_when!r}.", remedy="Give any, all or a number."
    )
    return rings_when


def _check_suppressor(check: Check, suppressor: Suppressor | None, children: Sequence[Combinable]) -> None:
    check.instance("suppressor", suppressor, Suppressor, None)
    if suppressor is None:
        return
    check.require(
        hasattr(suppressor.alarm, "alarm_ref"),
        f"suppressor.alarm is {suppressor.alarm!r}.",
        remedy="Give a CloudWatch alarm of CDK, made or imported; of a set of alarms, its health.",
    )
    # A set of alarms stands for its health.
    covered = [getattr(child, "health", child) for child in children]
    check.require(
        all(child is not suppressor.alarm for child in covered),
        f"suppressor.alarm is {suppressor.alarm.node.path}, one of the children: while it rings, nobody is told of it.",
        remedy="Give an alarm on something else, such as a deployment, or leave it out of the children.",
    )
    for name in ("wait", "extension"):
        check.instance(f"suppressor.{name}", getattr(suppressor, name), cdk.Duration, None)


def _sentence(condition: Condition, count: int) -> str:
    if count == 1:
        return "Its alarm rings."
    match condition:
        case "any":
            return f"At least one of {count} alarms rings; the rule names them."
        case "all":
            return f"All of {count} alarms ring; the rule names them."
    return f"At least {condition} of {count} alarms ring; the rule names them."
