from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.lengths import LONGEST_RULE
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import COMPOSITE_API, composite_alarms
from constructs_lib.review.rules.limits.common import least_of_rule

__all__ = ["composite_rule_too_long"]


@rule(
    severity=Severity.ERROR,
    remedy="Refer to alarms by name, which Ref gives, or let composite alarms contain some each.",
    source=COMPOSITE_API,
)
def composite_rule_too_long(stack: StackReading) -> Iterator[Found]:
    """The rule of a composite alarm is longer than CloudWatch takes."""
    for alarm in composite_alarms(stack):
        if (length := least_of_rule(alarm)) > LONGEST_RULE:
            yield Found(
                node=alarm.node, message=f"{alarm.node.path} has a rule of {length} characters or more."
            )
