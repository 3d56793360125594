from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.queues.common import MAPPING

__all__ = ["event_source_disabled"]


@rule(
    severity=Severity.WARNING,
    remedy="Set Enabled to true, or remove the event source mapping.",
    source="https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html",
)
def event_source_disabled(stack: StackReading) -> Iterator[Found]:
    """An event source mapping is switched off: nothing is read, and what waits expires."""
    for mapping in stack.of_type(MAPPING):
        if mapping.flag("Enabled") is False:
            yield Found(node=mapping, message=f"{mapping.path} has Enabled false.")
