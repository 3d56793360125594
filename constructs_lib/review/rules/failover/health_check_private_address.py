import ipaddress
from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.health_checks import health_checks_of
from constructs_lib.review.rule import Found, rule

__all__ = ["health_check_private_address"]


@rule(
    severity=Severity.ERROR,
    remedy="Check a public address or name, or let an alarm decide (Type: CLOUDWATCH_METRIC).",
    source="https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html",
)
def health_check_private_address(stack: StackReading) -> Iterator[Found]:
    """A health check asks an address that cannot be reached from the internet."""
    for check in health_checks_of(stack):
        text = check.text("IPAddress")
        try:
            address = ipaddress.ip_address(text or "")
        except ValueError:
            continue
        if not address.is_global or address.is_multicast:
            yield Found(
                node=check.node,
                message=f"{check.node.path} asks {text}, which is no address of the internet.",
            )
