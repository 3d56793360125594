from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule

__all__ = ["resources_near_limit"]

_MOST: Final = 500
_NEAR: Final = 450


@rule(
    severity=Severity.NOTE,
    remedy="Plan a second stack before the next feature needs it: moving stateful resources later is hard.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html",
)
def resources_near_limit(stack: StackReading) -> Iterator[Found]:
    """A template has nearly as many resources as CloudFormation takes."""
    count = len(stack.template.section("Resources"))
    if _NEAR < count <= _MOST:
        yield Found(node=None, message=f"The template has {count} of {_MOST} resources.")
