"""Puts alarms into the stacks of what they watch."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import cast

import aws_cdk as cdk

from constructs_lib.alarms.routing.route import Route, actions_of, check_route
from constructs_lib.alarms.routing.topic import AlarmTopic
from constructs_lib.alarms.sets.alarm_set import AlarmSet
from constructs_lib.alarms.table.definition import Severity
from constructs_lib.alarms.watch.conditions import condition_of, under
from constructs_lib.alarms.watch.home import Home
from constructs_lib.alarms.watch.kinds import TOPIC
from constructs_lib.alarms.watch.planning import Plan
from constructs_lib.alarms.watch.references import paths_in, resolved
from constructs_lib.alarms.watch.room import LARGEST_STACK, chunks, least, size
from constructs_lib.alarms.watch.tree import Tree
from constructs_lib.checks import Check

__all__ = ["Equipment", "RouteOfStack", "stack_topic"]

RouteOfStack = Callable[[cdk.Stack], Route]
"""The route of the alarms of one stack, and of the stacks that are nested in it."""

_CDK_METADATA = 1
"""What CDK may add to a stack at the end."""
_ALARM_TOPIC = 3
"""Topic, policy, key."""


def stack_topic(stack: cdk.Stack) -> Route:
    """The route to the stack's `AlarmTopic`, made on first use."""
    return AlarmTopic.of(stack).route


class Equipment:
    """Gives alarms to what a tree holds.

    Attributes:
        made: what was made, by the path of the stack of what it watches.
        no_room: what did not fit, likewise.
        notified: what was left out because the route leads to it, likewise.
    """

    def __init__(
        self,
        tree: Tree,
        check: Check,
        *,
        construct_id: str,
        nested_stacks: bool,
        route_of: RouteOfStack,
        routes: dict[str, Route],
    ) -> None:
        """Prepare to add to `tree`.

        Args:
            tree: the tree.
            check: who complains.
            construct_id: the id of what alarms stand below, in each stack.
            nested_stacks: whether alarms that do not fit go into nested stacks.
            route_of: gives the route of a stack.
            routes: the routes that it gave before, by the path of the stack.
        """
        self._tree = tree
        self._check = check
        self._id = construct_id
        self._nested_stacks = nested_stacks
        self._route_of = route_of
        self._routes = routes
        self._counts = Counter(tree.counts) + Counter(dict.fromkeys(tree.stacks, _CDK_METADATA))
        self.made: dict[str, list[Plan]] = defaultdict(list)
        self.no_room: dict[str, list[Plan]] = defaultdict(list)
        self.notified: dict[str, list[Plan]] = defaultdict(list)

    def equip(self, plans: Sequence[Plan]) -> None:
        """Make all of `plans` that fit, each stack with the route of its outermost stack."""
        by_outermost: dict[str, dict[str, list[Plan]]] = defaultdict(lambda: defaultdict(list))
        for plan in plans:
            stack = plan.resource.stack
            by_outermost[self._tree.outermost(stack)][stack].append(plan)
        for outermost, by_stack in by_outermost.items():
            fitting = self._could_fit(outermost, by_stack)
            if fitting:
                route = self._route(outermost)
                for stack, members in fitting.items():
                    self._equip(stack, self._without_notified(stack, members, route), route)

    def _could_fit(self, outermost: str, by_stack: Mapping[str, list[Plan]]) -> Mapping[str, list[Plan]]:
        """What may fit, as far as it is known before the route is: what cannot makes no topic either."""
        topic = 0 if outermost in self._routes or not self._makes_topic(outermost) else _ALARM_TOPIC
        found: dict[str, list[Plan]] = {}
        for stack, plans in by_stack.items():
            own = 1 if self._nested_stacks else sum(least(plan) for plan in plans)
            wanted = Counter({stack: own}) + Counter({outermost: topic})
            if all(self._counts[each] + more <= LARGEST_STACK for each, more in wanted.items()):
                found[stack] = plans
            else:
                self.no_room[stack] += plans
        return found

    def _makes_topic(self, stack: str) -> bool:
        known = self._tree.stacks[stack].node.try_find_child(AlarmTopic.ID)
        return self._route_of is stack_topic and known is None

    def _route(self, outermost: str) -> Route:
        if outermost not in self._routes:
            stack = self._tree.stacks[outermost]
            before = _resources(stack)
            route = self._route_of(stack)
            self._check.require(
                route is not None,
                f"route gave None for the stack {outermost}.",
                remedy="Return an AlarmRoute or a SeverityRoute; left out, it is the stack's AlarmTopic.",
            )
            check_route(Check(stack, self._id), route)
            self._counts[outermost] += _resources(stack) - before
            self._routes[outermost] = route
        return self._routes[outermost]

    def _without_notified(self, stack: str, plans: Sequence[Plan], route: Route) -> list[Plan]:
        """`plans` without those of topics that the route leads to: what cannot deliver cannot tell of it either."""
        if not any(plan.resource.type == TOPIC for plan in plans):
            return list(plans)
        arns = [actions_of(route, severity).topic_arns()["alarm"] for severity in Severity]
        notified = paths_in(resolved(self._tree.stacks[stack], arns))
        self.notified[stack] += [plan for plan in plans if plan.resource.path in notified]
        return [plan for plan in plans if plan.resource.path not in notified]

    def _equip(self, stack: str, plans: Sequence[Plan], route: Route) -> None:
        if not plans:
            return
        wanted = sum(size(plan, route) for plan in plans)
        conditions = {plan.resource.path: condition_of(plan.resource.construct) for plan in plans}
        groups = [list(plans)]
        nested = self._counts[stack] + wanted > LARGEST_STACK
        if nested:
            groups = _chunks_by_condition(plans, conditions, route) if self._nested_stacks else []
            wanted = len(groups)
        if not groups or self._counts[stack] + wanted > LARGEST_STACK:
            self.no_room[stack] += plans
            return
        self._counts[stack] += wanted
        home = self._home(self._tree.stacks[stack])
        ids = _logical_ids(self._tree.stacks[stack], plans)
        for group in groups:
            scope = cdk.NestedStack(home, _free_id(home)) if nested else home
            with under(conditions[group[0].resource.path] if nested else None, scope):
                for plan in group:
                    with under(None if nested else conditions[plan.resource.path], scope):
                        _alarms(plan.kind.alarms)(
                            scope,
                            ids[plan.resource.path] + plan.part,
                            rows=plan.rows,
                            subject=plan.subject,
                            route=route,
                        )
        home.watches |= {plan.resource.path for plan in plans}
        self.made[stack] += plans

    def _home(self, stack: cdk.Stack) -> Home:
        known = stack.node.try_find_child(self._id)
        if known is not None and not isinstance(known, Home):
            self._check.fail(
                f"the id {self._id!r} is taken by another construct in the stack {stack.node.path}.",
                remedy="Give alarms another one: Watch(construct_id='Alarms').",
            )
        return known or Home(stack, self._id)


def _chunks_by_condition(
    plans: Sequence[Plan], conditions: Mapping[str, cdk.CfnCondition | None], route: Route
) -> list[list[Plan]]:
    """`plans` for nested stacks, each of which can have one condition."""
    by_condition: dict[str, list[Plan]] = defaultdict(list)
    for plan in plans:
        condition = conditions[plan.resource.path]
        by_condition["" if condition is None else condition.node.path].append(plan)
    return [group for members in by_condition.values() for group in chunks(members, route)]


@cache
def _alarms(kind: type[AlarmSet]) -> type[AlarmSet]:
    """`kind` made of rows and a subject in place of a construct."""
    return cast("type[AlarmSet]", type(kind.__name__, (kind,), {"__init__": AlarmSet.__init__}))


def _resources(stack: cdk.Stack) -> int:
    return sum(isinstance(each, cdk.CfnResource) for each in stack.node.find_all())


def _logical_ids(stack: cdk.Stack, plans: Sequence[Plan]) -> Mapping[str, str]:
    """The logical id of what each of `plans` watches, by path: it stays when others come and go."""
    resources = {plan.resource.path: plan.resource.construct for plan in plans}
    ids = stack.resolve([each.logical_id for each in resources.values()])
    return dict(zip(resources, cast("list[str]", ids), strict=True))


def _free_id(home: Home) -> str:
    number = 1
    while home.node.try_find_child(f"More{number}") is not None:
        number += 1
    return f"More{number}"
