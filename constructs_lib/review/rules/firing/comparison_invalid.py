from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.comparisons import OPERATORS
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import METRIC_API, alarms_as_deployed, metric_alarms

__all__ = ["comparison_invalid"]


@rule(
    severity=Severity.ERROR,
    remedy="Give one of the ComparisonOperators, such as GreaterThanThreshold.",
    source=METRIC_API,
)
def comparison_invalid(stack: StackReading) -> Iterator[Found]:
    """An alarm compares in a way that CloudWatch does not know, or in none, which it refuses."""
    for alarm in metric_alarms(stack):
        if alarm.operator is not None and alarm.operator not in OPERATORS:
            yield Found(
                node=alarm.node, message=f"{alarm.node.path} has the ComparisonOperator {alarm.operator}."
            )
    for alarm in alarms_as_deployed(stack):
        if not alarm.composite and not any(map(alarm.node.has, ("ComparisonOperator", "EvaluationCriteria"))):
            yield Found(node=alarm.node, message=f"{alarm.node.path} has no ComparisonOperator.")
