from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import at, has
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import metric_alarms

__all__ = ["metric_stat_incomplete"]


@rule(
    severity=Severity.ERROR,
    remedy="Give Metric, Period and Stat in each MetricStat.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricStat.html",
)
def metric_stat_incomplete(stack: StackReading) -> Iterator[Found]:
    """A metric of an alarm lacks its name, its period or its statistic, which CloudWatch refuses."""
    for alarm in metric_alarms(stack):
        for entry in alarm.node.items("Metrics"):
            stat = at(entry, "MetricStat")
            absent = [name for name in ("Metric", "Period", "Stat") if not has(stat, name)]
            if isinstance(stat, dict) and absent:
                yield Found(
                    node=alarm.node,
                    message=f"{alarm.node.path} has a metric {entry.get('Id')} without {', '.join(absent)}.",
                )
