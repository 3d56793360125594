from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.metric_math import names_in
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import expressions, is_query, title

__all__ = ["expression_of_unknown_metric"]


@rule(
    severity=Severity.ERROR,
    remedy="Name the Id of another entry of Metrics.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html",
)
def expression_of_unknown_metric(stack: StackReading) -> Iterator[Found]:
    """An expression names a metric that its alarm does not have, which CloudWatch refuses."""
    for alarm, metric, expression in expressions(stack):
        if is_query(expression) or not all(each.id for each in alarm.metrics):
            continue
        known = {each.id for each in alarm.metrics}
        unknown = [name for name in names_in(expression) if name not in known]
        if unknown or metric.id in names_in(expression):
            what = ", ".join(unknown) or f"{metric.id}, itself"
            yield Found(
                node=alarm.node, message=f"{title(alarm, metric)} is {expression}, which names {what}."
            )
