from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.lengths import least_length
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import metric_alarms, title

__all__ = ["expression_too_long"]

_LONGEST: Final = 2_048


@rule(
    severity=Severity.ERROR,
    remedy="Write 2,048 characters at most; expressions may name others.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html",
)
def expression_too_long(stack: StackReading) -> Iterator[Found]:
    """An expression of an alarm is longer than CloudWatch takes."""
    for alarm in metric_alarms(stack):
        for metric in alarm.metrics:
            if (length := least_length(metric.expression)) > _LONGEST:
                yield Found(node=alarm.node, message=f"{title(alarm, metric)} has {length} characters.")
