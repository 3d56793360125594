from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.ranges import Range, outside
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.schedules.common import SCHEDULE

__all__ = ["schedule_window"]

_KEY: Final = "FlexibleTimeWindow"
_MINUTES: Final = Range(keys=(_KEY, "MaximumWindowInMinutes"), low=1, high=1_440)


@rule(
    severity=Severity.ERROR,
    remedy="Set FlexibleTimeWindow.Mode to OFF, or to FLEXIBLE with MaximumWindowInMinutes from 1 to 1440.",
    source="https://docs.aws.amazon.com/scheduler/latest/APIReference/API_FlexibleTimeWindow.html",
)
def schedule_window(stack: StackReading) -> Iterator[Found]:
    """A schedule does not say, or says wrongly, whether it may run a little later: EventBridge Scheduler refuses it."""
    for node in stack.of_type(SCHEDULE):
        mode = node.text(_KEY, "Mode")
        if not node.has(_KEY, "Mode"):
            yield Found(node=node, message=f"{node.path} has no {_KEY}.Mode.")
        elif mode is not None and mode not in ("OFF", "FLEXIBLE"):
            yield Found(node=node, message=f"{node.path} has the {_KEY}.Mode {mode}.")
        elif mode == "FLEXIBLE" and not node.has(*_MINUTES.keys):
            yield Found(
                node=node, message=f"{node.path} has a flexible window without MaximumWindowInMinutes."
            )
        for message in outside(node, (_MINUTES,)):
            yield Found(node=node, message=message)
