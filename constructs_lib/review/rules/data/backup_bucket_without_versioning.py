from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node, Reading, StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.data.common import calls_of

__all__ = ["backup_bucket_without_versioning"]


@rule(
    severity=Severity.WARNING,
    remedy="Set VersioningConfiguration.Status to Enabled, or ObjectLockEnabled to true.",
    source="https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html",
)
def backup_bucket_without_versioning(stack: StackReading) -> Iterator[Found]:
    """A bucket gets exports of tables and has no versioning: what is overwritten or deleted there is gone."""
    buckets = stack.whole.once("export-buckets", _export_buckets)
    for node in stack.of_type("AWS::S3::Bucket"):
        if node in buckets and not node.has("VersioningConfiguration"):
            yield Found(
                node=node,
                message=f"{node.path} gets the exports of {buckets[node].path} and has no versioning.",
            )


def _export_buckets(whole: Reading) -> dict[Node, Node]:
    found: dict[Node, Node] = {}
    for stack in whole.stacks:
        for call in calls_of(stack, "dynamodb:exportTableToPointInTime"):
            bucket = stack.find(call.arguments.get("S3Bucket"), "AWS::S3::Bucket")
            if bucket is not None:
                found.setdefault(bucket, call.by)
    return found
