from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading, event_patterns
from constructs_lib.review.reading.data import at
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.queues.common import MAPPING

__all__ = ["event_filter_invalid"]

_MOST: Final = 10


@rule(
    severity=Severity.ERROR,
    remedy="Write Pattern as a JSON object in whose lists the values stand, and at most 10 filters.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html",
)
def event_filter_invalid(stack: StackReading) -> Iterator[Found]:
    """An event source mapping has filters that Lambda refuses."""
    for mapping in stack.of_type(MAPPING):
        count = mapping.count("FilterCriteria", "Filters")
        if count is not None and count > _MOST:
            yield Found(node=mapping, message=f"{mapping.path} has {count} filters; it may be up to {_MOST}.")
        for number, each in enumerate(mapping.items("FilterCriteria", "Filters"), start=1):
            problem = event_patterns.problem_of(event_patterns.parsed(at(each, "Pattern")))
            if problem:
                yield Found(node=mapping, message=f"The filter {number} of {mapping.path} {problem}.")
