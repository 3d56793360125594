from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.tables import tables_of
from constructs_lib.review.rule import Found, rule

__all__ = ["replica_of_own_region_missing"]


@rule(
    severity=Severity.ERROR,
    remedy="Add the stack's own Region to Replicas.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-globaltable.html",
)
def replica_of_own_region_missing(stack: StackReading) -> Iterator[Found]:
    """A global table has no replica in the Region of its stack: CloudFormation refuses it."""
    for table in tables_of(stack):
        regions = table.regions
        if regions and stack.region and stack.region not in regions:
            yield Found(
                node=table.node,
                message=f"{table.node.path} is in a stack of {stack.region} and has replicas in {', '.join(regions)}.",
            )
