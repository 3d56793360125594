from collections.abc import Iterator, Mapping

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.backups import selections_of
from constructs_lib.review.reading.data import at, items_of, text_of
from constructs_lib.review.rule import Found, rule

__all__ = ["backup_condition_without_prefix"]


@rule(
    severity=Severity.WARNING,
    remedy="Write the key as aws:ResourceTag/ and the tag's name.",
    source="https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Conditions.html",
)
def backup_condition_without_prefix(stack: StackReading) -> Iterator[Found]:
    """A condition of a backup selection has a key that is no tag: it never holds."""
    for selection in selections_of(stack):
        conditions = selection.node.value("BackupSelection", "Conditions")
        for kind in conditions.values() if isinstance(conditions, Mapping) else ():
            for each in items_of(kind):
                key = text_of(at(each, "ConditionKey"))
                if key is not None and not key.startswith("aws:ResourceTag/"):
                    yield Found(
                        node=selection.node,
                        message=f"{selection.node.path} has a condition with the key {key}.",
                    )
