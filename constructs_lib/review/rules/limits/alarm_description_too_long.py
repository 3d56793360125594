from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.lengths import least_length
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import METRIC_API

__all__ = ["alarm_description_too_long"]

_LONGEST: Final = 1_024


@rule(
    severity=Severity.ERROR,
    remedy="Give a description of 1,024 characters at most.",
    source=METRIC_API,
)
def alarm_description_too_long(stack: StackReading) -> Iterator[Found]:
    """The description of an alarm is longer than CloudWatch takes."""
    for node in stack.of_type("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"):
        if (length := least_length(node.value("AlarmDescription"))) > _LONGEST:
            yield Found(node=node, message=f"{node.path} has a description of {length} characters.")
