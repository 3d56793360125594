from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule

__all__ = ["mute_rule_targets"]

_MOST: Final = 100


@rule(
    severity=Severity.ERROR,
    remedy="Name 100 alarms at most, or the composite alarm that notifies.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MuteTargets.html",
)
def mute_rule_targets(stack: StackReading) -> Iterator[Found]:
    """A rule mutes more alarms than CloudWatch takes."""
    for node in stack.of_type("AWS::CloudWatch::AlarmMuteRule"):
        count = node.count("MuteTargets", "AlarmNames")
        if count is not None and count > _MOST:
            yield Found(node=node, message=f"{node.path} names {count} alarms.")
