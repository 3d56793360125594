from collections.abc import Iterator, Mapping
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import at
from constructs_lib.review.rule import Found, rule

__all__ = ["replication_without_versioning"]


@rule(
    severity=Severity.ERROR,
    remedy="Set VersioningConfiguration.Status to Enabled on both buckets.",
    source="https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-requirements.html",
)
def replication_without_versioning(stack: StackReading) -> Iterator[Found]:
    """A bucket is replicated from or to one without versioning: S3 refuses it."""
    for node in stack.of_type(_BUCKET):
        rules = node.items("ReplicationConfiguration", "Rules")
        if not isinstance(node.value("ReplicationConfiguration"), Mapping):
            continue
        destinations = [node.stack.find(at(each, "Destination", "Bucket"), _BUCKET) for each in rules]
        for bucket in dict.fromkeys([node, *destinations]):
            if bucket is None or not bucket.surely_made:
                continue
            status = bucket.text("VersioningConfiguration", "Status", default="off")
            if status in ("off", "Suspended"):
                role = "is replicated" if bucket is node else f"is to get what {node.path} has"
                yield Found(
                    node=bucket if bucket.stack is stack else node,
                    message=f"{bucket.path} {role}, and has no versioning.",
                )


_BUCKET: Final = "AWS::S3::Bucket"
