from collections.abc import Iterator, Mapping
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.functions import function_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import FUNCTION, readings, title, watched

__all__ = ["iterator_age_without_stream"]

_SOURCES: Final[Mapping[str, tuple[str, ...]]] = {
    "IteratorAge": ("AWS::Kinesis::", "AWS::DynamoDB::", "AWS::DocDB::", ":kinesis:", ":dynamodb:", ":rds:"),
    "OffsetLag": ("AWS::MSK::", ":kafka:"),
}


@rule(
    severity=Severity.WARNING,
    remedy="Watch the function that reads the stream, or ApproximateAgeOfOldestMessage of a queue.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html",
)
def iterator_age_without_stream(stack: StackReading) -> Iterator[Found]:
    """An alarm is on the age of records from a stream, and the function reads none, so it never has data."""
    for alarm, metric in readings(stack):
        node = watched(alarm, metric, "FunctionName", FUNCTION)
        kinds = _SOURCES.get(metric.name or "")
        if metric.namespace != "AWS/Lambda" or kinds is None or node is None:
            continue
        mappings = function_of(node).polled
        if mappings and not any(_is_of(each, kinds) for each in mappings):
            yield Found(
                node=alarm.node,
                message=f"{title(alarm, metric)} is on {metric.name} of {node.path}, whose source is "
                f"{mappings[0].value('EventSourceArn')}.",
            )


def _is_of(mapping: Node, kinds: tuple[str, ...]) -> bool:
    """Whether a mapping is of such a source, or of one that is unknown."""
    source = mapping.target("EventSourceArn")
    if source is not None:
        return source.type.startswith(kinds)
    arn = mapping.text("EventSourceArn")
    return arn is None or any(kind in arn for kind in kinds)
