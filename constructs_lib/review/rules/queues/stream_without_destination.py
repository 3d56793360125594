from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.queues.common import STREAMS, mappings_of

__all__ = ["stream_without_destination"]


@rule(
    severity=Severity.WARNING,
    remedy="Set DestinationConfig.OnFailure to a queue, a topic or a bucket (on_failure in the CDK).",
    source="https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html",
)
def stream_without_destination(stack: StackReading) -> Iterator[Found]:
    """Records of a stream that always fail are dropped in the end, and nobody can tell which they were."""
    for mapping in mappings_of(stack, *STREAMS):
        if not mapping.has("DestinationConfig", "OnFailure", "Destination"):
            yield Found(node=mapping, message=f"{mapping.path} has no destination for records that fail.")
