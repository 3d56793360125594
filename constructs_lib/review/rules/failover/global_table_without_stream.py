from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.tables import tables_of
from constructs_lib.review.rule import Found, rule

__all__ = ["global_table_without_stream"]


@rule(
    severity=Severity.ERROR,
    remedy="Give StreamSpecification with StreamViewType NEW_AND_OLD_IMAGES.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-dynamodb-globaltable-streamspecification.html",
)
def global_table_without_stream(stack: StackReading) -> Iterator[Found]:
    """A global table of several Regions has no stream, from which it would be replicated."""
    for table in tables_of(stack):
        if table.replicas is None or len(table.replicas) < 2 or table.node.has("GlobalTableSourceArn"):  # noqa: PLR2004 - several
            continue
        eventual = table.node.text("MultiRegionConsistency", default="EVENTUAL") == "EVENTUAL"
        if eventual and not table.node.has("StreamSpecification"):
            yield Found(
                node=table.node,
                message=f"{table.node.path} has {len(table.replicas)} replicas and no StreamSpecification.",
            )
