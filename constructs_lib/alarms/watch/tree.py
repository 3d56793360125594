"""What a construct tree holds, as plain data."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import aws_cdk as cdk

from constructs_lib.alarms.watch.references import reference_to

__all__ = [
    "ALARM",
    "COMPOSITE",
    "FUNCTION",
    "LOG_GROUP",
    "QUALIFIED",
    "QUEUE",
    "ROLE",
    "Resource",
    "Tree",
    "below",
    "stack_of",
]

ALARM = "AWS::CloudWatch::Alarm"
COMPOSITE = "AWS::CloudWatch::CompositeAlarm"
FUNCTION = "AWS::Lambda::Function"
LOG_GROUP = "AWS::Logs::LogGroup"
QUEUE = "AWS::SQS::Queue"
ROLE = "AWS::IAM::Role"
QUALIFIED = ("AWS::Lambda::Alias", "AWS::Lambda::Version")


@dataclass(frozen=True, kw_only=True)
class Resource:
    """A resource of the tree.

    Attributes:
        construct: its L1 construct.
        type: the CloudFormation type.
        path: the path of its construct.
        stack: the path of its stack.
        environment: account and Region of its stack, as far as they are known.
        given: its properties as they were given; tokens are tokens.
        name: the name that its user gave it, if any.
        values: those in which references or names matter, as plain data.
    """

    construct: cdk.CfnResource
    type: str
    path: str
    stack: str
    environment: str
    given: Mapping[str, Any]
    name: str | None
    values: Mapping[str, Any]

    @property
    def marker(self) -> str:
        """How the values of other resources refer to it."""
        return reference_to(self.path)

    @property
    def known_as(self) -> str:
        """What its user calls it: the path without the id that L2 constructs give to their resource."""
        return self.path.removesuffix("/Resource")


@dataclass(frozen=True, kw_only=True)
class Tree:
    """What a tree holds.

    Attributes:
        resources: the resources of the types that matter here, in the order of the tree, by path.
        stacks: all stacks, by path.
        stages: the paths of all stages; that of an app is empty.
        counts: how many resources each stack has, by its path.
        scalers: the paths of all scaling policies.
        equipped: the paths of what has alarms of this package.
        alarming: the paths of what is part of alarms: alarms and their routes, not what they watch.
    """

    resources: Mapping[str, Resource]
    stacks: Mapping[str, cdk.Stack]
    stages: frozenset[str]
    counts: Counter[str]
    scalers: frozenset[str]
    equipped: frozenset[str]
    alarming: frozenset[str]

    def of_type(self, *types: str) -> list[Resource]:
        """The resources of any of `types`."""
        return [found for kind in types for found in self._by_type[kind]]

    def stage_of(self, path: str) -> str:
        """The path of the innermost stage that the construct at `path` is in, itself included."""
        return max((stage for stage in self.stages if below(path, stage)), key=len, default="")

    def is_alarming(self, path: str) -> bool:
        """Whether the construct at `path` is part of alarms."""
        while path and path not in self.alarming:
            path = path.rpartition("/")[0]
        return bool(path)

    def outermost(self, stack: str) -> str:
        """The path of the stack that the stack `stack` is nested in, at last; else `stack` itself."""
        while isinstance(self.stacks[stack], cdk.NestedStack):
            stack = stack_of(stack.rpartition("/")[0], self.stacks)
        return stack

    @cached_property
    def _by_type(self) -> Mapping[str, list[Resource]]:
        found: dict[str, list[Resource]] = defaultdict(list)
        for resource in self.resources.values():
            found[resource.type].append(resource)
        return found


def below(path: str, scope: str) -> bool:
    """Whether the construct at `path` is the one at `scope`, or below it."""
    return not scope or path == scope or path.startswith(f"{scope}/")


def stack_of(path: str, stacks: Mapping[str, cdk.Stack]) -> str:
    """The path of the one of `stacks` that the construct at `path` is in."""
    while path not in stacks:
        path = path.rpartition("/")[0]
    return path
