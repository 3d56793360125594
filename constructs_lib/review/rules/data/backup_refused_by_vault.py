from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.ranges import figure
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.backups import VAULTS, plan_rules_of
from constructs_lib.review.reading.data import at, has, number_of
from constructs_lib.review.rule import Found, rule

__all__ = ["backup_refused_by_vault"]


@rule(
    severity=Severity.ERROR,
    remedy="Keep the backup for as long as the vault's lock wants, with DeleteAfterDays.",
    source="https://docs.aws.amazon.com/aws-backup/latest/devguide/API_PutBackupVaultLockConfiguration.html",
)
def backup_refused_by_vault(stack: StackReading) -> Iterator[Found]:
    """A vault's lock does not take a backup that is kept so long: each job fails."""
    for plan_rule in plan_rules_of(stack):
        for title, lifecycle, vault in plan_rule.lifecycles():
            if vault is None or not vault.surely_made:
                continue
            low, high = (_bound(vault, key) for key in ("MinRetentionDays", "MaxRetentionDays"))
            kept = number_of(at(lifecycle, "DeleteAfterDays"))
            forever = not has(lifecycle, "DeleteAfterDays") or kept == _NEVER
            if forever and high is not None:
                problem = f"is kept for ever, and {vault.path} takes at most {figure(high)} days"
            elif kept is not None and not forever and low is not None and kept < low:
                problem = (
                    f"is kept for {figure(kept)} days, and {vault.path} takes no less than {figure(low)}"
                )
            elif kept is not None and not forever and high is not None and kept > high:
                problem = (
                    f"is kept for {figure(kept)} days, and {vault.path} takes no more than {figure(high)}"
                )
            else:
                continue
            yield Found(node=plan_rule.plan, message=f"{title} {problem}.")


_NEVER: Final = -1


def _bound(vault: Node, key: str) -> float | None:
    return vault.number("LockConfiguration", key) if vault.type == VAULTS[0] else vault.number(key)
