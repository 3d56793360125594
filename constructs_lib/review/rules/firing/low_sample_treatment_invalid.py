from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import METRIC_API, metric_alarms

__all__ = ["low_sample_treatment_invalid"]


@rule(
    severity=Severity.ERROR,
    remedy="Give evaluate or ignore as EvaluateLowSampleCountPercentile.",
    source=METRIC_API,
)
def low_sample_treatment_invalid(stack: StackReading) -> Iterator[Found]:
    """An alarm treats percentiles of few samples in a way that CloudWatch does not know, and refuses."""
    for alarm in metric_alarms(stack):
        value = alarm.node.text("EvaluateLowSampleCountPercentile")
        if value is not None and value not in ("evaluate", "ignore"):
            yield Found(
                node=alarm.node,
                message=f"{alarm.node.path} has {value} as its EvaluateLowSampleCountPercentile.",
            )
