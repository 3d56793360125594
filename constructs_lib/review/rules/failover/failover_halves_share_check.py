from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import has, surely_has
from constructs_lib.review.reading.records import Record
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.failover.common import repeats

__all__ = ["failover_halves_share_check"]


@rule(
    severity=Severity.ERROR,
    remedy="Give each record a health check of its own endpoint, or the secondary none.",
    source="https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html",
)
def failover_halves_share_check(stack: StackReading) -> Iterator[Found]:
    """Both halves of a failover have one health check: when it fails, Route 53 answers with the primary still."""
    for record, first in repeats(stack, _check):
        yield Found(node=record.node, message=f"{record.title} has the health check of {first.title}.")


def _check(record: Record) -> tuple[str, ...] | None:
    if not has(record.data, "Failover") or not surely_has(record.data, "HealthCheckId"):
        return None
    if record.check is not None:
        return record.check.stack.key, record.check.id
    return record.told_apart(record.data["HealthCheckId"])
