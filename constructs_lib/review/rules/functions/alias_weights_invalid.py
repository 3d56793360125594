from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import at, number_of
from constructs_lib.review.rule import Found, rule

__all__ = ["alias_weights_invalid"]

_WEIGHTS = ("RoutingConfig", "AdditionalVersionWeights")


@rule(
    severity=Severity.ERROR,
    remedy="Give one other published version a weight between 0 and 1; the alias's own gets the rest.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html",
)
def alias_weights_invalid(stack: StackReading) -> Iterator[Found]:
    """The weights of an alias are none that Lambda takes."""
    for node in stack.of_type("AWS::Lambda::Alias"):
        if not node.surely_made:
            continue
        count = node.count(*_WEIGHTS)
        if count is not None and count > 1:
            yield Found(node=node, message=f"{node.path} has {count} additional versions; it may have one.")
        for each in node.items(*_WEIGHTS):
            weight, version = number_of(at(each, "FunctionWeight")), at(each, "FunctionVersion")
            if weight is not None and not 0 <= weight <= 1:
                yield Found(node=node, message=f"{node.path} has a weight of {weight:g}; it may be 0 to 1.")
            if version is not None and version == node.value("FunctionVersion") and version != "${Fn::If}":
                yield Found(node=node, message=f"{node.path} has the version {version} twice.")
