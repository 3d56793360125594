from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.tables import tables_of
from constructs_lib.review.rule import Found, rule

__all__ = ["replicas_in_one_region"]


@rule(
    severity=Severity.ERROR,
    remedy="Give each Region once.",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html",
)
def replicas_in_one_region(stack: StackReading) -> Iterator[Found]:
    """A table has two replicas in one Region; a global table has one in each."""
    for table in tables_of(stack):
        regions = table.regions or []
        twice = {each for each in regions if regions.count(each) > 1}
        if twice:
            yield Found(
                node=table.node, message=f"{table.node.path} has {', '.join(sorted(twice))} more than once."
            )
