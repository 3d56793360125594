from collections.abc import Iterator, Mapping

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import has, surely_has
from constructs_lib.review.rule import Found, rule

__all__ = ["object_lock_retention"]


@rule(
    severity=Severity.ERROR,
    remedy="Give Mode, and either Days or Years.",
    source="https://docs.aws.amazon.com/AmazonS3/latest/API/API_DefaultRetention.html",
)
def object_lock_retention(stack: StackReading) -> Iterator[Found]:
    """A bucket's default retention lacks its mode or its period, or has two periods: S3 refuses it."""
    for node in stack.of_type("AWS::S3::Bucket"):
        place = ("ObjectLockConfiguration", "Rule", "DefaultRetention")
        written = node.value(*place)
        if not isinstance(written, Mapping) or has(written, "DefaultEventHold"):
            continue
        both = surely_has(written, "Days") and surely_has(written, "Years")
        neither = not has(written, "Days") and not has(written, "Years")
        if both or neither or not has(written, "Mode"):
            found = ", ".join(sorted(map(str, written))) or "nothing"
            yield Found(node=node, message=f"{node.path} has a default retention with {found}.")
