"""Stacks that are gone, new or renamed: CloudFormation leaves alone what an app no longer has."""

from collections.abc import Iterator

from constructs_lib.review.difference.matching import Comparison
from constructs_lib.review.difference.words import Told
from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.replacements import STATEFUL
from constructs_lib.review.reading import StackReading

__all__ = ["stack_changes"]


def stack_changes(comparison: Comparison) -> Iterator[Told]:
    """Stacks that are gone or new; those that are nested are told of by their resources."""
    for old, new in comparison.stacks:
        if (
            old.template.parent is None
            and old.template.name != new.template.name
            and _names(comparison, old, new)
        ):
            holds = any(each.type in STATEFUL for each in new.nodes.values())
            yield Told(
                kind="renamed",
                stack=new,
                message=f"The stack {old.template.name} is called {new.template.name} now: CloudFormation makes a new "
                "stack of it, with resources of its own, and the old one stays until somebody deletes it.",
                severity=Severity.WARNING if holds else Severity.NOTE,
            )
    for stack in comparison.stacks_gone:
        if stack.template.parent is None:
            yield Told(
                kind="stack-gone",
                stack=stack,
                message=f"The stack {stack.template.name} is not there any more: what is deployed of it stays, and "
                "changes no more, until somebody deletes it.",
                severity=Severity.WARNING,
            )
    for stack in comparison.stacks_added:
        if stack.template.parent is None:
            what = f"{len(stack.nodes)} resource{'s' * (len(stack.nodes) != 1)}"
            yield Told(
                kind="stack-added",
                stack=stack,
                message=f"The stack {stack.template.name} is new, with {what}.",
            )


def _names(comparison: Comparison, old: StackReading, new: StackReading) -> bool:
    """Whether what two stacks are called are their names: of one file alone it is the file's."""
    several = sum(each.template.parent is None for each, _ in comparison.stacks) > 1
    return several or bool(old.template.construct_path and new.template.construct_path)
