from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.metric_math import problem_in
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import expressions, is_query, title

__all__ = ["expression_not_read"]


@rule(
    severity=Severity.WARNING,
    remedy="Correct the expression: functions are written in capital letters, ids begin with a lower-case letter.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html",
)
def expression_not_read(stack: StackReading) -> Iterator[Found]:
    """An expression of an alarm is not metric math as it is documented."""
    for alarm, metric, expression in expressions(stack):
        if not is_query(expression) and (problem := problem_in(expression)):
            yield Found(node=alarm.node, message=f"{title(alarm, metric)}: {problem}")
