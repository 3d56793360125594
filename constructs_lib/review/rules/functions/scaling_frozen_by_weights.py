from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.dependencies import dependencies_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.functions._provisioning import scalable_targets

__all__ = ["scaling_frozen_by_weights"]


@rule(
    severity=Severity.WARNING,
    remedy="Take the weights away, or provision a fixed amount while there are two versions.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html",
)
def scaling_frozen_by_weights(stack: StackReading) -> Iterator[Found]:
    """An alias with weights scales: its provisioned concurrency cannot be changed while it has two versions."""
    for node in scalable_targets(stack):
        for each in dependencies_of(stack).get(node, ()):
            alias = stack.nodes.get(each.name)
            if (
                alias
                and alias.type == "AWS::Lambda::Alias"
                and alias.has("RoutingConfig", "AdditionalVersionWeights", 0)
            ):
                yield Found(node=node, message=f"{node.path} scales {alias.path}, which has weights.")
