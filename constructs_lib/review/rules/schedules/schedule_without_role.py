from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import has
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.schedules.common import SCHEDULE, targets_of

__all__ = ["schedule_without_role"]


@rule(
    severity=Severity.ERROR,
    remedy="Set Target.RoleArn to a role that scheduler.amazonaws.com may assume and that may call the target.",
    source="https://docs.aws.amazon.com/scheduler/latest/APIReference/API_Target.html",
)
def schedule_without_role(stack: StackReading) -> Iterator[Found]:
    """A schedule's target has no role: EventBridge Scheduler refuses it."""
    for target in targets_of(stack, SCHEDULE):
        if not has(target.data, "RoleArn"):
            yield Found(node=target.by, message=f"{target.name} has no RoleArn in its Target.")
