from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import METRIC_API, metric_alarms, single

__all__ = ["missing_data_of_table"]


@rule(
    severity=Severity.NOTE,
    remedy="Without data it keeps its state; for 0 instead, watch FILL(metric, 0) + 0 * a metric that always has data.",
    source=METRIC_API,
)
def missing_data_of_table(stack: StackReading) -> Iterator[Found]:
    """An alarm says how to treat missing data of DynamoDB, which CloudWatch ignores whatever it says."""
    for alarm in metric_alarms(stack):
        metric = single(alarm)
        if metric is None or metric.namespace != "AWS/DynamoDB" or not alarm.node.has("TreatMissingData"):
            continue
        if alarm.missing in ("breaching", "notBreaching"):
            yield Found(
                node=alarm.node, message=f"{alarm.node.path} has {alarm.missing} as its TreatMissingData."
            )
