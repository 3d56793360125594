from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.schedules.common import SCHEDULE

__all__ = ["schedule_time_zone"]


@rule(
    severity=Severity.ERROR,
    remedy="Name a time zone of the IANA database, such as Europe/Berlin, or leave it out for UTC.",
    source="https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html",
)
def schedule_time_zone(stack: StackReading) -> Iterator[Found]:
    """A schedule names a time zone that does not exist: EventBridge Scheduler refuses it."""
    for node in stack.of_type(SCHEDULE):
        zone = node.text("ScheduleExpressionTimezone")
        if zone and not _exists(zone):
            yield Found(node=node, message=f"{node.path} is in the time zone {zone}.")


def _exists(zone: str) -> bool:
    """Whether a time zone exists, on a machine that knows all."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: PLC0415 - few templates name a time zone

    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return not _knows_all()
    return True


def _knows_all() -> bool:
    """Whether this machine has old names as well, which some systems keep in a package of their own."""
    from zoneinfo import available_timezones  # noqa: PLC0415 - see above

    return "US/Eastern" in available_timezones()
