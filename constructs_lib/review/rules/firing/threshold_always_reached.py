from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.comparisons import in_words
from constructs_lib.review.knowledge.spans import span_of
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import catalogued, single

__all__ = ["threshold_always_reached"]


@rule(
    severity=Severity.WARNING,
    remedy="Give a threshold that well-being does not pass, such as GreaterThanThreshold 0.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html",
)
def threshold_always_reached(stack: StackReading) -> Iterator[Found]:
    """An alarm rings at every value that its metric can have, so it rings all the time."""
    for alarm, metric, service, published in catalogued(stack):
        if single(alarm) is not metric or alarm.threshold is None:
            continue
        span = span_of(published, metric.statistic)
        if span is not None and span.always(alarm.operator, alarm.threshold):
            yield Found(
                node=alarm.node,
                message=f"{alarm.node.path} rings {in_words(alarm.operator, alarm.threshold)}, and the "
                f"{metric.statistic} of {metric.namespace} {metric.name} goes {span}.",
                remedy=f"Give a threshold inside of that. See {service.source}.",
            )
