from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.ranges import figure
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import at, items_of, number_of, text_of
from constructs_lib.review.rule import Found, rule

__all__ = ["bucket_transition_early"]

_LEAST: Final = 30
_INFREQUENT: Final = ("STANDARD_IA", "ONEZONE_IA")


@rule(
    severity=Severity.ERROR,
    remedy="Move objects to STANDARD_IA or ONEZONE_IA after 30 days or more.",
    source="https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html",
)
def bucket_transition_early(stack: StackReading) -> Iterator[Found]:
    """Objects move to infrequent access before they are 30 days old: S3 refuses the lifecycle."""
    for node in stack.of_type("AWS::S3::Bucket"):
        for each in node.items("LifecycleConfiguration", "Rules"):
            for transition in (at(each, "Transition"), *items_of(at(each, "Transitions"))):
                days = number_of(at(transition, "TransitionInDays"))
                kind = text_of(at(transition, "StorageClass"))
                if kind in _INFREQUENT and days is not None and days < _LEAST:
                    yield Found(
                        node=node, message=f"{node.path} moves objects to {kind} after {figure(days)} days."
                    )
