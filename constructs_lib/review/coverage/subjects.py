"""The resources of a stack that can fail, each as modes and incidents see it."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from constructs_lib.review.coverage.event_sources import rules, schedules, topics
from constructs_lib.review.coverage.functions import consumers, functions
from constructs_lib.review.coverage.services import apis, queues, state_machines, tables
from constructs_lib.review.coverage.subject import Subject
from constructs_lib.review.reading import StackReading

__all__ = ["subjects_of"]

_FINDERS: Final[tuple[Callable[[StackReading], Iterator[Subject]], ...]] = (
    functions,
    consumers,
    queues,
    tables,
    apis,
    state_machines,
    schedules,
    rules,
    topics,
)


def subjects_of(stack: StackReading) -> Sequence[Subject]:
    """What can fail in a stack, looked at once."""
    return stack.whole.once(
        f"coverage.subjects {stack.key}", lambda _: tuple(each for find in _FINDERS for each in find(stack))
    )
