from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.metric_math import divides
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import expressions, rings_below, title

__all__ = ["division_without_data"]


@rule(
    severity=Severity.WARNING,
    remedy="Set TreatMissingData to notBreaching, or write IF(all > 0, 100 * failed / all, 0).",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html",
)
def division_without_data(stack: StackReading) -> Iterator[Found]:
    """An alarm rings without traffic: what is divided by zero has no datapoint, and missing data breaches."""
    for alarm, metric, expression in expressions(stack):
        if alarm.missing == "breaching" and metric.returns and divides(expression) and not rings_below(alarm):
            yield Found(
                node=alarm.node, message=f"{title(alarm, metric)} is {expression}, and missing data breaches."
            )
