from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.alarm_rules import children_of
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import COMPOSITE_API, composite_alarms

__all__ = ["composite_of_too_many"]

_MOST: Final = 100


@rule(
    severity=Severity.ERROR,
    remedy="Let composite alarms of 100 at most contain some each, and one contain them.",
    source=COMPOSITE_API,
)
def composite_of_too_many(stack: StackReading) -> Iterator[Found]:
    """A composite alarm contains more alarms than CloudWatch takes."""
    for alarm in composite_alarms(stack):
        if alarm.rule is not None and (count := len(children_of(alarm.rule))) > _MOST:
            yield Found(node=alarm.node, message=f"{alarm.node.path} contains {count} alarms.")
