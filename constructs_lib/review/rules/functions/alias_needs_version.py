from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import items_of
from constructs_lib.review.reading.functions import LATEST
from constructs_lib.review.rule import Found, rule

__all__ = ["alias_needs_version"]

_PROVISIONED = ("ProvisionedConcurrencyConfig", "ProvisionedConcurrentExecutions")
_WEIGHTS = ("RoutingConfig", "AdditionalVersionWeights")


@rule(
    severity=Severity.ERROR,
    remedy="Point it at an AWS::Lambda::Version (in the CDK: function.current_version).",
    source="https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html",
)
def alias_needs_version(stack: StackReading) -> Iterator[Found]:
    """An alias of $LATEST has what only published versions can have: Lambda refuses it."""
    for node in stack.of_type("AWS::Lambda::Alias"):
        if node.text("FunctionVersion") != LATEST or not node.surely_made:
            continue
        if node.known(*_PROVISIONED) and node.has(*_PROVISIONED):
            yield Found(node=node, message=f"{node.path} points at $LATEST and has provisioned concurrency.")
        if items_of(node.value(*_WEIGHTS)) and node.known(*_WEIGHTS):
            yield Found(node=node, message=f"{node.path} points at $LATEST and has weights.")
