from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import at, has, text_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.functions._provisioning import scalable_targets

__all__ = ["scaling_in_utc"]


@rule(
    severity=Severity.NOTE,
    remedy="Set Timezone, such as Europe/Berlin, if the hours are those of people; UTC if they are meant so.",
    source="https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScheduledAction.html",
)
def scaling_in_utc(stack: StackReading) -> Iterator[Found]:
    """Scaling at certain hours has no time zone: they are hours of UTC, and move with daylight saving time."""
    for node in scalable_targets(stack):
        for each in node.items("ScheduledActions"):
            schedule = text_of(at(each, "Schedule"))
            if schedule is not None and schedule.startswith("cron(") and not has(each, "Timezone"):
                yield Found(node=node, message=f"{node.path} has {schedule} without a Timezone.")
