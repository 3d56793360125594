from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import METRIC_API, alarms_as_deployed

__all__ = ["statistic_not_one"]


@rule(
    severity=Severity.ERROR,
    remedy="Give either Statistic or ExtendedStatistic.",
    source=METRIC_API,
)
def statistic_not_one(stack: StackReading) -> Iterator[Found]:
    """An alarm on a metric has no statistic, or two, which CloudWatch refuses."""
    for alarm in alarms_as_deployed(stack):
        node = alarm.node
        if not node.has("MetricName") or node.has("Metrics"):
            continue
        found = [name for name in ("Statistic", "ExtendedStatistic") if node.has(name)]
        known = all(node.known(name) for name in found)
        if len(found) != 1 and known:
            yield Found(node=node, message=f"{node.path} has {' and '.join(found) or 'no Statistic'}.")
