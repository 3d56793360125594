"""What rules of deployments ask for: which alias shifts its traffic how, and which alarms would stop it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from constructs_lib.review.reading import Node, Reading, StackReading
from constructs_lib.review.reading.alarms import ALARM, Alarm, alarms_of, find_alarm
from constructs_lib.review.reading.data import at, text_of
from constructs_lib.review.reading.functions import callee_of
from constructs_lib.template import TemplateError

__all__ = ["APPLICATION", "GROUP", "Group", "Shift", "groups_of", "own_alarms", "seconds_of", "shifts_of"]

GROUP: Final = "AWS::CodeDeploy::DeploymentGroup"
APPLICATION: Final = "AWS::CodeDeploy::Application"
_HOOKS: Final = ("BeforeAllowTrafficHook", "AfterAllowTrafficHook")
_CONFIG: Final = "AWS::CodeDeploy::DeploymentConfig"
_PREDEFINED: Final = re.compile(
    r"CodeDeployDefault\.Lambda(?:(?P<once>AllAtOnce)|Canary10Percent(?P<canary>\d+)Minutes"
    r"|Linear10PercentEvery(?P<linear>\d+)Minutes?)"
)
"""https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html"""


@dataclass(frozen=True, kw_only=True)
class Shift:
    """How an alias comes to another version.

    Attributes:
        alias: which.
        policy: its CodeDeployLambdaAliasUpdate, references replaced by placeholders.
    """

    alias: Node
    policy: Mapping[str, Any]

    @property
    def group(self) -> Node | None:
        """The deployment group, where it is at hand."""
        return self.alias.stack.find(self.policy.get("DeploymentGroupName"), GROUP)

    @property
    def application(self) -> Node | None:
        """The application, where it is at hand."""
        return self.alias.stack.find(self.policy.get("ApplicationName"), APPLICATION)

    def hooks(self) -> Iterator[tuple[str, Node]]:
        """The functions at hand that look at the new version before and after it gets traffic."""
        for key in _HOOKS:
            if callee := callee_of(self.alias.stack, self.policy.get(key)):
                yield key, callee.function


class Group:
    """A deployment group of Lambda functions, and the aliases at hand that deploy through it."""

    def __init__(self, node: Node, aliases: Sequence[Node]) -> None:
        """See `node`, through which `aliases` deploy."""
        self.node = node
        self.aliases = aliases

    @cached_property
    def alarms(self) -> list[Node]:
        """Its alarms at hand."""
        found = [find_alarm(self.node.stack, each) for each in self.alarm_names]
        return [each for each in found if each is not None]

    @property
    def alarm_names(self) -> list[Any]:
        """The names of its alarms."""
        return [at(each, "Name") for each in self.node.items("AlarmConfiguration", "Alarms")]

    @property
    def functions(self) -> list[Node]:
        """The functions whose aliases deploy through it."""
        called = [callee_of(each.stack, each.value("FunctionName")) for each in self.aliases]
        return [each.function for each in called if each]

    @property
    def seconds(self) -> float | None:
        """From the first traffic of the new version until it has all of it; None where that is unknown."""
        name = self.node.value("DeploymentConfigName")
        config = self.node.stack.find(name, _CONFIG)
        return seconds_of(config) if config else _predefined(text_of(name))


def shifts_of(stack: StackReading) -> Iterator[Shift]:
    """The aliases of a stack that deploy through CodeDeploy."""
    for alias in stack.of_type("AWS::Lambda::Alias"):
        policy = alias.resource.declared.get("UpdatePolicy")
        try:
            found = at(stack.values.plain(policy), "CodeDeployLambdaAliasUpdate")
        except TemplateError:
            continue
        if isinstance(found, Mapping):
            yield Shift(alias=alias, policy=found)


def groups_of(stack: StackReading) -> Iterator[Group]:
    """The deployment groups of a stack that are of functions."""
    aliases = stack.whole.once("aliases by deployment group", _aliases)
    for node in stack.of_type(GROUP):
        application = node.target("ApplicationName", types=(APPLICATION,))
        of_lambda = application is not None and application.text("ComputePlatform") == "Lambda"
        if node in aliases or of_lambda:
            yield Group(node, aliases.get(node, ()))


def _aliases(whole: Reading) -> dict[Node, list[Node]]:
    found: dict[Node, list[Node]] = {}
    for stack in whole.stacks:
        for shift in shifts_of(stack):
            if shift.group is not None:
                found.setdefault(shift.group, []).append(shift.alias)
    return found


def own_alarms(group: Group) -> Iterator[Alarm]:
    """The alarms of a group as rules of alarms see them."""
    known = group.node.stack.whole.once(
        "alarms by node", lambda whole: {each.node: each for each in alarms_of(whole)}
    )
    return (known[each] for each in group.alarms if each.type == ALARM)


def seconds_of(config: Node) -> float | None:
    """How long a deployment configuration of the template takes."""
    kind = config.text("TrafficRoutingConfig", "Type")
    if kind == "AllAtOnce":
        return 0.0
    name = {"TimeBasedCanary": "Canary", "TimeBasedLinear": "Linear"}.get(kind or "")
    if name is None:
        return None
    share = config.number("TrafficRoutingConfig", kind or "", f"{name}Percentage")
    minutes = config.number("TrafficRoutingConfig", kind or "", f"{name}Interval")
    if minutes is None or not share or share < 0:
        return None
    return 60 * minutes * (1 if name == "Canary" else -(-100 // share) - 1)


def _predefined(name: str | None) -> float | None:
    found = _PREDEFINED.fullmatch(name or "")
    if found is None:
        return None
    if found["once"]:
        return 0.0
    return 60.0 * int(found["canary"]) if found["canary"] else 60.0 * 9 * int(found["linear"])
