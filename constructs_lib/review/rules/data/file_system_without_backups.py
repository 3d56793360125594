from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.backups import selected
from constructs_lib.review.rule import Found, rule

__all__ = ["file_system_without_backups"]


@rule(
    severity=Severity.WARNING,
    remedy="Set BackupPolicy.Status to ENABLED, or back the file system up with a plan.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-efs-filesystem-backuppolicy.html",
)
def file_system_without_backups(stack: StackReading) -> Iterator[Found]:
    """A file system is backed up by nothing."""
    for node in stack.of_type("AWS::EFS::FileSystem"):
        status = node.text("BackupPolicy", "Status", default="DISABLED")
        one_zone = node.has("AvailabilityZoneName") and not node.has("BackupPolicy")
        if status == "DISABLED" and not one_zone and selected(node) is False:
            yield Found(
                node=node, message=f"{node.path} has no automatic backups, and no plan here names it."
            )
