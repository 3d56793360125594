from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.ranges import figure
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.limits.common import size_of

__all__ = ["template_too_large"]

_MOST: Final = 1_048_576


@rule(
    severity=Severity.ERROR,
    remedy="Move resources into another stack, or long texts, such as definitions and dashboards, into files in S3.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html",
)
def template_too_large(stack: StackReading) -> Iterator[Found]:
    """A template is larger than 1 MB: CloudFormation refuses it."""
    size = size_of(stack.template.source, stack.template.body)
    if size > _MOST:
        yield Found(node=None, message=f"The template has {figure(size)} bytes; it may have {figure(_MOST)}.")
