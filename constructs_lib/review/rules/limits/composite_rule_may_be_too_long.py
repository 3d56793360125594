from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.lengths import LONGEST_RULE, most_length
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import COMPOSITE_API, composite_alarms
from constructs_lib.review.rules.limits.common import least_of_rule

__all__ = ["composite_rule_may_be_too_long"]


@rule(
    severity=Severity.WARNING,
    remedy="Refer to alarms by name, which Ref gives, or let composite alarms contain some each.",
    source=COMPOSITE_API,
)
def composite_rule_may_be_too_long(stack: StackReading) -> Iterator[Found]:
    """The rule of a composite alarm may become longer than CloudWatch takes, once its references are names."""
    for alarm in composite_alarms(stack):
        if alarm.rule is None or least_of_rule(alarm) > LONGEST_RULE:
            continue
        if (length := most_length(alarm.rule)) > LONGEST_RULE:
            yield Found(
                node=alarm.node, message=f"{alarm.node.path} has a rule of up to {length} characters."
            )
