from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.statistics import BASIC, is_extended
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import at, text_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import metric_alarms

__all__ = ["statistic_invalid"]


@rule(
    severity=Severity.ERROR,
    remedy="Give Sum, Average, Minimum, Maximum or SampleCount as Statistic, and p99 and others as ExtendedStatistic.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html",
)
def statistic_invalid(stack: StackReading) -> Iterator[Found]:
    """An alarm asks for a statistic that CloudWatch does not know, which it refuses."""
    for alarm in metric_alarms(stack):
        basic, extended = alarm.node.text("Statistic"), alarm.node.text("ExtendedStatistic")
        if basic is not None and basic not in BASIC:
            yield Found(node=alarm.node, message=f"{alarm.node.path} has the Statistic {basic}.")
        if extended is not None and not is_extended(extended):
            yield Found(node=alarm.node, message=f"{alarm.node.path} has the ExtendedStatistic {extended}.")
        for written in alarm.node.items("Metrics"):
            stat = text_of(at(written, "MetricStat", "Stat"))
            if stat is not None and stat not in BASIC and not is_extended(stat):
                yield Found(node=alarm.node, message=f"{alarm.node.path} has the Stat {stat}.")
