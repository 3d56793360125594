from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.ranges import figure
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule

__all__ = ["template_description"]

_MOST: Final = 1_024


@rule(
    severity=Severity.ERROR,
    remedy="Shorten the Description of the template.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html",
)
def template_description(stack: StackReading) -> Iterator[Found]:
    """A template's description is longer than CloudFormation takes."""
    text = stack.template.body.get("Description")
    size = len(text.encode(errors="surrogatepass")) if isinstance(text, str) else 0
    if size > _MOST:
        yield Found(
            node=None,
            message=f"The Description of the template has {figure(size)} bytes; it may have {figure(_MOST)}.",
        )
