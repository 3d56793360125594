"""What rules about data share: what CloudFormation does with it, and the calls that back it up."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from constructs_lib.review.knowledge.stateful import STATEFUL
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.data import at
from constructs_lib.review.reading.tables import TABLES, table_of
from constructs_lib.review.rules.schedules.common import SCHEDULE, definition_of, tasks_of

__all__ = [
    "CLUSTER",
    "INSTANCE",
    "KEPT",
    "Call",
    "calls_of",
    "is_part",
    "is_protected",
    "policy_written",
]

INSTANCE: Final = "AWS::RDS::DBInstance"
CLUSTER: Final = "AWS::RDS::DBCluster"
KEPT: Final = ("Retain", "RetainExceptOnCreate", "Snapshot")
"""Policies with which data, or a copy of it, stays."""
_BY_SCHEDULE: Final = ":scheduler:::aws-sdk:"
_BY_TASK: Final = ":states:::aws-sdk:"
_MACHINE: Final = "AWS::StepFunctions::StateMachine"


@dataclass(frozen=True)
class Call:
    """A call of an AWS API that a schedule or a state machine makes without code.

    Attributes:
        by: the schedule or the state machine.
        arguments: what it passes.
    """

    by: Node
    arguments: Mapping[str, Any]

    @property
    def table(self) -> Node | None:
        """The table at hand that it names."""
        name = self.arguments.get("TableArn", self.arguments.get("TableName"))
        return self.by.stack.find(name, *TABLES)


def calls_of(stack: StackReading, action: str) -> Iterator[Call]:
    """The calls of an action, such as ``dynamodb:createBackup``, that schedules and state machines of a stack make."""
    for schedule in stack.of_type(SCHEDULE):
        arn, written = schedule.value("Target", "Arn"), schedule.value("Target", "Input")
        if isinstance(arn, str) and arn.endswith(f"{_BY_SCHEDULE}{action}"):
            yield Call(schedule, _parsed(written))
    for machine in stack.of_type(_MACHINE):
        for _, task in tasks_of(definition_of(machine)):
            resource = str(at(task, "Resource"))
            if resource.removesuffix(".waitForTaskToken").endswith(f"{_BY_TASK}{action}"):
                given = at(task, "Parameters") or at(task, "Arguments")
                yield Call(machine, given if isinstance(given, Mapping) else {})


def policy_written(node: Node, key: str, default: str) -> str | None:
    """The DeletionPolicy or UpdateReplacePolicy of a resource; None where it is known only at deployment."""
    written = node.resource.declared.get(key, default)
    return written if isinstance(written, str) else None


def is_protected(node: Node) -> bool | None:
    """Whether nobody can delete a resource that holds data; None where that is unknown."""
    kind = STATEFUL[node.type]
    if node.type in TABLES:
        return table_of(node).protected
    if not kind.protection or not node.has(kind.protection):
        return False
    text = node.text(kind.protection)
    return None if text is None else text.lower() == kind.on.lower()


def is_part(node: Node) -> bool:
    """Whether the data of a resource may be another's."""
    return any(node.has(each) for each in STATEFUL[node.type].part_of)


def _parsed(written: Any) -> Mapping[str, Any]:
    try:
        found = json.loads(written) if isinstance(written, str) else written
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, Mapping) else {}
