"""Whether an expression makes each datapoint of the datapoints of the same moment, and of no others.

Such an expression is computed once for each moment, and not once for each evaluation that looks at it.
"""

from typing import Final

from constructs_lib.replay.alarms import MetricAlarm
from constructs_lib.replay.expressions.expression import Expression
from constructs_lib.replay.expressions.metric_math import parse

__all__ = ["is_pointwise"]

_POINTWISE: Final = frozenset({"ABS", "CEIL", "FLOOR", "IF", "LOG", "LOG10", "SERVICE_QUOTA"})


def is_pointwise(alarm: MetricAlarm) -> bool:
    """Whether what the alarm compares is.

    Raises:
        ExpressionError: an expression that is not evaluated.
    """
    waiting = [alarm.shown]
    seen = set()
    while waiting:
        query = alarm.queries[waiting.pop()]
        if query.metric is not None or query.id in seen:
            continue
        seen.add(query.id)
        expression = parse(query.expression)
        if not _is_pointwise(expression):
            return False
        waiting += [name for name in expression.names if name in alarm.queries]
    return True


def _is_pointwise(expression: Expression) -> bool:
    for before, step in zip((None, *expression.steps), expression.steps, strict=False):
        if step.kind == "array":
            return False
        if step.kind == "call" and step.words[0] not in _POINTWISE:
            # What is missing is replaced by a number wherever it is.
            constant = step.words[0] == "FILL" and before is not None and before.kind == "number"
            if not constant:
                return False
    return True
