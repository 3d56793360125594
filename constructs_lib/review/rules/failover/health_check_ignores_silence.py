from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.health_checks import health_checks_of
from constructs_lib.review.rule import Found, rule

__all__ = ["health_check_ignores_silence"]


@rule(
    severity=Severity.WARNING,
    remedy="Set InsufficientDataHealthStatus to Unhealthy, or do not count on missing data.",
    source="https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html",
)
def health_check_ignores_silence(stack: StackReading) -> Iterator[Found]:
    """An alarm rings when its metric falls silent, and the health check that follows it stays healthy then."""
    for check in health_checks_of(stack):
        if check.type != "CLOUDWATCH_METRIC" or check.alarm is None:
            continue
        status = check.text("InsufficientDataHealthStatus")
        unknown = check.has("InsufficientDataHealthStatus") and status is None
        if check.alarm.text("TreatMissingData") == "breaching" and status != "Unhealthy" and not unknown:
            says = f"has the status {status}" if status else "does not say"
            yield Found(
                node=check.node,
                message=f"{check.alarm.path} rings on missing data, and {check.node.path} {says} when data is missing.",
            )
