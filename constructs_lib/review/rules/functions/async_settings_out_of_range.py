from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.ranges import Range, outside
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule

__all__ = ["async_settings_out_of_range"]

_RANGES = (
    Range(keys=("MaximumRetryAttempts",), low=0, high=2),
    Range(keys=("MaximumEventAgeInSeconds",), low=60, high=21_600),
)


@rule(
    severity=Severity.ERROR,
    remedy="Set it within the range; a destination keeps what is not handled by then.",
    source="https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html",
)
def async_settings_out_of_range(stack: StackReading) -> Iterator[Found]:
    """A setting of asynchronous calls is beyond what Lambda takes."""
    for node in stack.of_type("AWS::Lambda::EventInvokeConfig"):
        if node.surely_made:
            yield from (Found(node=node, message=message) for message in outside(node, _RANGES))
