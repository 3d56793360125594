from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.backups import SHORTEST_START
from constructs_lib.review.knowledge.ranges import figure
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.backups import plan_rules_of
from constructs_lib.review.reading.data import number_of
from constructs_lib.review.rule import Found, rule

__all__ = ["backup_start_window_short"]


@rule(
    severity=Severity.ERROR,
    remedy="Set StartWindowMinutes to 60 or more, or leave it out.",
    source="https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupRuleInput.html",
)
def backup_start_window_short(stack: StackReading) -> Iterator[Found]:
    """A backup has less than an hour to start in, which AWS Backup refuses."""
    for plan_rule in plan_rules_of(stack):
        minutes = number_of(plan_rule.data.get("StartWindowMinutes"))
        if minutes is not None and minutes < SHORTEST_START:
            yield Found(
                node=plan_rule.plan, message=f"{plan_rule.title} has StartWindowMinutes of {figure(minutes)}."
            )
