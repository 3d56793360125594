from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Reading, StackReading
from constructs_lib.review.reading.data import at, items_of, text_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import readings, title

__all__ = ["alarm_without_filter_dimensions"]


@rule(
    severity=Severity.WARNING,
    remedy="Give the alarm the dimensions of the filter, each with the value of one series.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html",
)
def alarm_without_filter_dimensions(stack: StackReading) -> Iterator[Found]:
    """A metric filter makes a metric with dimensions, and an alarm is on it with others."""
    made = stack.whole.once("dimensions that filters make", _made)
    for alarm, metric in readings(stack):
        sets = made.get((metric.namespace, metric.name))
        if (
            sets
            and metric.dimensions is not None
            and frozenset(metric.dimensions) not in sets
            and None not in sets
        ):
            known = [" + ".join(sorted(each)) or "none" for each in sets if each is not None]
            yield Found(
                node=alarm.node,
                message=f"{title(alarm, metric)} is on {metric.name} with the dimensions "
                f"{' + '.join(sorted(metric.dimensions)) or 'none'}; its metric filter makes it with "
                f"{' or '.join(sorted(known))}.",
            )


def _made(whole: Reading) -> dict[tuple[str | None, str | None], set[frozenset[str] | None]]:
    """Metrics of filters to the sets of their dimensions; None for one that is unknown."""
    found: dict[tuple[str | None, str | None], set[frozenset[str] | None]] = {}
    for node in whole.of_type("AWS::Logs::MetricFilter"):
        for each in node.items("MetricTransformations"):
            keys = [text_of(at(entry, "Key")) for entry in items_of(at(each, "Dimensions"))]
            known = frozenset(key for key in keys if key is not None)
            metric = (text_of(at(each, "MetricNamespace")), text_of(at(each, "MetricName")))
            if all(metric):
                found.setdefault(metric, set()).add(known if len(known) == len(keys) else None)
    return found
