from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.health_checks import health_checks_of
from constructs_lib.review.rule import Found, rule

__all__ = ["health_check_disabled"]


@rule(
    severity=Severity.ERROR,
    remedy="Leave Disabled out, or set it to false.",
    source="https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html",
)
def health_check_disabled(stack: StackReading) -> Iterator[Found]:
    """A health check is disabled, and so always healthy: what it decides on never fails over."""
    for check in health_checks_of(stack):
        # Disabled and inverted, it is a switch that people set by hand.
        if check.flag("Disabled") and check.flag("Inverted") is False:
            yield Found(node=check.node, message=f"{check.node.path} is disabled, and so always healthy.")
