from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.queues.common import MAPPING, PIPE, Kind, enabled, kind_of

__all__ = ["stream_read_by_many"]

_MOST: Final = 2


@rule(
    severity=Severity.WARNING,
    remedy="Let one function fan out, or send the changes to a Kinesis stream or an event bus.",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.Lambda.html",
)
def stream_read_by_many(stack: StackReading) -> Iterator[Found]:
    """More than two read the stream of one table: DynamoDB throttles them."""
    readers = stack.whole.referring((MAPPING, PIPE), _table_of)
    for table in stack.of_type("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"):
        found = [each for each in readers.get(table, ()) if each.surely_made and enabled(each)]
        if len(found) > _MOST:
            yield Found(
                node=table, message=f"The stream of {table.path} has {len(found)} readers; it may be {_MOST}."
            )


def _table_of(reader: Node) -> list[Node | None]:
    arn = reader.value("EventSourceArn" if reader.type == MAPPING else "Source")
    found = reader.stack.find(arn)
    return [found if kind_of(reader) is Kind.TABLE else None]
