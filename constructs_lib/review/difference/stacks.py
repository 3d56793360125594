"""Stacks that are only on one side: CloudFormation leaves alone what an app no longer has."""

from collections.abc import Iterator

from constructs_lib.review.difference.matching import Comparison
from constructs_lib.review.difference.words import Told
from constructs_lib.review.finding import Severity

__all__ = ["stack_changes"]


def stack_changes(comparison: Comparison) -> Iterator[Told]:
    """Stacks that are gone or new; those that are nested are told of by their resources."""
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
