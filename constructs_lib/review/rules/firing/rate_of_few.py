from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.metric_math import divides
from constructs_lib.review.knowledge.metrics import CATALOGUE, Kind
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.alarms import Alarm
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import expressions, is_query, rings_below, title

__all__ = ["rate_of_few"]


@rule(
    severity=Severity.NOTE,
    remedy="Ask for traffic, such as IF(all > 10, 100 * failed / all, 0), or for several periods that breach.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html",
)
def rate_of_few(stack: StackReading) -> Iterator[Found]:
    """An alarm is on a rate, and one failure in a quiet minute is 100 %."""
    for alarm, metric, expression in expressions(stack):
        if is_query(expression) or not metric.returns or not divides(expression) or rings_below(alarm):
            continue
        if alarm.datapoints == 1 and not _is_share_of_limit(alarm):
            yield Found(
                node=alarm.node, message=f"{title(alarm, metric)} is {expression}, and one period rings."
            )


def _is_share_of_limit(alarm: Alarm) -> bool:
    """Whether it divides levels by each other and not events."""
    kinds = [
        service.metrics[each.name].kind
        for each in alarm.read
        if (service := CATALOGUE.get(each.namespace or "")) and each.name and each.name in service.metrics
    ]
    return Kind.EVENTS not in kinds
