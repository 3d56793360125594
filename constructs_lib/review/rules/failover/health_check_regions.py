from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.health_checks import CHECKER_REGIONS
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import is_known
from constructs_lib.review.reading.health_checks import health_checks_of
from constructs_lib.review.rule import Found, rule

__all__ = ["health_check_regions"]

_FEWEST: Final = 3


@rule(
    severity=Severity.ERROR,
    remedy="Name at least three of the Regions that Route 53 checks from, or leave Regions out: then it is all "
    "of them.",
    source="https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html",
)
def health_check_regions(stack: StackReading) -> Iterator[Found]:
    """A health check is made from fewer than three Regions, or from one without checkers: Route 53 refuses it."""
    for check in health_checks_of(stack):
        regions = check.value("Regions")
        if not isinstance(regions, list) or not is_known(regions):
            continue
        names = {str(each) for each in regions}
        if len(names) < _FEWEST or names - CHECKER_REGIONS:
            yield Found(
                node=check.node,
                message=f"{check.node.path} is made from {', '.join(sorted(names)) or 'no Region'}.",
            )
