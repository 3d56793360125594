from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.ranges import figure
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.health_checks import health_checks_of
from constructs_lib.review.rule import Found, rule

__all__ = ["health_check_threshold"]


@rule(
    severity=Severity.ERROR,
    remedy="Set HealthThreshold to at least 1 and at most the number of ChildHealthChecks.",
    source="https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html",
)
def health_check_threshold(stack: StackReading) -> Iterator[Found]:
    """A calculated health check never changes: its threshold is 0, or more than it has children."""
    for check in health_checks_of(stack):
        threshold, children = check.number("HealthThreshold"), check.children
        if check.type != "CALCULATED" or threshold is None or children is None:
            continue
        if threshold == 0:
            yield Found(
                node=check.node,
                message=f"{check.node.path} has a HealthThreshold of 0: it is always healthy.",
            )
        elif threshold > len(children) > 0:
            yield Found(
                node=check.node,
                message=f"{check.node.path} has a HealthThreshold of {figure(threshold)} and {len(children)} children: "
                "it is never healthy.",
            )
