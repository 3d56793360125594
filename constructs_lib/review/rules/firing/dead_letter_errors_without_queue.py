from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import FUNCTION, made_with, readings, title, watched

__all__ = ["dead_letter_errors_without_queue"]


@rule(
    severity=Severity.ERROR,
    remedy="Give the function a DeadLetterConfig, or watch DestinationDeliveryFailures where it has a destination.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html",
)
def dead_letter_errors_without_queue(stack: StackReading) -> Iterator[Found]:
    """An alarm is on failures to leave dead letters, and the function leaves none."""
    for alarm, metric in readings(stack):
        node = watched(alarm, metric, "FunctionName", FUNCTION)
        if metric.namespace != "AWS/Lambda" or metric.name != "DeadLetterErrors" or node is None:
            continue
        if not node.has("DeadLetterConfig") and node.resource.made_by is None and made_with(alarm, node):
            yield Found(
                node=alarm.node,
                message=f"{title(alarm, metric)} is on DeadLetterErrors of {node.path}, which has no DeadLetterConfig.",
            )
