from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.functions import function_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import FUNCTION, readings, title, watched

__all__ = ["provisioned_metric_without_provision"]


@rule(
    severity=Severity.WARNING,
    remedy="Give an alias of the function provisioned concurrency, or watch ConcurrentExecutions.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html",
)
def provisioned_metric_without_provision(stack: StackReading) -> Iterator[Found]:
    """An alarm is on provisioned concurrency, and the function has none, so it never has data."""
    if stack.whole.of_type("AWS::ApplicationAutoScaling::ScalableTarget"):
        return  # it may provision what the alias does not
    for alarm, metric in readings(stack):
        node = watched(alarm, metric, "FunctionName", FUNCTION)
        if (
            metric.namespace != "AWS/Lambda"
            or not (metric.name or "").startswith("ProvisionedConcurren")
            or node is None
        ):
            continue
        if not function_of(node).provisioned():
            yield Found(
                node=alarm.node,
                message=f"{title(alarm, metric)} is on {metric.name} of {node.path}, which has none provisioned.",
            )
