"""What rules on alarms share."""

from collections.abc import Iterator, Sequence
from typing import Final

from constructs_lib.review.knowledge.metrics import CATALOGUE, Published, Service
from constructs_lib.review.knowledge.statistics import of_single_values
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.alarms import Alarm, Metric, alarms_of
from constructs_lib.review.reading.data import items_of

__all__ = [
    "COMPOSITE_API",
    "FUNCTION",
    "METRIC_API",
    "MINUTE",
    "QUEUE",
    "alarms_as_deployed",
    "beyond",
    "catalogued",
    "composite_alarms",
    "expressions",
    "is_anomaly",
    "is_query",
    "made_with",
    "metric_alarms",
    "readings",
    "rings_below",
    "rising",
    "single",
    "title",
    "watched",
]

METRIC_API: Final = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"
COMPOSITE_API: Final = (
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html"
)
FUNCTION: Final = "AWS::Lambda::Function"
QUEUE: Final = "AWS::SQS::Queue"
MINUTE: Final = 60
_MACRO: Final = "Fn::Transform"


def metric_alarms(stack: StackReading) -> Iterator[Alarm]:
    """Its alarms on metrics."""
    return (each for each in _alarms(stack) if not each.composite)


def alarms_as_deployed(stack: StackReading) -> Iterator[Alarm]:
    """Its alarms of which it is certain what they do not have: no macro adds to them."""
    macros = [
        each for each in items_of(stack.template.body.get("Transform")) if not str(each).startswith("AWS::")
    ]
    return (each for each in _alarms(stack) if not macros and _MACRO not in each.node.resource.properties)


def composite_alarms(stack: StackReading) -> Iterator[Alarm]:
    """Its alarms on the states of others."""
    return (each for each in _alarms(stack) if each.composite)


def _alarms(stack: StackReading) -> Sequence[Alarm]:
    return stack.whole.once(f"alarms of {stack.key}", lambda _: alarms_of(stack))


def readings(stack: StackReading) -> Iterator[tuple[Alarm, Metric]]:
    """Each metric that an alarm of it reads, without expressions."""
    return ((alarm, metric) for alarm in metric_alarms(stack) for metric in alarm.read)


def expressions(stack: StackReading) -> Iterator[tuple[Alarm, Metric, str]]:
    """Each expression of an alarm of it, and its text; without those that are known only at deployment."""
    for alarm in metric_alarms(stack):
        for metric in alarm.metrics:
            if metric.expression is not None and "${" not in metric.expression:
                yield alarm, metric, metric.expression


def catalogued(stack: StackReading) -> Iterator[tuple[Alarm, Metric, Service, Published]]:
    """Each metric that an alarm of it reads, where it is known who publishes it and how."""
    for alarm, metric in readings(stack):
        service = CATALOGUE.get(metric.namespace or "")
        published = service.metrics.get(metric.name or "") if service else None
        if service is not None and published is not None:
            yield alarm, metric, service, published


def is_query(expression: str) -> bool:
    """Whether it is a Metrics Insights query and not metric math."""
    return expression.lstrip().lower().startswith("select")


def is_anomaly(alarm: Alarm) -> bool:
    """Whether it rings outside of a band."""
    return alarm.node.has("ThresholdMetricId")


def single(alarm: Alarm) -> Metric | None:
    """The metric that it compares with its threshold; None where that is an expression or a band."""
    found = alarm.metrics[0] if len(alarm.metrics) == 1 else None
    return found if found is not None and found.expression is None and not is_anomaly(alarm) else None


def rings_below(alarm: Alarm) -> bool:
    """Whether it rings when values are low."""
    return (alarm.operator or "").startswith("LessThan") and not is_anomaly(alarm)


def rising(stack: StackReading, namespace: str, name: str) -> Iterator[tuple[Alarm, Metric]]:
    """The alarms of it that wait for a single datapoint of a metric to be high, and for nothing else."""
    for alarm, metric in readings(stack):
        if (metric.namespace, metric.name) != (namespace, name) or single(alarm) is not metric:
            continue
        low = alarm.missing in (None, "breaching") or not (alarm.operator or "").startswith("GreaterThan")
        if not low and metric.statistic is not None and of_single_values(metric.statistic):
            yield alarm, metric


def beyond(alarm: Alarm, highest: float) -> bool:
    """Whether it rings above the highest value only."""
    return alarm.threshold is not None and (
        alarm.threshold > highest or (alarm.threshold == highest and alarm.operator == "GreaterThanThreshold")
    )


def title(alarm: Alarm, metric: Metric) -> str:
    """What people call a metric of an alarm."""
    return f"{alarm.node.path} ({metric.id})" if metric.id else alarm.node.path


def watched(alarm: Alarm, metric: Metric, dimension: str, *types: str) -> Node | None:
    """The resource that a dimension names, in the alarm's account; None where it is not at hand."""
    if metric.account is not None or metric.dimensions is None:
        return None
    return alarm.node.stack.find(metric.dimensions.get(dimension), *types)


def made_with(alarm: Alarm, other: Node) -> bool:
    """Whether `other` is surely made where the alarm is."""
    return other.surely_made or (
        other.stack is alarm.node.stack and other.resource.condition == alarm.node.resource.condition
    )
