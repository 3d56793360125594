from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.lengths import least_length
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import readings, title

__all__ = ["name_of_metric_too_long"]

_LONGEST_NAME: Final = 255
_LONGEST_VALUE: Final = 1_024


@rule(
    severity=Severity.ERROR,
    remedy="Give 255 characters at most, of a dimension's value 1,024.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html",
)
def name_of_metric_too_long(stack: StackReading) -> Iterator[Found]:
    """The name of a metric, its namespace, or a dimension's value is longer than CloudWatch takes."""
    for alarm, metric in readings(stack):
        if max(len(metric.name or ""), len(metric.namespace or "")) > _LONGEST_NAME:
            yield Found(
                node=alarm.node,
                message=f"{title(alarm, metric)} has a metric's name of more than {_LONGEST_NAME} characters.",
            )
        for name, value in (metric.dimensions or {}).items():
            if least_length(value) > _LONGEST_VALUE:
                yield Found(
                    node=alarm.node,
                    message=f"{title(alarm, metric)} has {least_length(value)} characters as {name}.",
                )
