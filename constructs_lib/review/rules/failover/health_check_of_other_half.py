from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import is_known
from constructs_lib.review.reading.health_checks import HealthCheck
from constructs_lib.review.reading.records import Record, group_of, records_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.failover.common import sure

__all__ = ["health_check_of_other_half"]


@rule(
    severity=Severity.ERROR,
    remedy="Give the primary a health check of its own endpoint.",
    source="https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html",
)
def health_check_of_other_half(stack: StackReading) -> Iterator[Found]:
    """A primary record's health check asks the endpoint of the secondary: it fails over when that fails."""
    for record in records_of(stack):
        if record.failover != "PRIMARY" or record.check is None:
            continue
        check = HealthCheck(record.check)
        if not check.sends_requests or check.host is None or check.flag("Inverted") is not False:
            continue
        others = [each for each in group_of(record) if each.failover == "SECONDARY" and sure(each)]
        if _leads_to(record, check):
            continue
        for other in others:
            if _leads_to(other, check):
                yield Found(
                    node=record.node,
                    message=f"{record.title} is PRIMARY, and its health check {check.node.path} asks {check.host}, to "
                    f"which {other.title} leads.",
                )


def _leads_to(record: Record, check: HealthCheck) -> bool:
    if record.target is not None and record.target is check.endpoint:
        return True
    return is_known(check.host) and check.host in record.answers
