from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import is_known
from constructs_lib.review.reading.health_checks import HealthCheck, health_checks_of
from constructs_lib.review.reading.records import Record
from constructs_lib.review.rule import Found, rule

__all__ = ["health_check_asks_shared_name"]


@rule(
    severity=Severity.ERROR,
    remedy="Let the health check ask a name that leads to this endpoint only, such as its Region's.",
    source="https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html",
)
def health_check_asks_shared_name(stack: StackReading) -> Iterator[Found]:
    """A health check asks the name that it decides on: it is told the health of whatever that leads to at the time."""
    for check in health_checks_of(stack):
        if not check.sends_requests or check.host is None:
            continue
        found = next((each for each in check.records if each.policies and _is_name(check, each)), None)
        if found is not None:
            yield Found(
                node=check.node,
                message=f"{check.node.path} asks {check.host}, the name of {found.title}, which it decides on.",
            )


def _is_name(check: HealthCheck, record: Record) -> bool:
    # A placeholder means the same within a template only.
    comparable = is_known(check.host) or record.node.stack is check.node.stack
    return comparable and record.name == check.host
