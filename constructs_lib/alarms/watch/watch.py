"""An aspect that gives alarms to whatever an app has and nobody watches."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NoReturn
from weakref import WeakKeyDictionary

import jsii
from aws_cdk import IAspect, Stack, Stage
from aws_cdk.aws_cloudwatch import CfnAlarm, CfnCompositeAlarm
from constructs import IConstruct

from constructs_lib.alarms.routing.route import Route
from constructs_lib.alarms.table.resolution import check_settings
from constructs_lib.alarms.table.settings import AlarmSetSettings
from constructs_lib.alarms.watch.equipping import Equipment, RouteOfStack, stack_topic
from constructs_lib.alarms.watch.kinds import KINDS
from constructs_lib.alarms.watch.planning import NOTIFIED, LeftOut, Options, Survey
from constructs_lib.alarms.watch.selection import Select, check_selection
from constructs_lib.alarms.watch.summary import tell_no_room, tell_of_stack, tell_unused
from constructs_lib.alarms.watch.tree import Tree, below
from constructs_lib.checks import Check, ConfigurationError

__all__ = ["Watch"]

# The stacks of each tree that were told by now: a tree can be synthesized again.
_TOLD: WeakKeyDictionary[IConstruct, set[str]] = WeakKeyDictionary()


@jsii.implements(IAspect)
class Watch:
    """Gives alarms to every resource of an app, or of a part of it, that nobody watches.

    ``Aspects.of(app).add(Watch())`` is all that an app needs. Alarms stand below a construct of their own in the stack
    of what they watch; nothing that the app had is changed. What has an alarm already, wherever it stands, is left
    alone, so that a second `Watch` adds nothing to what a first one watches. What is made under a condition has alarms
    under the same condition.

    CDK does not let an aspect reach from an app into a `Stage`: add one to each.
    """

    def __init__(
        self,
        *,
        route: RouteOfStack | None = None,
        include: Sequence[str | Select] = (),
        exclude: Sequence[str | Select] = (),
        settings: Mapping[str, AlarmSetSettings | Sequence[AlarmSetSettings]] | None = None,
        helpers: bool = False,
        nested_stacks: bool = False,
        construct_id: str = "Watch",
    ) -> None:
        """Say what is watched, and how.

        Args:
            route: gives the route of the alarms of a stack, and of those nested in it. It is called once for each stack
                in which something gets alarms, since a topic serves one account and Region. Left out: the stack's
                `AlarmTopic`, made on first use.
            include: patterns for the paths of what is watched, or `Select`. Left out: everything.
            exclude: likewise of what is not, whatever `include` says.
            settings: the settings of alarms, of one service or several, by a pattern for paths; ``**`` means
                everything. Of those that fit a resource the last counts. Left out: the defaults of each service.
            helpers: also watch what CDK makes for its custom resources. Left out, it is not watched: where it fails,
                the deployment that waits for it fails.
            nested_stacks: whether the alarms of a stack that has no room for them go into nested stacks of it. Left
                out, that stack gets none, and a warning says so.
            construct_id: the id of what the alarms of a stack stand below.

        Raises:
            ConfigurationError: an argument that cannot work.
        """
        self._check = _Check()
        self._check.require(
            route is None or callable(route),
            f"route is {route!r}.",
            remedy="A topic serves one account and Region: give a function of the stack, such as "
            "route=lambda stack: AlarmRoute.to_topic(...).",
        )
        for name, given in (("include", include), ("exclude", exclude)):
            check_selection(self._check, name, given, KINDS)
        for name, flag in (("helpers", helpers), ("nested_stacks", nested_stacks)):
            self._check.instance(name, flag, bool)
        self._check.instance("construct_id", construct_id, str)
        self._options = Options(
            include=tuple(include),
            exclude=tuple(exclude),
            settings=_checked_settings(self._check, settings or {}),
            helpers=helpers,
        )
        self._route_of = route or stack_topic
        self._nested_stacks = nested_stacks
        self._construct_id = construct_id
        self._routes: WeakKeyDictionary[IConstruct, dict[str, Route]] = WeakKeyDictionary()
        self._scope: tuple[IConstruct, str, bool] | None = None

    def visit(self, node: IConstruct) -> None:
        """Watch all that is below the construct that this was added to, when CDK comes to that one.

        The alarms are there before CDK goes on, so that the other aspects of the app visit them: tags, for example.
        """
        if self._covers(node):
            return
        root, scope = node.node.root, node.node.path
        self._scope = (root, scope, isinstance(node, Stage))
        survey = Survey(root, scope, self._options, self._check)
        if survey.beyond:
            self._fail_beyond(survey)
        equipment = Equipment(
            survey.tree,
            self._check,
            construct_id=self._construct_id,
            nested_stacks=self._nested_stacks,
            route_of=self._route_of,
            routes=self._routes.setdefault(root, {}),
        )
        equipment.equip(survey.plans)
        self._tell(root, survey, equipment)

    def _covers(self, node: IConstruct) -> bool:
        """Whether `node` was looked at when CDK came to a construct above it."""
        if self._scope is None or isinstance(node, Stage):
            return False
        root, scope, whole_stage = self._scope
        # Where the type tells, that saves calls into jsii: CDK visits every construct of the tree.
        if isinstance(node, CfnAlarm | CfnCompositeAlarm) or (whole_stage and not isinstance(node, Stack)):
            return True
        visited = node.node
        path = visited.path
        return path != scope and below(path, scope) and visited.root is root

    def _fail_beyond(self, survey: Survey) -> NoReturn:
        stages = ", ".join(survey.beyond)
        found = sum(len(each) for each in survey.beyond.values())
        self._check.fail(
            f"in {stages}, resources without alarms: {found}. The aspect does not reach from here into a Stage, which "
            "CDK synthesizes by itself.",
            remedy="Add one to each: Aspects.of(stage).add(Watch()). Or leave it out: "
            "Watch(exclude=[stage.node.path]).",
        )

    def _tell(self, root: IConstruct, survey: Survey, equipment: Equipment) -> None:
        left_out: dict[str, list[LeftOut]] = defaultdict(list)
        for each in survey.left_out:
            left_out[each.resource.stack].append(each)
        for path, plans in equipment.notified.items():
            left_out[path] += [
                LeftOut(resource=plan.resource, kind=plan.kind, reason=NOTIFIED) for plan in plans
            ]
        told = _TOLD.setdefault(root, set())
        for path, stack in survey.tree.stacks.items():
            made = equipment.made.get(path, [])
            if made or path not in told:
                tell_of_stack(stack, made, left_out[path])
                told.add(path)
            if path in equipment.no_room:
                tell_no_room(stack, equipment.no_room[path], nested_stacks=self._nested_stacks)
        first = _stack_to_tell(survey.tree, survey.scope)
        if survey.unused and first is not None:
            tell_unused(first, survey.unused)


class _Check(Check):
    """Checks on behalf of an aspect, which has no path."""

    def __init__(self) -> None:
        """Speak for `Watch`."""

    def fail(self, problem: str, *, remedy: str, cause: Exception | None = None) -> NoReturn:
        raise ConfigurationError(f"Watch: {problem} {remedy}") from cause


def _checked_settings(
    check: Check, given: Mapping[str, AlarmSetSettings | Sequence[AlarmSetSettings]]
) -> Mapping[str, Sequence[AlarmSetSettings]]:
    check.instance("settings", given, dict)
    kinds = {kind.settings: kind for kind in KINDS.values()}
    names = ", ".join(sorted(each.__name__ for each in kinds))
    found: dict[str, Sequence[AlarmSetSettings]] = {}
    for pattern, value in given.items():
        check.require(
            isinstance(pattern, str) and bool(pattern.strip("/")),
            f"settings has the key {pattern!r}.",
            remedy="Give a pattern for paths; '**' means everything.",
        )
        check.instance(f"settings[{pattern!r}]", value, AlarmSetSettings, list, tuple)
        found[pattern] = [value] if isinstance(value, AlarmSetSettings) else list(value)
        for each in found[pattern]:
            check.require(
                type(each) in kinds,
                f"settings[{pattern!r}] holds {each!r}.",
                remedy=f"Give one of {names}.",
            )
            check_settings(check, kinds[type(each)].alarms.TABLE, each, name=f"settings[{pattern!r}]")
    return found


def _stack_to_tell(tree: Tree, scope: str) -> Stack | None:
    """The stack whose output shows what concerns `scope` as a whole."""
    stage = tree.stage_of(scope)
    around = [stack for path, stack in tree.stacks.items() if below(scope, path)]
    inside = [
        stack for path, stack in tree.stacks.items() if below(path, scope) and tree.stage_of(path) == stage
    ]
    return next(iter([*around[-1:], *inside]), None)
