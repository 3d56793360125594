import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge import schedule_expressions
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.schedules.common import RULE, SCHEDULE, expression_of

__all__ = ["schedule_over"]

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


@rule(
    severity=Severity.WARNING,
    remedy="Remove the schedule, or give it a time to come.",
    source="https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html",
)
def schedule_over(stack: StackReading) -> Iterator[Found]:
    """A schedule never runs again: the last time that it names has passed."""
    for node in stack.of_type(RULE, SCHEDULE):
        ends = [each for each in (_last_run(node), _end_date(node)) if each is not None]
        if ends and min(ends) < stack.whole.today:
            yield Found(node=node, message=f"{node.path} runs for the last time by {min(ends)}.")


def _last_run(node: Node) -> date | None:
    expression = expression_of(node)
    return schedule_expressions.last_day(expression) if expression else None


def _end_date(node: Node) -> date | None:
    match = _DATE.match(node.text("EndDate", default="") or "")
    try:
        return date.fromisoformat(match[0]) if match else None
    except ValueError:
        return None
