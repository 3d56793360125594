from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.health_checks import NEEDED
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.health_checks import health_checks_of
from constructs_lib.review.rule import Found, rule

__all__ = ["health_check_incomplete"]


@rule(
    severity=Severity.ERROR,
    remedy="Give the setting that its type needs.",
    source="https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html",
)
def health_check_incomplete(stack: StackReading) -> Iterator[Found]:
    """A health check lacks what its type needs: Route 53 refuses it."""
    for check in health_checks_of(stack):
        for names in NEEDED.get(check.type or "", ()):
            if not any(check.has(each) for each in names):
                yield Found(
                    node=check.node,
                    message=f"{check.node.path} is of the type {check.type} and has no {' or '.join(names)}.",
                )
