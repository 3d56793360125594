from collections.abc import Iterator, Mapping
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.statistics import of_single_values
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import catalogued, rings_below, single

__all__ = ["seconds_for_milliseconds"]

_LEAST_LIKELY: Final[Mapping[tuple[str, str], float]] = {
    ("AWS/Lambda", "Duration"): 10,
    ("AWS/Lambda", "IteratorAge"): 1_000,
    ("AWS/Lambda", "AsyncEventAge"): 1_000,
    ("AWS/Kinesis", "GetRecords.IteratorAgeMilliseconds"): 1_000,
    ("AWS/ApiGateway", "Latency"): 10,
    ("AWS/ApiGateway", "IntegrationLatency"): 10,
    ("AWS/AppSync", "Latency"): 10,
    ("AWS/States", "ExecutionTime"): 10,
}
"""Milliseconds below which nobody wants to be told, and which are a usual number of seconds."""


@rule(
    severity=Severity.WARNING,
    remedy="Give the threshold in milliseconds; in the CDK, Duration.seconds(5).to_milliseconds().",
    source="https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html",
)
def seconds_for_milliseconds(stack: StackReading) -> Iterator[Found]:
    """A threshold in seconds is compared with a metric in milliseconds, so the alarm rings all the time."""
    for alarm, metric, service, published in catalogued(stack):
        likely = _LEAST_LIKELY.get((metric.namespace or "", metric.name or ""))
        if single(alarm) is not metric or likely is None or alarm.threshold is None or rings_below(alarm):
            continue
        if (
            published.unit == "Milliseconds"
            and 0 < alarm.threshold < likely
            and of_single_values(metric.statistic or "")
        ):
            yield Found(
                node=alarm.node,
                message=f"{alarm.node.path} rings above {alarm.threshold:g} ms of {metric.namespace} {metric.name}.",
                remedy=f"Give the threshold in milliseconds. See {service.source}.",
            )
