from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import has, is_known
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import metric_alarms

__all__ = ["metric_or_expression"]


@rule(
    severity=Severity.ERROR,
    remedy="Give either MetricStat or Expression.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html",
)
def metric_or_expression(stack: StackReading) -> Iterator[Found]:
    """An entry of an alarm's metrics is both a metric and an expression, or neither, which CloudWatch refuses."""
    for alarm in metric_alarms(stack):
        for each in alarm.node.items("Metrics"):
            if (
                isinstance(each, dict)
                and "Fn::Transform" not in each
                and has(each, "MetricStat") == has(each, "Expression")
                and is_known(each)
            ):
                what = (
                    "both MetricStat and Expression"
                    if has(each, "Expression")
                    else "neither MetricStat nor Expression"
                )
                yield Found(
                    node=alarm.node, message=f"{alarm.node.path} has a metric {each.get('Id')} with {what}."
                )
