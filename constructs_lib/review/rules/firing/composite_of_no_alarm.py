from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import COMPOSITE_API, composite_alarms

__all__ = ["composite_of_no_alarm"]

_MAY_BE: Final = (
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::CompositeAlarm",
    "AWS::CloudFormation::Stack",
    "AWS::CloudFormation::CustomResource",
    "AWS::SSM::Parameter",
)


@rule(
    severity=Severity.ERROR,
    remedy="Refer to alarms: by their names, which Ref gives, or by their ARNs.",
    source=COMPOSITE_API,
)
def composite_of_no_alarm(stack: StackReading) -> Iterator[Found]:
    """The rule of a composite alarm refers to something that is no alarm."""
    for alarm in composite_alarms(stack):
        for node in dict.fromkeys(alarm.node.stack.mentioned(alarm.rule or "")):
            if node.type.startswith("AWS::") and node.type not in _MAY_BE:
                yield Found(
                    node=alarm.node, message=f"{alarm.node.path} refers to {node.path}, a {node.type}."
                )
