from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge import schedule_expressions
from constructs_lib.review.knowledge.ranges import figure
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.functions import callee_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.schedules.common import RULE, SCHEDULE, expression_of, targets_of

__all__ = ["schedule_overlaps"]


@rule(
    severity=Severity.NOTE,
    remedy="Run it less often, lower the function's timeout, or reserve one concurrent execution if runs must not "
    "overlap.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/with-eventbridge-scheduler.html",
)
def schedule_overlaps(stack: StackReading) -> Iterator[Found]:
    """A function is run more often than its timeout: a slow run is still at work when the next begins."""
    for target in targets_of(stack, RULE, SCHEDULE):
        expression = expression_of(target.by)
        period = schedule_expressions.period_of(expression) if expression else None
        callee = callee_of(stack, target.arn)
        timeout = callee.function.number("Timeout") if callee else None
        if callee is None or period is None or timeout is None or timeout <= period:
            continue
        if callee.function.number("ReservedConcurrentExecutions") != 1:
            yield Found(
                node=target.by,
                message=f"{target.by.path} runs {callee.function.path} every {figure(period)} s, and that may take "
                f"{figure(timeout)} s.",
            )
