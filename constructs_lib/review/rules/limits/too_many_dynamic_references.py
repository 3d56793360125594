import json
from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule

__all__ = ["too_many_dynamic_references"]

_MOST: Final = 60


@rule(
    severity=Severity.ERROR,
    remedy="Read the values in the code that needs them, or move resources into another stack.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html",
)
def too_many_dynamic_references(stack: StackReading) -> Iterator[Found]:
    """A template has more dynamic references to parameters and secrets than CloudFormation takes."""
    count = json.dumps(dict(stack.template.section("Resources")), default=str).count("{{resolve:")
    if count > _MOST:
        yield Found(node=None, message=f"The template has {count} dynamic references; it may have {_MOST}.")
