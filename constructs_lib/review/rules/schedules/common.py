"""What rules about schedules share: targets of rules and schedules, patterns, and definitions of state machines."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from constructs_lib.review.knowledge import schedule_expressions
from constructs_lib.review.reading import Node, StackReading, event_patterns
from constructs_lib.review.reading.data import at, is_known, items_of, number_of
from constructs_lib.review.reading.queues import QUEUE, Queue, queue_of
from constructs_lib.review.reading.states_language import BRANCHES

__all__ = [
    "RULE",
    "SCHEDULE",
    "Target",
    "definition_of",
    "expression_of",
    "pattern_of",
    "runs_again_soon",
    "sure",
    "targets_of",
    "tasks_of",
    "waits",
]

RULE: Final = "AWS::Events::Rule"
SCHEDULE: Final = "AWS::Scheduler::Schedule"
_SOON: Final = 900
"""Seconds."""
_WAITING: Final = (".sync", ".sync:2", ".waitForTaskToken")


@dataclass(frozen=True)
class Target:
    """A target of a rule or a schedule.

    Attributes:
        by: the rule or schedule.
        data: the target as plain data.
        place: which of its targets it is, from 1.
    """

    by: Node
    data: Mapping[str, Any]
    place: int

    @property
    def name(self) -> str:
        """What people call it, at the beginning of a sentence."""
        return (
            self.by.path
            if self.by.type == SCHEDULE
            else f"The target {self.data.get('Id', self.place)} of {self.by.path}"
        )

    @property
    def path(self) -> str:
        """The path of the rule or schedule."""
        return self.by.path

    def number(self, *keys: str | int) -> float | None:
        """A figure of it; None where it is absent, unknown or none."""
        return number_of(at(self.data, *keys))

    @property
    def arn(self) -> str | None:
        """Its ARN, with placeholders."""
        arn = self.data.get("Arn")
        return arn if isinstance(arn, str) else None

    def find(self, *types: str) -> Node | None:
        """The resource at hand that it is, if it is one of `types`."""
        return self.by.stack.find(self.arn, *types)

    @cached_property
    def queue(self) -> Queue | None:
        """The queue at hand that it is."""
        found = self.find(QUEUE)
        return queue_of(found) if found else None

    @cached_property
    def dead_letters(self) -> Node | None:
        """The queue at hand that gets what could not be delivered."""
        return self.by.stack.find(at(self.data, "DeadLetterConfig", "Arn"), QUEUE)

    @cached_property
    def role(self) -> Node | None:
        """The role at hand with which it is called."""
        return self.by.stack.find(self.data.get("RoleArn"), "AWS::IAM::Role")


def targets_of(stack: StackReading, *types: str) -> Iterator[Target]:
    """The targets of the rules and schedules of a stack."""
    for node in stack.of_type(*types):
        found = node.items("Targets") if node.type == RULE else [node.value("Target")]
        yield from (
            Target(node, each, place) for place, each in enumerate(found, 1) if isinstance(each, Mapping)
        )


def expression_of(node: Node) -> str | None:
    """The schedule expression of a rule or a schedule, where it is known."""
    return node.text("ScheduleExpression")


def runs_again_soon(node: Node) -> bool:
    """Whether it is a schedule that is its own retry: what fails is made up for within a quarter of an hour."""
    expression = expression_of(node)
    period = schedule_expressions.period_of(expression) if expression else None
    return period is not None and period <= _SOON


def pattern_of(rule: Node) -> Any:
    """The event pattern of a rule; None where it has none, or it is unknown."""
    return event_patterns.parsed(rule.value("EventPattern"))


def definition_of(machine: Node) -> Any:
    """The definition of a state machine as an object; the text where it is no JSON; None where it is unknown."""
    if machine.has("Definition"):
        found = machine.value("Definition")
        return found if isinstance(found, Mapping) else None
    text = machine.value("DefinitionString")
    if not isinstance(text, str):
        return text if isinstance(text, Mapping) else None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        # A placeholder may stand for anything, such as an object without quotes around it.
        return text if is_known(text) else None


def _scopes_of(definition: Any) -> Iterator[Mapping[str, Any]]:
    """A definition, and those within its parallel states and maps."""
    open_ = [definition]
    while open_:
        each = open_.pop()
        if isinstance(each, Mapping):
            yield each
            for state in _states(each).values():
                open_ += [inner for key in BRANCHES for inner in items_of(at(state, key))]


def tasks_of(definition: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Name and state of the tasks of a definition, those within others as well."""
    for scope in _scopes_of(definition):
        for name, state in _states(scope).items():
            if at(state, "Type") == "Task":
                yield str(name), state


def waits(task: Mapping[str, Any]) -> bool:
    """Whether a task waits for somebody else: for a job, for a callback, or for a worker.

    https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html
    """
    resource = str(task.get("Resource"))
    return resource.endswith(_WAITING) or ":activity:" in resource


def _states(scope: Mapping[str, Any]) -> Mapping[str, Any]:
    states = scope.get("States")
    return states if isinstance(states, Mapping) else {}


def sure(*nodes: Node | None) -> bool:
    """Whether all of these resources are there, whatever the parameters are."""
    return all(each is not None and each.surely_made for each in nodes)
