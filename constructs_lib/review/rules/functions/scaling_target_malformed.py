import re
from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.functions._provisioning import DIMENSION, scalable_targets
from constructs_lib.template.values import PLACEHOLDER

__all__ = ["scaling_target_malformed"]

_FORM: Final = re.compile(r"function:[A-Za-z0-9_-]+:[A-Za-z0-9_-]+")


@rule(
    severity=Severity.ERROR,
    remedy=f"Write function:NAME:ALIAS, with the ScalableDimension {DIMENSION}.",
    source="https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html",
)
def scaling_target_malformed(stack: StackReading) -> Iterator[Found]:
    """A scalable target of a function names no alias or version as Application Auto Scaling takes it."""
    for node in scalable_targets(stack):
        if node.surely_made:
            yield from (Found(node=node, message=f"{node.path} has {what}.") for what in _wrong(node))


def _wrong(node: Node) -> Iterator[str]:
    dimension = node.text("ScalableDimension")
    if dimension is not None and dimension != DIMENSION:
        yield f"the ScalableDimension {dimension}"
    resource = node.value("ResourceId")
    # A reference may hold more than a name: an ARN, or the whole.
    if isinstance(resource, str) and not resource.startswith("${") and "Arn}" not in resource:
        found = _FORM.fullmatch(PLACEHOLDER.sub("x", resource))
        yield from [] if found else [f"the ResourceId {resource}"]
