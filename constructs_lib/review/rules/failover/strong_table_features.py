from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.tables import tables_of
from constructs_lib.review.rule import Found, rule

__all__ = ["strong_table_features"]


@rule(
    severity=Severity.ERROR,
    remedy="Leave it out, or leave MultiRegionConsistency out.",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html",
)
def strong_table_features(stack: StackReading) -> Iterator[Found]:
    """A strongly consistent table has what such tables cannot have: time to live, or local secondary indexes."""
    for table in tables_of(stack):
        if table.node.text("MultiRegionConsistency") != "STRONG":
            continue
        if table.node.flag("TimeToLiveSpecification", "Enabled"):
            yield Found(
                node=table.node, message=f"{table.node.path} is strongly consistent and has a time to live."
            )
        if table.node.count("LocalSecondaryIndexes"):
            yield Found(
                node=table.node,
                message=f"{table.node.path} is strongly consistent and has local secondary indexes.",
            )
