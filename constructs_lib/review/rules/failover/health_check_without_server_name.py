from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.health_checks import health_checks_of
from constructs_lib.review.rule import Found, rule

__all__ = ["health_check_without_server_name"]


@rule(
    severity=Severity.WARNING,
    remedy="Set EnableSNI to true, or leave it out.",
    source="https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html",
)
def health_check_without_server_name(stack: StackReading) -> Iterator[Found]:
    """An HTTPS health check does not send the name of its host: endpoints that serve several names refuse it."""
    for check in health_checks_of(stack):
        is_https = check.type in ("HTTPS", "HTTPS_STR_MATCH")
        if is_https and check.has("EnableSNI") and check.flag("EnableSNI") is False:
            yield Found(
                node=check.node,
                message=f"{check.node.path} is of the type {check.type} and has EnableSNI off.",
            )
