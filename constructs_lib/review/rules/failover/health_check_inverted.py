from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.health_checks import health_checks_of
from constructs_lib.review.rule import Found, rule

__all__ = ["health_check_inverted"]


@rule(
    severity=Severity.NOTE,
    remedy="Make sure that this is meant: with Inverted, an endpoint that answers counts as unhealthy.",
    source="https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html",
)
def health_check_inverted(stack: StackReading) -> Iterator[Found]:
    """A health check is inverted: it is healthy while its endpoint or alarm is not."""
    for check in health_checks_of(stack):
        if check.flag("Inverted") and check.flag("Disabled") is False:
            yield Found(node=check.node, message=f"{check.node.path} is inverted.")
