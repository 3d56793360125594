from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge import schedule_expressions
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.schedules.common import RULE, SCHEDULE, expression_of

__all__ = ["schedule_expression_invalid"]


@rule(
    severity=Severity.ERROR,
    remedy="Write rate(5 minutes), rate(1 hour) or cron(0 8 ? * MON-FRI *): minutes, hours, day of the month, month, "
    "day of the week, year.",
    source="https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html",
)
def schedule_expression_invalid(stack: StackReading) -> Iterator[Found]:
    """A schedule's expression is none that AWS takes: the deployment is refused."""
    for node in stack.of_type(RULE, SCHEDULE):
        expression = expression_of(node)
        if not expression:
            continue
        problem = schedule_expressions.problem_of(expression, scheduler=node.type == SCHEDULE)
        if problem:
            yield Found(node=node, message=f"{node.path} has the expression {expression}, which {problem}.")
