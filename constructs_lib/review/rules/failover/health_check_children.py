from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.health_checks import health_checks_of
from constructs_lib.review.rule import Found, rule

__all__ = ["health_check_children"]

_MOST: Final = 256


@rule(
    severity=Severity.ERROR,
    remedy="Sum up the health checks in steps, or watch fewer.",
    source="https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html",
)
def health_check_children(stack: StackReading) -> Iterator[Found]:
    """A calculated health check has more children than Route 53 takes."""
    for check in health_checks_of(stack):
        children = check.children or ()
        if len(children) > _MOST:
            yield Found(
                node=check.node,
                message=f"{check.node.path} has {len(children)} children; it may have {_MOST}.",
            )
