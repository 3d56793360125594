from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.ranges import Range, outside
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule

__all__ = ["setting_out_of_range"]

_RANGES = (
    Range(keys=("Timeout",), low=1, high=900),
    Range(keys=("MemorySize",), low=128, high=10_240),
    Range(keys=("EphemeralStorage", "Size"), low=512, high=10_240),
)
_OF_MANAGED_INSTANCES = (
    Range(keys=("Timeout",), low=1, high=5_400),
    Range(keys=("MemorySize",), low=128, high=32_768),
    Range(keys=("EphemeralStorage", "Size"), low=512, high=32_768),
)


@rule(
    severity=Severity.ERROR,
    remedy="Set it within the range; what takes longer belongs into steps of a state machine.",
    source="https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html",
)
def setting_out_of_range(stack: StackReading) -> Iterator[Found]:
    """The timeout, memory or storage of a function is beyond what Lambda takes."""
    for node in stack.of_type("AWS::Lambda::Function"):
        if node.surely_made:
            ranges = _OF_MANAGED_INSTANCES if node.has("CapacityProviderConfig") else _RANGES
            yield from (Found(node=node, message=message) for message in outside(node, ranges))
