from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.backups import selections_of
from constructs_lib.review.rule import Found, rule

__all__ = ["backup_selection_of_everything"]


@rule(
    severity=Severity.WARNING,
    remedy="Name the resources, or choose them by tags.",
    source="https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupSelection.html",
)
def backup_selection_of_everything(stack: StackReading) -> Iterator[Found]:
    """A plan names neither resources nor tags: it backs up everything in the account that it can."""
    for selection in selections_of(stack):
        node = selection.node
        keys = ("Resources", "ListOfTags", "Conditions", "NotResources")
        if node.has("BackupSelection") and not any(node.has("BackupSelection", key) for key in keys):
            yield Found(node=node, message=f"{node.path} selects no resources and no tags.")
