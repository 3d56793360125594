from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Reading, StackReading
from constructs_lib.review.reading.alarms import alarms_of
from constructs_lib.review.reading.backups import plan_rules_of
from constructs_lib.review.reading.data import texts_in
from constructs_lib.review.rule import Found, rule

__all__ = ["backups_unwatched"]


@rule(
    severity=Severity.WARNING,
    remedy="Let the vault notify a topic (Notifications), or alarm on AWS/Backup NumberOfBackupJobsFailed and on "
    "the age of the last backup.",
    source="https://docs.aws.amazon.com/aws-backup/latest/devguide/monitoring.html",
)
def backups_unwatched(stack: StackReading) -> Iterator[Found]:
    """A plan makes backups, and nobody is told when it does not."""
    if stack.whole.once("backups-watched", _watched):
        return
    notified = {
        each.plan for each in plan_rules_of(stack) if each.vault is None or each.vault.has("Notifications")
    }
    for plan in stack.of_type("AWS::Backup::BackupPlan"):
        if plan not in notified:
            yield Found(
                node=plan, message=f"{plan.path} makes backups, and nothing here looks at whether it did."
            )


def _watched(whole: Reading) -> bool:
    by_alarm = any(metric.namespace == "AWS/Backup" for alarm in alarms_of(whole) for metric in alarm.metrics)
    rules = whole.of_type("AWS::Events::Rule")
    return by_alarm or any("aws.backup" in texts_in(each.value("EventPattern")) for each in rules)
