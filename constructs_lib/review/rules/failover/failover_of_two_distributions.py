from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import has
from constructs_lib.review.reading.records import Record
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.failover.common import is_cloudfront, repeats

__all__ = ["failover_of_two_distributions"]


@rule(
    severity=Severity.ERROR,
    remedy="Use one distribution with an origin group that fails over between origins, or another kind of target "
    "for one of the records.",
    source="https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html",
)
def failover_of_two_distributions(stack: StackReading) -> Iterator[Found]:
    """Both halves of a failover lead to CloudFront, which serves a name from one distribution only."""
    for record, first in repeats(stack, _distribution):
        yield Found(node=record.node, message=f"{record.title} leads to CloudFront, as {first.title} does.")


def _distribution(record: Record) -> bool | None:
    return True if has(record.data, "Failover") and is_cloudfront(record) else None
