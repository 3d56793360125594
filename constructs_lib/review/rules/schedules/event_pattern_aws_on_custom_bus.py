from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading, event_patterns
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.schedules.common import RULE, pattern_of

__all__ = ["event_pattern_aws_on_custom_bus"]

_DEFAULT: Final = "default"


@rule(
    severity=Severity.WARNING,
    remedy="Leave EventBusName out: AWS services send to the default bus. If another bus forwards such events here, "
    "acknowledge it.",
    source="https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus.html",
)
def event_pattern_aws_on_custom_bus(stack: StackReading) -> Iterator[Found]:
    """A rule waits on a custom bus for events of an AWS service, which go to the default bus."""
    for node in stack.of_type(RULE):
        sources = event_patterns.values_at(pattern_of(node), "source") or []
        bus = node.stack.find(node.value("EventBusName"), "AWS::Events::EventBus")
        if bus is None or bus.text("Name") == _DEFAULT or not sources:
            continue
        # Events of partners come from aws.partner, to buses of their own.
        if all(
            isinstance(each, str) and each.startswith("aws.") and not each.startswith("aws.partner")
            for each in sources
        ):
            yield Found(
                node=node, message=f"{node.path} waits for events of {sources[0]} on the bus {bus.path}."
            )
