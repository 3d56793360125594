from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge import schedule_expressions
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.backups import plan_rules_of
from constructs_lib.review.reading.data import text_of
from constructs_lib.review.rule import Found, rule

__all__ = ["backup_schedule_invalid"]


@rule(
    severity=Severity.ERROR,
    remedy="Write cron(0 5 ? * * *): minutes, hours, day of the month, month, day of the week, year.",
    source="https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupRuleInput.html",
)
def backup_schedule_invalid(stack: StackReading) -> Iterator[Found]:
    """A plan's schedule is none that AWS takes."""
    for node, title, expression in _schedules(stack):
        if expression is None or not expression.strip().lower().startswith("cron("):
            continue
        problem = schedule_expressions.problem_of(expression, scheduler=False)
        if problem:
            yield Found(node=node, message=f"{title} has the expression {expression}, which {problem}.")


def _schedules(stack: StackReading) -> Iterator[tuple[Node, str, str | None]]:
    for each in plan_rules_of(stack):
        yield each.plan, each.title, text_of(each.data.get("ScheduleExpression"))
    for node in stack.of_type("AWS::Backup::RestoreTestingPlan"):
        yield node, node.path, node.text("ScheduleExpression")
