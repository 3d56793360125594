from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import is_known
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import readings, title
from constructs_lib.template.values import PLACEHOLDER

__all__ = ["alias_metric_dimensions"]


@rule(
    severity=Severity.ERROR,
    remedy="Give the function's name as FunctionName, and NAME:ALIAS as Resource, as alias.metric_errors() does.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html",
)
def alias_metric_dimensions(stack: StackReading) -> Iterator[Found]:
    """The metrics of an alias or version go by FunctionName and Resource, and an alarm mixes them up."""
    for alarm, metric in readings(stack):
        if metric.namespace != "AWS/Lambda" or not metric.dimensions:
            continue
        name, resource = metric.dimensions.get("FunctionName"), metric.dimensions.get("Resource")
        if name and not name.startswith("arn:") and ":" in PLACEHOLDER.sub("", name):
            yield Found(node=alarm.node, message=f"{title(alarm, metric)} has {name} as its FunctionName.")
        elif name and resource and _is_of_another(name, resource):
            yield Found(
                node=alarm.node,
                message=f"{title(alarm, metric)} has {resource} as its Resource, and {name} as its FunctionName.",
            )


def _is_of_another(name: str, resource: str) -> bool:
    """Whether a Resource surely is not of a function; one that has a placeholder may be, unless it is the same."""
    before = resource.rpartition(":")[0] if ":" in PLACEHOLDER.sub("", resource) else resource
    return is_known(before) and is_known(name) and before != name and not resource.startswith("arn:")
