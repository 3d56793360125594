from collections import Counter
from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node, Reading, StackReading
from constructs_lib.review.reading.alarms import alarms_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import COMPOSITE_API

__all__ = ["alarm_in_too_many_composites"]

_MOST: Final = 150


@rule(
    severity=Severity.ERROR,
    remedy="Let one composite alarm contain it, and the others that one.",
    source=COMPOSITE_API,
)
def alarm_in_too_many_composites(stack: StackReading) -> Iterator[Found]:
    """An alarm is contained in more composite alarms than CloudWatch takes."""
    holders = stack.whole.once("composite alarms that contain an alarm", _holders)
    for node in stack.of_type("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"):
        if (count := holders[node]) > _MOST:
            yield Found(node=node, message=f"{node.path} is in {count} composite alarms.")


def _holders(whole: Reading) -> Counter[Node]:
    return Counter(
        child
        for each in alarms_of(whole)
        if each.composite and each.node.surely_made
        for child in each.children()
    )
