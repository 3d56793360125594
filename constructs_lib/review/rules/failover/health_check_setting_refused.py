from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.health_checks import INTERVALS, LENGTHS, RANGES, TYPES
from constructs_lib.review.knowledge.ranges import figure, outside
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.health_checks import health_checks_of
from constructs_lib.review.rule import Found, rule

__all__ = ["health_check_setting_refused"]


@rule(
    severity=Severity.ERROR,
    remedy="Set the property to a value that Route 53 takes, or leave it out.",
    source="https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html",
)
def health_check_setting_refused(stack: StackReading) -> Iterator[Found]:
    """A health check has a setting that Route 53 refuses."""
    for check in health_checks_of(stack):
        node, interval = check.node, check.number("RequestInterval")
        if check.type is not None and check.type not in TYPES:
            yield Found(
                node=node, message=f"{node.path} has the type {check.type}; it may be {', '.join(TYPES)}."
            )
        if interval is not None and interval not in INTERVALS:
            yield Found(
                node=node,
                message=f"{node.path} has a RequestInterval of {figure(interval)} s; it may be 10 or 30.",
            )
        for message in outside(node, RANGES):
            yield Found(node=node, message=message)
        for key, longest in LENGTHS.items():
            text = check.text(key)
            if text is not None and len(text) > longest:
                yield Found(
                    node=node,
                    message=f"{node.path} has a {key} of {len(text)} characters; it may have {longest}.",
                )
