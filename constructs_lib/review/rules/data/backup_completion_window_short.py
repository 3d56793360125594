from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.ranges import figure
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.backups import plan_rules_of
from constructs_lib.review.reading.data import number_of
from constructs_lib.review.rule import Found, rule

__all__ = ["backup_completion_window_short"]


@rule(
    severity=Severity.WARNING,
    remedy="Set CompletionWindowMinutes to StartWindowMinutes and as long as the largest backup takes.",
    source="https://docs.aws.amazon.com/aws-backup/latest/devguide/API_StartBackupJob.html",
)
def backup_completion_window_short(stack: StackReading) -> Iterator[Found]:
    """A backup that starts late in its window has no time left, and is cancelled."""
    for plan_rule in plan_rules_of(stack):
        start = number_of(plan_rule.data.get("StartWindowMinutes"))
        complete = number_of(plan_rule.data.get("CompletionWindowMinutes"))
        if start is not None and complete is not None and complete <= start:
            yield Found(
                node=plan_rule.plan,
                message=f"{plan_rule.title} may start for {figure(start)} minutes and must be complete after "
                f"{figure(complete)}.",
            )
