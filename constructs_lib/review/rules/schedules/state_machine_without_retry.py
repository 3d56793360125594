from collections.abc import Iterator, Mapping
from typing import Any, Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import at, has, items_of
from constructs_lib.review.reading.states_language import BRANCHES
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.schedules.common import definition_of

__all__ = ["state_machine_without_retry"]

_HANDLERS: Final = ("Retry", "Catch")


@rule(
    severity=Severity.WARNING,
    remedy="Add Retry for errors that pass, such as Lambda.ServiceException and Lambda.TooManyRequestsException, and "
    "Catch for the others (add_retry and add_catch in the CDK).",
    source="https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html",
)
def state_machine_without_retry(stack: StackReading) -> Iterator[Found]:
    """A task has neither Retry nor Catch: a moment's error of a service fails the whole execution."""
    for node in stack.of_type("AWS::StepFunctions::StateMachine"):
        bare = list(_bare_tasks(definition_of(node)))
        if bare:
            yield Found(node=node, message=f"{node.path} has neither Retry nor Catch in {', '.join(bare)}.")


def _bare_tasks(definition: Any) -> Iterator[str]:
    """Tasks that neither handle their errors nor are within a state that does."""
    open_ = [definition]
    while open_:
        states = at(open_.pop(), "States")
        for name, state in states.items() if isinstance(states, Mapping) else ():
            if any(has(state, key) for key in _HANDLERS):
                continue
            if at(state, "Type") == "Task":
                yield str(name)
            open_ += [inner for key in BRANCHES for inner in items_of(at(state, key))]
