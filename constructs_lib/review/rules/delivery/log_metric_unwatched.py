from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.alarms import alarms_of
from constructs_lib.review.reading.data import at, text_of, texts_in
from constructs_lib.review.reading.stack import Reading
from constructs_lib.review.rule import Found, rule

__all__ = ["log_metric_unwatched"]


@rule(
    severity=Severity.NOTE,
    remedy="Put an alarm on the metric, or show it on a dashboard.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/MonitoringLogData.html",
)
def log_metric_unwatched(stack: StackReading) -> Iterator[Found]:
    """A metric filter counts something in the logs, and no alarm or dashboard at hand looks at it."""
    watched, shown = stack.whole.once("metrics-looked-at", _looked_at)
    for each in stack.of_type("AWS::Logs::MetricFilter"):
        for made in each.items("MetricTransformations"):
            name, namespace = (text_of(at(made, key)) for key in ("MetricName", "MetricNamespace"))
            if name and namespace and (namespace, name) not in watched and name not in shown:
                yield Found(
                    node=each, message=f"{each.path} publishes {namespace}/{name}, which nothing here reads."
                )


def _looked_at(whole: Reading) -> tuple[set[tuple[str | None, str | None]], str]:
    alarms = {(metric.namespace, metric.name) for alarm in alarms_of(whole) for metric in alarm.metrics}
    texts = [each.properties for each in whole.of_type("AWS::CloudWatch::Dashboard")]
    queries = [metric.expression for alarm in alarms_of(whole) for metric in alarm.metrics]
    return alarms, "\n".join(texts_in([*texts, *queries]))
