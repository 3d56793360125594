from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node, Reading, StackReading
from constructs_lib.review.reading.data import at
from constructs_lib.review.rule import Found, rule

__all__ = ["backups_emptied_with_stack"]


@rule(
    severity=Severity.WARNING,
    remedy="Leave out the custom resource that empties the bucket (auto_delete_objects in the CDK), and retain "
    "it.",
    source="https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_s3-readme.html",
)
def backups_emptied_with_stack(stack: StackReading) -> Iterator[Found]:
    """A bucket with copies or exports is emptied and deleted together with its stack."""
    for node in stack.of_type("Custom::S3AutoDeleteObjects"):
        bucket = node.target("BucketName", types=("AWS::S3::Bucket",))
        if bucket is None:
            continue
        locked = bucket.flag("ObjectLockEnabled", default=False)
        gets = stack.whole.once("replica-buckets", _replica_buckets)
        if locked or bucket in gets:
            what = "is locked against deletion" if locked else "gets the copies of another"
            yield Found(
                node=bucket, message=f"{bucket.path} {what}, and {node.path} empties it with the stack."
            )


def _replica_buckets(whole: Reading) -> set[Node]:
    return {
        found
        for node in whole.of_type("AWS::S3::Bucket")
        for each in node.items("ReplicationConfiguration", "Rules")
        if (found := node.stack.find(at(each, "Destination", "Bucket"), "AWS::S3::Bucket")) is not None
    }
