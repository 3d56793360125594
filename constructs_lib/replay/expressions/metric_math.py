"""Metric math: expressions over metrics and other expressions, for many evaluations at once.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
What that page leaves open is in `assumptions.METRIC_MATH`.
"""

import math
import re
from functools import lru_cache
from typing import Final

from constructs_lib.replay.expressions.computing import compute, compute_series
from constructs_lib.replay.expressions.errors import ExpressionError
from constructs_lib.replay.expressions.expression import Expression
from constructs_lib.replay.expressions.functions.table import BAND, FUNCTIONS, REFUSED
from constructs_lib.replay.expressions.parsing import Step, steps_of
from constructs_lib.replay.expressions.values import Frame, Scalar, Series, SeriesArray, Value

__all__ = [
    "LONGEST",
    "Expression",
    "ExpressionError",
    "Frame",
    "Scalar",
    "Series",
    "SeriesArray",
    "Value",
    "band_of",
    "compute",
    "compute_series",
    "parse",
]

LONGEST: Final = 2_048
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html"""

_QUERY: Final = re.compile(r"\s*select\s+\w+\s*\(", re.IGNORECASE)
_DEFAULT_WIDTH: Final = 2.0


def parse(text: str) -> Expression:
    """Read an expression.

    Raises:
        ExpressionError: it is none, or uses something that is not evaluated here.
    """
    if not isinstance(text, str) or not text.strip():
        raise ExpressionError("a metric math expression has to be a text, and not an empty one.")
    if len(text) > LONGEST:
        raise ExpressionError.at(text, LONGEST, f"an expression has at most {LONGEST} characters")
    if _QUERY.match(text):
        raise ExpressionError.at(
            text, 0, "Metrics Insights queries are not evaluated here: they choose metrics anew"
        )
    return _parsed(text)


def band_of(expression: Expression) -> tuple[str, float] | None:
    """The id of what an anomaly detection band is made for, and its width in standard deviations; None for all else.

    Raises:
        ExpressionError: it is a band, but not of an id and a number.
    """
    *arguments, call = expression.steps
    if call.kind != "call" or call.words[0] != BAND:
        return None
    match [(step.kind, *step.words) for step in arguments]:
        case [("name", name)]:
            return name, _DEFAULT_WIDTH
        case [("name", name), ("number", number)]:
            return name, float(number)
    raise ExpressionError.at(expression.text, call.at, f"{BAND} takes the id of a metric, and a number")


@lru_cache(maxsize=4_096)
def _parsed(text: str) -> Expression:
    steps = steps_of("metric_math", text)
    for step in steps:
        problem = _problem(step)
        if problem:
            raise ExpressionError.at(text, step.at, problem)
    calls = {step.words[0] for step in steps if step.kind == "call"}
    names = dict.fromkeys(step.words[0] for step in steps if step.kind == "name")
    return Expression(text=text, names=tuple(names), uses_metrics="METRICS" in calls, steps=steps)


def _problem(step: Step) -> str | None:
    word = step.words[0]
    if step.kind == "number" and math.isinf(float(word)):
        return "the number is too large"
    if step.kind != "call":
        return None
    if word in REFUSED:
        return f"{word} is not evaluated here: {REFUSED[word]}"
    function = FUNCTIONS.get(word)
    if function is None:
        known = FUNCTIONS.keys() | REFUSED.keys()
        hint = f"; functions are written in capital letters: {word.upper()}" if word.upper() in known else ""
        return f"metric math has no function {word}{hint}"
    least, most = function.least, function.most
    if least <= step.arity <= most:
        return None
    wanted = str(least) if least == most else f"{least} to {most}"
    return f"{word} takes {wanted} argument{'s' * (most > 1)}, not {step.arity}"
