from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.health_checks import NOT_FOR
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import surely_has
from constructs_lib.review.reading.health_checks import health_checks_of
from constructs_lib.review.rule import Found, rule

__all__ = ["health_check_setting_of_other_type"]


@rule(
    severity=Severity.ERROR,
    remedy="Leave the setting out, or give the health check the type that has it.",
    source="https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html",
)
def health_check_setting_of_other_type(stack: StackReading) -> Iterator[Found]:
    """A health check has a setting that its type has not: it is refused, or not what is looked at."""
    for check in health_checks_of(stack):
        for key, types in NOT_FOR.items():
            if check.type in types and surely_has(check.config, key):
                yield Found(
                    node=check.node, message=f"{check.node.path} is of the type {check.type} and has {key}."
                )
