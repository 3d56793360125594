from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.backups import CONTINUOUS_DAYS
from constructs_lib.review.knowledge.ranges import figure
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.backups import plan_rules_of
from constructs_lib.review.reading.data import at, flag_of, number_of
from constructs_lib.review.rule import Found, rule

__all__ = ["continuous_backup_invalid"]


@rule(
    severity=Severity.ERROR,
    remedy="Set DeleteAfterDays of a continuous backup to 1 to 35 days, and make a rule of its own for what is "
    "kept longer.",
    source="https://docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery-retention-period.html",
)
def continuous_backup_invalid(stack: StackReading) -> Iterator[Found]:
    """A continuous backup is to be kept for more than 35 days, which AWS Backup does not do."""
    for plan_rule in plan_rules_of(stack):
        kept = number_of(at(plan_rule.data, "Lifecycle", "DeleteAfterDays"))
        if (
            flag_of(plan_rule.data.get("EnableContinuousBackup"))
            and kept is not None
            and kept > CONTINUOUS_DAYS
        ):
            yield Found(
                node=plan_rule.plan,
                message=f"{plan_rule.title} is continuous and kept for {figure(kept)} days.",
            )
