from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import has
from constructs_lib.review.reading.records import Record
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.failover.common import answer_key, repeats

__all__ = ["failover_halves_share_target"]


@rule(
    severity=Severity.ERROR,
    remedy="Let the secondary lead to the other Region's endpoint.",
    source="https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-failover.html",
)
def failover_halves_share_target(stack: StackReading) -> Iterator[Found]:
    """Both halves of a failover lead to the same endpoint: it fails over to itself."""
    for record, first in repeats(stack, _target):
        yield Found(
            node=record.node,
            message=f"{record.title} leads to {', '.join(record.answers)}, as {first.title} does.",
        )


def _target(record: Record) -> tuple[str, ...] | None:
    return answer_key(record) if has(record.data, "Failover") else None
