from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.health_checks import HealthCheck
from constructs_lib.review.reading.records import group_of, records_of
from constructs_lib.review.rule import Found, rule

__all__ = ["health_check_in_failing_region"]


@rule(
    severity=Severity.WARNING,
    remedy="Put the alarm that decides into the standby Region, where it still has data when the primary Region "
    "has failed.",
    source="https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/rel_withstand_component_failures_avoid_control_plane.html",
)
def health_check_in_failing_region(stack: StackReading) -> Iterator[Found]:
    """Whether a primary is healthy is decided by an alarm in the primary's own Region, which fails together with it."""
    for record in records_of(stack):
        if record.failover != "PRIMARY" or record.check is None or record.target is None:
            continue
        check = HealthCheck(record.check)
        alarm, status = check.alarm, check.text("InsufficientDataHealthStatus")
        if check.type != "CLOUDWATCH_METRIC" or alarm is None or status == "Unhealthy":
            continue
        here = record.target.stack.region
        others = {
            each.target.stack.region
            for each in group_of(record)
            if each.target is not None and each is not record
        }
        if here and alarm.stack.region == here and others - {here, None}:
            yield Found(
                node=record.check,
                message=f"{record.title} leads to {here}, and {alarm.path}, which decides on it, is there, too.",
            )
