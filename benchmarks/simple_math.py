"""Metric math one evaluation at a time, in plain lists: what the arrays of `constructs_lib.replay` are compared with.

A number, or None, is a scalar; a list a time series, the oldest datapoint first, None where it has none; a tuple of
lists an array of time series. An expression is read by Python's own parser, after CloudWatch's AND, OR and ^ are
written as Python writes them. The rules are those of
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html,
and what that page leaves open is taken as `constructs_lib.replay.expressions.assumptions` says.
"""

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

__all__ = ["Window", "value_of"]

Series = list[float | None]

_WORDS: Final = ((r"&&|\bAND\b", " and "), (r"\|\||\bOR\b", " or "), (r"\^", "**"))
_BINARY: Final[Mapping[type, Callable[[float, float], float]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.And: lambda left, right: bool(left) and bool(right),
    ast.Or: lambda left, right: bool(left) or bool(right),
}
_EACH: Final[Mapping[str, Callable[[float], float]]] = {"ABS": abs, "CEIL": math.ceil, "FLOOR": math.floor}


@dataclass(frozen=True)
class Window:
    """The evaluation range of one evaluation.

    Attributes:
        series: id to the datapoints of a metric, or of an expression that was computed before.
        metrics: the ids that METRICS() stands for, in order.
        times: when each datapoint begins, in seconds since 1970.
        period: seconds from one to the next.
    """

    series: Mapping[str, Any]
    metrics: Sequence[str]
    times: Sequence[float]
    period: float


def value_of(expression: str, window: Window) -> Any:
    """What an expression comes to."""
    return _value(_parsed(expression), window)


@cache
def _parsed(expression: str) -> ast.expr:
    for pattern, word in _WORDS:
        expression = re.sub(pattern, word, expression)
    return ast.parse(expression.strip(), mode="eval").body


def _value(node: ast.expr, window: Window) -> Any:  # noqa: PLR0911 - one case a kind of node
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id=name):
            return window.series[name]
        case ast.BinOp(left=left, op=op, right=right) | ast.Compare(left=left, ops=[op], comparators=[right]):
            return _binary(_BINARY[type(op)], _value(left, window), _value(right, window))
        case ast.BoolOp(op=op, values=[first, *others]):
            found = _value(first, window)
            for other in others:
                found = _binary(_BINARY[type(op)], found, _value(other, window))
            return found
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _mapped(operator.neg, _value(operand, window))
        case ast.List(elts=elements):
            parts = [_value(element, window) for element in elements]
            return tuple(each for part in parts for each in (part if isinstance(part, tuple) else (part,)))
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _call(name, arguments, window)
    raise ValueError(f"{ast.unparse(node)!r} is not understood here")


def _call(name: str, nodes: Sequence[ast.expr], window: Window) -> Any:  # noqa: C901, PLR0911 - one case a function
    match name, nodes:
        case "METRICS", [*part]:
            text = part[0].value if part and isinstance(part[0], ast.Constant) else ""
            return tuple(window.series[each] for each in window.metrics if str(text) in each)
        case "PERIOD", [_]:
            return float(window.period)
        case "FILL", [values, ast.Name(id="REPEAT")]:
            return _series_by_series(_repeated, _value(values, window))
    arguments = [_value(node, window) for node in nodes]
    match name, arguments:
        case "IF", [condition, then, *otherwise]:
            return _chosen(condition, then, otherwise[0] if otherwise else None, len(window.times))
        case "FILL", [values, filler]:
            gaps = _spread(filler, len(window.times))
            return _series_by_series(
                lambda one: [gap if value is None else value for value, gap in zip(one, gaps, strict=True)],
                values,
            )
        case "TIME_SERIES", [number]:
            return _spread(number, len(window.times))
        case "MINUTE" | "HOUR", [_]:
            size, most = (60, 60) if name == "MINUTE" else (3_600, 24)
            return [float(moment // size % most) for moment in window.times]
        case _, [values] if name in _EACH:
            return _mapped(_EACH[name], values)
        case _, [values] if name in _ALONG:
            return _series_by_series(lambda one: _ALONG[name](one, window.times), values)
        case _, [values] if name in _ACROSS:
            return _across(_ACROSS[name], values)
    raise ValueError(f"{name} is not understood here")


def _tried(function: Callable[..., Any], *values: float) -> float | None:
    try:
        found = float(function(*values))
    except (ZeroDivisionError, OverflowError, ValueError, TypeError):
        return None  # TypeError: a complex number
    return found if math.isfinite(found) else None


def _spread(value: Any, length: int) -> Series:
    return value if isinstance(value, list) else [value] * length


def _series_by_series(change: Callable[[Series], Series], value: Any) -> Any:
    return tuple(map(change, value)) if isinstance(value, tuple) else change(value)


def _mapped(function: Callable[[float], float], value: Any) -> Any:
    if isinstance(value, tuple | list):
        return type(value)(_mapped(function, each) for each in value)
    return None if value is None else _tried(function, value)


def _binary(function: Callable[[float, float], float], left: Any, right: Any) -> Any:  # noqa: PLR0911 - one case a pair of kinds
    """Of two time series, one that has no datapoint counts as 0 where the other one has one."""
    if isinstance(left, tuple) and isinstance(right, tuple):
        return tuple(_binary(function, *pair) for pair in zip(left, right, strict=False))
    if isinstance(left, tuple):
        return tuple(_binary(function, each, right) for each in left)
    if isinstance(right, tuple):
        return tuple(_binary(function, left, each) for each in right)
    if isinstance(left, list) and isinstance(right, list):
        return [
            None if one is None and two is None else _tried(function, one or 0.0, two or 0.0)
            for one, two in zip(left, right, strict=True)
        ]
    if isinstance(left, list):
        return [None if one is None or right is None else _tried(function, one, right) for one in left]
    if isinstance(right, list):
        return [None if left is None or two is None else _tried(function, left, two) for two in right]
    return None if left is None or right is None else _tried(function, left, right)


def _chosen(condition: Any, then: Any, otherwise: Any, length: int) -> Any:
    """A true condition that is a series takes 0 where the series that it chooses has no datapoint."""
    if not any(isinstance(each, list) for each in (condition, then, otherwise)):
        return None if condition is None else then if condition else otherwise
    zeros = isinstance(condition, list) and isinstance(then, list)
    rows = zip(*(_spread(each, length) for each in (condition, then, otherwise)), strict=True)
    return [
        None if test is None else (0.0 if one is None and zeros else one) if test else two
        for test, one, two in rows
    ]


def _repeated(values: Series) -> Series:
    found: Series = []
    for value in values:
        found.append(found[-1] if value is None and found else value)
    return found


def _since_previous(step: Callable[[float, float], float], values: Series, times: Sequence[float]) -> Series:
    found: Series = []
    before: tuple[float, float] | None = None
    for value, at in zip(values, times, strict=True):
        found.append(
            None if value is None or before is None else _tried(step, value - before[0], at - before[1])
        )
        before = before if value is None else (value, at)
    return found


def _running_sum(values: Series, _times: Sequence[float]) -> Series:
    total, found = 0.0, Series()
    for value in values:
        total += value or 0.0
        found.append(None if value is None else total)
    return found


_ALONG: Final[Mapping[str, Callable[[Series, Sequence[float]], Series]]] = {
    "DIFF": lambda values, times: _since_previous(lambda change, _passed: change, values, times),
    "RATE": lambda values, times: _since_previous(lambda change, passed: change / passed, values, times),
    "RUNNING_SUM": _running_sum,
}
_ACROSS: Final[Mapping[str, Callable[[list[float], int], float]]] = {
    "SUM": lambda present, _count: sum(present),
    "MIN": lambda present, _count: min(present),
    "MAX": lambda present, _count: max(present),
    "AVG": lambda present, count: sum(present) / count,
}


def _across(combine: Callable[[list[float], int], float], value: Any) -> Any:
    """Of several series one series; of one series one number. Of nothing there is no result."""
    if isinstance(value, tuple):
        return [_across(combine, list(column)) for column in zip(*value, strict=True)]
    present = [each for each in value if each is not None]
    return combine(present, len(value)) if present else None
