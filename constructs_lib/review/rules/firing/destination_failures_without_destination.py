from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.functions import function_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import FUNCTION, readings, title, watched

__all__ = ["destination_failures_without_destination"]


@rule(
    severity=Severity.WARNING,
    remedy="Give it an OnFailure destination, in an AWS::Lambda::EventInvokeConfig or its event source mapping.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html",
)
def destination_failures_without_destination(stack: StackReading) -> Iterator[Found]:
    """An alarm is on failures to deliver to a destination, and the function has none."""
    for alarm, metric in readings(stack):
        node = watched(alarm, metric, "FunctionName", FUNCTION)
        if metric.namespace != "AWS/Lambda" or metric.name != "DestinationDeliveryFailures" or node is None:
            continue
        function = function_of(node)
        if not any(
            each.has("DestinationConfig") for each in (*function.async_configs.values(), *function.polled)
        ):
            yield Found(
                node=alarm.node,
                message=f"{title(alarm, metric)} is on {metric.name} of {node.path}, which has no destination.",
            )
