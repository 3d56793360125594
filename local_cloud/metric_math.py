"""CloudWatch metric math over equally long series: arithmetic, comparisons, IF, FILL, and sums over METRICS().

An expression is parsed, never executed: CloudWatch's AND, OR, ! and ^ are translated to Python's spelling and Python's
own parser gives the tree, of which only the nodes below are understood.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

import ast
import operator
import re
import statistics
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Series = list[float | None]
"""Datapoints, the oldest first, None where there is none."""


class UnsupportedExpressionError(ValueError):
    """An expression uses something that is not understood here."""


_ARITHMETIC: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_ACROSS: dict[str, Callable[[list[float]], float]] = {
    "SUM": sum,
    "MAX": max,
    "MIN": min,
    "AVG": statistics.fmean,
}
_CONCURRENCY_QUOTA = 1_000.0
"""Lambda's, by default: the one quota that the local cloud has.

https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""
_EACH: dict[str, Callable[[float], float]] = {
    "ABS": abs,
    "CEIL": lambda v: float(-(-v // 1)),
    "FLOOR": lambda v: v // 1,
    "SERVICE_QUOTA": lambda _: _CONCURRENCY_QUOTA,
}
_WORDS = ((r"&&|\bAND\b", " and "), (r"\|\||\bOR\b", " or "), (r"!(?!=)", " not "), (r"\^", "**"))


def compute(expression: str, series: Mapping[str, Series], length: int) -> Series:
    """The series an expression describes; `series` holds what it may name, `length` is how many datapoints."""
    text = expression
    for pattern, word in _WORDS:
        text = re.sub(pattern, word, text)
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except SyntaxError as error:
        raise UnsupportedExpressionError(f"cannot read the metric math expression {expression!r}") from error
    result: Series = _Evaluation(expression, series, length).value(tree.body)
    if result and isinstance(result[0], list):
        raise UnsupportedExpressionError(f"{expression!r} gives several series, an alarm needs one")
    return result


class _Evaluation:
    def __init__(self, expression: str, series: Mapping[str, Series], length: int) -> None:
        self.expression, self.series, self.length = expression, series, length

    def value(self, node: ast.expr) -> Any:  # noqa: PLR0911 - one case a kind of node
        match node:
            case ast.Constant(value=bool() | int() | float() as number):
                return [float(number)] * self.length
            case ast.Name(id=name) if name in self.series:
                return self.series[name]
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
                return _each(_ARITHMETIC[type(op)], self.value(left), self.value(right))
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARISONS:
                return _each(_COMPARISONS[type(op)], self.value(left), self.value(right))
            case ast.BoolOp(op=op, values=values):
                combine = all if isinstance(op, ast.And) else any
                return _each(lambda *parts: combine(parts), *(self.value(v) for v in values))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return _each(operator.neg, self.value(operand))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return _each(operator.not_, self.value(operand))
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                return self.call(name, arguments)
            case ast.List(elts=elements):
                return [self.value(element) for element in elements]
        raise UnsupportedExpressionError(
            f"{ast.unparse(node)!r} in {self.expression!r} is not understood here"
        )

    def call(self, name: str, arguments: Sequence[ast.expr]) -> Any:  # noqa: PLR0911 - one case a function
        match name, arguments:
            case "METRICS", []:
                return list(self.series.values())
            case "METRICS", [ast.Constant(value=str() as part)]:
                return [values for key, values in self.series.items() if part in key]
            case "IF", [condition, then]:
                return [
                    t if c else None for c, t in zip(self.value(condition), self.value(then), strict=True)
                ]
            case "IF", [condition, then, otherwise]:
                parts = zip(self.value(condition), self.value(then), self.value(otherwise), strict=True)
                return [None if c is None else t if c else o for c, t, o in parts]
            case "FILL", [values, ast.Name(id="REPEAT")]:
                return _repeat(self.value(values))
            case "FILL", [values, ast.Constant(value=int() | float() as number)]:
                return _filled(self.value(values), float(number))
            case "FILL", [
                values,
                ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)),
            ]:
                return _filled(self.value(values), -float(number))
            case _, [argument] if name in _EACH:
                return _each(_EACH[name], self.value(argument))
            case _, [argument] if name in _ACROSS:
                return self.across(_ACROSS[name], self.value(argument))
        raise UnsupportedExpressionError(f"{name} in {self.expression!r} is not understood here")

    def across(self, combine: Callable[[list[float]], float], values: Any) -> Series:
        """Of several series one series; of one series its one value, at every datapoint."""
        if values and not isinstance(values[0], list):
            present = [v for v in values if v is not None]
            return [combine(present) if present else None] * self.length
        columns = [[v for v in column if v is not None] for column in zip(*values, strict=True)]
        return [combine(column) if column else None for column in columns]


def _each(function: Callable[..., Any], *series: Any) -> Any:
    """Apply a function datapoint by datapoint; what is missing, or divides by zero, stays missing."""
    if series[0] and isinstance(series[0][0], list):
        return [_each(function, one, *series[1:]) for one in series[0]]
    result: Series = []
    for values in zip(*series, strict=True):
        try:
            result.append(None if None in values else float(function(*values)))
        except (ZeroDivisionError, OverflowError):
            result.append(None)
    return result


def _filled(values: Any, number: float) -> Any:
    if values and isinstance(values[0], list):
        return [_filled(one, number) for one in values]
    return [number if value is None else value for value in values]


def _repeat(values: Series) -> Series:
    result: Series = []
    for value in values:
        result.append(result[-1] if value is None and result else value)
    return result
