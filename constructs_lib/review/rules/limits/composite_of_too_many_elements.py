from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.alarm_rules import least_elements_of
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import COMPOSITE_API, composite_alarms

__all__ = ["composite_of_too_many_elements"]

_MOST: Final = 500


@rule(
    severity=Severity.ERROR,
    remedy="Let composite alarms contain a part of it each.",
    source=COMPOSITE_API,
)
def composite_of_too_many_elements(stack: StackReading) -> Iterator[Found]:
    """The rule of a composite alarm has more elements than CloudWatch takes: alarms, TRUE, FALSE and brackets."""
    for alarm in composite_alarms(stack):
        if alarm.rule is not None and (count := least_elements_of(alarm.rule)) > _MOST:
            yield Found(node=alarm.node, message=f"{alarm.node.path} has a rule of {count} elements.")
