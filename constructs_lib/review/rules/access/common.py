"""What the rules of this family share: who uses which role for what, and how to tell what it lacks."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.data import at
from constructs_lib.review.reading.functions import Function, callee_of
from constructs_lib.review.reading.statements import Statement

__all__ = ["ROLE", "calls_of", "destinations_of", "is_for_everybody", "missing_words"]

ROLE: Final = "AWS::IAM::Role"
_DESTINATIONS: Final = (("OnFailure", "Destination"), ("OnSuccess", "Destination"))


def destinations_of(function: Function) -> Iterator[tuple[Node, Node]]:
    """Where a function leaves dead letters and results: the resource that says so, and the queue, topic or other."""
    node = function.node
    found = [(node, node.value("DeadLetterConfig", "TargetArn"))]
    configured = dict.fromkeys([*function.async_configs.values(), *function.polled])
    found += [
        (each, each.value("DestinationConfig", *place)) for each in configured for place in _DESTINATIONS
    ]
    for by, value in found:
        if target := _resource_of(by.stack, value):
            yield by, target


def calls_of(stack: StackReading) -> Iterator[tuple[Node, object, Node, bool]]:
    """What schedules, rules and pipes call: by which resource, as which role, what, and whether it only reads."""
    for by in stack.of_type("AWS::Scheduler::Schedule", "AWS::Events::Rule", "AWS::Pipes::Pipe"):
        for role, value, reads in _links(by):
            if target := _resource_of(stack, value):
                yield by, role, target, reads


def is_for_everybody(statement: Statement) -> bool:
    """Whether a statement allows everybody something, on no condition."""
    named = [*statement.principals.get("*", ()), *statement.principals.get("AWS", ())]
    return (
        statement.allows and not statement.conditions and not statement.inverted_principals and "*" in named
    )


def missing_words(role: Node, actions: Sequence[str], target: Node | None = None) -> str:
    """What a role may not do, as the end of a sentence."""
    on = f" on {target.path}" if target else ""
    return f"its role {role.path} does not allow {', '.join(actions)}{on}"


def _links(by: Node) -> Iterator[tuple[object, object, bool]]:
    if by.type == "AWS::Pipes::Pipe":
        yield by.value("RoleArn"), by.value("Target"), False
        yield by.value("RoleArn"), by.value("Source"), True
        return
    for each in by.items("Targets" if by.type == "AWS::Events::Rule" else "Target"):
        yield at(each, "RoleArn"), at(each, "Arn"), False


def _resource_of(stack: StackReading, value: Any) -> Node | None:
    """The resource that a value names; of an alias or a version, the function."""
    called = callee_of(stack, value)
    return called.function if called else stack.find(value)
