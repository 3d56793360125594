"""The gaps of a schedule as CDK has it."""

from aws_cdk import aws_scheduler as scheduler

from constructs_lib.checks import is_token
from constructs_lib.schedules.largest_gap import Gap, largest_gap

__all__ = ["largest_gap_of"]

_USUAL_ZONE = "Etc/UTC"
"""https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html"""


def largest_gap_of(schedule: scheduler.ScheduleExpression) -> Gap | None:
    """The largest gap of `schedule` in its time zone; None where one of the two is known only at deployment.

    Raises:
        UnknownExpressionError: it cannot be told, or there is no next firing.
    """
    expression, zone = schedule.expression_string, schedule.time_zone
    zone_name = _USUAL_ZONE if zone is None else zone.timezone_name
    if is_token(expression) or is_token(zone_name):
        return None
    return largest_gap(expression, zone_name)
