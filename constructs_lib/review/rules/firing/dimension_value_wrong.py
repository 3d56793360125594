import re
from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.dimension_values import ARNS, FIXED, NAMES, REFERENCE, RIGHT
from constructs_lib.review.knowledge.metrics import CATALOGUE
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.alarms import Alarm, Metric
from constructs_lib.review.reading.data import is_known
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import readings, title

__all__ = ["dimension_value_wrong"]

_WHOLE: Final = re.compile(r"\$\{(?:[^}]+?//)?[^}.:/]+(?:\.([^}]+))?\}")
_NO_NAMES: Final = ("arn:", "https://")


@rule(
    severity=Severity.ERROR,
    remedy="Give what the service publishes as this dimension's value; a CDK resource's own metric_... methods do.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html",
)
def dimension_value_wrong(stack: StackReading) -> Iterator[Found]:
    """The value of a dimension is another attribute of the resource than the one that its metrics go by."""
    for alarm, metric in readings(stack):
        if metric.namespace not in CATALOGUE or metric.account is not None:
            continue
        for name, value in (metric.dimensions or {}).items():
            if problem := _problem(alarm, name, value) or _other_than_fixed(metric, name, value):
                yield Found(
                    node=alarm.node, message=f"{title(alarm, metric)} has the dimension {name}, {problem}."
                )


def _problem(alarm: Alarm, name: str, value: str) -> str | None:
    if name in NAMES and value.startswith(_NO_NAMES):
        return f"whose value is {value} and not a name"
    if name in ARNS and not value.startswith(("arn:", "${")):
        return f"whose value is {value} and not an ARN"
    found = _WHOLE.fullmatch(value)
    resource = alarm.node.stack.find(value) if found else None
    right = RIGHT.get((name, resource.type)) if resource else None
    if found is None or resource is None or right is None:
        return None
    attribute = found[1] or REFERENCE
    if attribute in right or not (attribute == REFERENCE or _is_no_name(attribute)):
        return None
    what = f"the attribute {attribute}" if attribute else "the reference"
    wanted = (
        " or ".join(f"its attribute {each}" if each else "its name" for each in sorted(right)) or "its name"
    )
    return f"whose value is {what} of {resource.path} and not {wanted}"


def _is_no_name(attribute: str) -> bool:
    return attribute.lower().endswith(("arn", "url", "uri"))


def _other_than_fixed(metric: Metric, name: str, value: str) -> str | None:
    only = FIXED.get((metric.namespace or "", name))
    return f"whose value is {value} and not {only}" if only and is_known(value) and value != only else None
