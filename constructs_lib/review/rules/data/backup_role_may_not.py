from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.backups import selections_of
from constructs_lib.review.reading.roles import lacks
from constructs_lib.review.reading.tables import TABLES
from constructs_lib.review.rule import Found, rule

__all__ = ["backup_role_may_not"]

_EITHER: Final = ("dynamodb:StartAwsBackupJob", "dynamodb:CreateBackup")


@rule(
    severity=Severity.ERROR,
    remedy="Give the role the managed policy service-role/AWSBackupServiceRolePolicyForBackup.",
    source="https://docs.aws.amazon.com/aws-backup/latest/devguide/iam-service-roles.html",
)
def backup_role_may_not(stack: StackReading) -> Iterator[Found]:
    """A plan is to back up a table as a role that may not: every job fails."""
    for selection in selections_of(stack):
        role = selection.role
        tables = [
            each for each in selection.nodes if each is not None and each.type in TABLES and each.surely_made
        ]
        if role is None or not selection.node.surely_made:
            continue
        for table in tables:
            if len(lacks(role, _EITHER, table)) == len(_EITHER):
                yield Found(
                    node=selection.node,
                    message=f"{selection.node.path} backs up {table.path} as {role.path}, which allows neither "
                    f"{' nor '.join(_EITHER)}.",
                )
                break
