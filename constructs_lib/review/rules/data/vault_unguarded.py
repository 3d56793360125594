from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule

__all__ = ["vault_unguarded"]


@rule(
    severity=Severity.NOTE,
    remedy="Deny backup:DeleteRecoveryPoint in AccessPolicy, or give LockConfiguration.",
    source="https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault-access-policy.html",
)
def vault_unguarded(stack: StackReading) -> Iterator[Found]:
    """A vault has neither an access policy nor a lock: whoever may delete backups can delete all of them."""
    for node in stack.of_type("AWS::Backup::BackupVault"):
        if not node.has("AccessPolicy") and not node.has("LockConfiguration"):
            yield Found(node=node, message=f"{node.path} has neither AccessPolicy nor LockConfiguration.")
