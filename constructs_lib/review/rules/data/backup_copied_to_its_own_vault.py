from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.backups import plan_rules_of
from constructs_lib.review.rule import Found, rule

__all__ = ["backup_copied_to_its_own_vault"]


@rule(
    severity=Severity.WARNING,
    remedy="Copy to a vault of another Region or account.",
    source="https://docs.aws.amazon.com/aws-backup/latest/devguide/cross-region-backup.html",
)
def backup_copied_to_its_own_vault(stack: StackReading) -> Iterator[Found]:
    """A backup is copied to the vault that it is in."""
    for plan_rule in plan_rules_of(stack):
        for copy in plan_rule.copies:
            vault = plan_rule.vault_of(copy)
            if vault is not None and vault is plan_rule.vault:
                yield Found(
                    node=plan_rule.plan, message=f"{plan_rule.title} copies from {vault.path} to itself."
                )
