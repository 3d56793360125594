from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.functions import LATEST, functions_of
from constructs_lib.review.rule import Found, rule

__all__ = ["snap_start_unused"]


@rule(
    severity=Severity.WARNING,
    remedy="Publish a version and let callers call it, best through an alias.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/snapstart-activate.html",
)
def snap_start_unused(stack: StackReading) -> Iterator[Found]:
    """SnapStart works for published versions only, and callers call $LATEST."""
    for function in functions_of(stack):
        node = function.node
        called = {each.callee.qualifier for each in function.invocations}
        unpublished = not function.versions and not function.aliases
        if node.text("SnapStart", "ApplyOn") == "PublishedVersions" and (unpublished or called == {LATEST}):
            why = "no version of it is published" if unpublished else "all calls go to $LATEST"
            yield Found(node=node, message=f"{node.path} has SnapStart, but {why}.")
