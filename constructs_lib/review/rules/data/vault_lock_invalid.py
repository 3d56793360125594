from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.backups import AIR_GAPPED_RANGES, LOCK_RANGES
from constructs_lib.review.knowledge.ranges import figure, outside
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.backups import VAULTS
from constructs_lib.review.rule import Found, rule

__all__ = ["vault_lock_invalid"]


@rule(
    severity=Severity.ERROR,
    remedy="Set MinRetentionDays to 1 or more, MaxRetentionDays to no less, and ChangeableForDays to 3 or more.",
    source="https://docs.aws.amazon.com/aws-backup/latest/devguide/API_PutBackupVaultLockConfiguration.html",
)
def vault_lock_invalid(stack: StackReading) -> Iterator[Found]:
    """A vault's lock is none that AWS Backup takes."""
    for node in stack.of_type(*VAULTS):
        locked = node.type == VAULTS[0]
        for message in outside(node, LOCK_RANGES if locked else AIR_GAPPED_RANGES):
            yield Found(node=node, message=message)
        place = ("LockConfiguration",) if locked else ()
        low, high = node.number(*place, "MinRetentionDays"), node.number(*place, "MaxRetentionDays")
        if low is not None and high is not None and low > high:
            yield Found(
                node=node,
                message=f"{node.path} has MinRetentionDays of {figure(low)} and MaxRetentionDays of {figure(high)}.",
            )
