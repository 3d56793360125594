from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.records import (
    records_of,
)
from constructs_lib.review.rule import Found, rule

__all__ = ["cloudfront_health_evaluated"]


@rule(
    severity=Severity.WARNING,
    remedy="Leave EvaluateTargetHealth out, and give the record a health check where it has others to fail over "
    "to.",
    source="https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html",
)
def cloudfront_health_evaluated(stack: StackReading) -> Iterator[Found]:
    """A record is to evaluate the health of a CloudFront distribution, which Route 53 cannot."""
    for record in records_of(stack):
        target = record.target
        if record.evaluates is True and target is not None and target.type == "AWS::CloudFront::Distribution":
            yield Found(
                node=record.node,
                message=f"{record.title} evaluates the health of {target.path}, a distribution.",
            )
