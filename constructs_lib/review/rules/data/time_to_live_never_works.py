from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import at, text_of
from constructs_lib.review.reading.tables import tables_of
from constructs_lib.review.rule import Found, rule

__all__ = ["time_to_live_never_works"]


@rule(
    severity=Severity.ERROR,
    remedy="Name an attribute that has seconds since 1970 as a number, which is in no key.",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html",
)
def time_to_live_never_works(stack: StackReading) -> Iterator[Found]:
    """A table's time to live names no attribute, or one that is no number: nothing ever expires."""
    for table in tables_of(stack):
        if not table.node.flag("TimeToLiveSpecification", "Enabled"):
            continue
        name = table.node.text("TimeToLiveSpecification", "AttributeName")
        if not table.node.has("TimeToLiveSpecification", "AttributeName"):
            yield Found(
                node=table.node, message=f"{table.node.path} has a time to live without AttributeName."
            )
        for each in table.node.items("AttributeDefinitions"):
            kind = text_of(at(each, "AttributeType"))
            if name is not None and text_of(at(each, "AttributeName")) == name and kind in ("S", "B"):
                yield Found(
                    node=table.node,
                    message=f"{table.node.path} has the time to live {name}, which is of the type {kind}, not N.",
                )
