from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.comparisons import in_words
from constructs_lib.review.knowledge.spans import span_of
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import catalogued, single

__all__ = ["threshold_never_reached"]


@rule(
    severity=Severity.ERROR,
    remedy="Give a threshold that the metric can pass; for anything at all, SampleCount of 1 or more.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html",
)
def threshold_never_reached(stack: StackReading) -> Iterator[Found]:
    """An alarm waits for values that its metric cannot have, so it never rings."""
    for alarm, metric, service, published in catalogued(stack):
        if single(alarm) is not metric or alarm.missing in (None, "breaching") or alarm.threshold is None:
            continue
        span = span_of(published, metric.statistic)
        if span is not None and span.never(alarm.operator, alarm.threshold):
            yield Found(
                node=alarm.node,
                message=f"{alarm.node.path} rings {in_words(alarm.operator, alarm.threshold)}, and the "
                f"{metric.statistic} of {metric.namespace} {metric.name} goes {span}.",
                remedy=f"Give a threshold inside of that. See {service.source}.",
            )
