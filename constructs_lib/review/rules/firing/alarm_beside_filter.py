import re
from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Reading, StackReading
from constructs_lib.review.reading.data import at, text_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import readings, title

__all__ = ["alarm_beside_filter"]


@rule(
    severity=Severity.WARNING,
    remedy="Write namespace and name as the metric filter does; in the CDK, take filter.metric().",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/MonitoringLogData.html",
)
def alarm_beside_filter(stack: StackReading) -> Iterator[Found]:
    """An alarm is on a metric that no filter at hand makes, and one makes a metric of almost that name."""
    made = stack.whole.once("metrics that filters make", _made)
    for alarm, metric in readings(stack):
        if metric.namespace is None or metric.name is None:
            continue
        beside = made.get((_plain(metric.namespace), _plain(metric.name)), ())
        if beside and (metric.namespace, metric.name) not in beside:
            yield Found(
                node=alarm.node,
                message=f"{title(alarm, metric)} is on {metric.namespace}/{metric.name}, and a metric filter makes "
                f"{'/'.join(beside[0])}.",
            )


def _made(whole: Reading) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """Plain namespaces and names to the metrics that filters make."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for node in whole.of_type("AWS::Logs::MetricFilter"):
        for each in node.items("MetricTransformations"):
            namespace, name = text_of(at(each, "MetricNamespace")), text_of(at(each, "MetricName"))
            if namespace and name:
                found.setdefault((_plain(namespace), _plain(name)), []).append((namespace, name))
    return found


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower()).removesuffix("s")
