"""Metric math once more, one row at a time, in plain Python: what the arrays of numpy are compared with.

An expression is a tree of its own here, and is never parsed. Values are a number or None; a list of them; a tuple of
such lists.
"""

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

Number = float | None
Series = list[Number]
Array = tuple[Series, ...]


@dataclass(frozen=True)
class Node:
    """A part of an expression.

    Attributes:
        kind: ``number``, ``name``, ``word``, ``text``, ``call``, ``list``, ``negative`` or ``binary``.
        word: what stands there.
        operands: its parts.
    """

    kind: str
    word: str
    operands: tuple["Node", ...] = ()


@dataclass(frozen=True)
class Row:
    """What one evaluation looks at."""

    series: Mapping[str, Series]
    metrics: Sequence[str]
    times: Sequence[float]
    period: float
    quotas: Mapping[str, float]


_BINDING = (
    ("OR", "||"),
    ("AND", "&&"),
    ("==", "!=", "<", "<=", ">", ">="),
    ("+", "-"),
    ("*", "/"),
    ("NEG",),
    ("^",),
)
_ATOM = len(_BINDING)


def _binding(node: Node) -> int:
    word = {"negative": "NEG", "binary": node.word}.get(node.kind)
    return next((level for level, words in enumerate(_BINDING) if word in words), _ATOM)


def text_of(node: Node) -> str:
    """An expression with no parentheses but those that it needs."""
    level = _binding(node)

    def side(operand: Node, *, loosest: int) -> str:
        return text_of(operand) if _binding(operand) >= loosest else f"({text_of(operand)})"

    match node.kind:
        case "call":
            return f"{node.word}({', '.join(map(text_of, node.operands))})"
        case "list":
            return f"[{','.join(map(text_of, node.operands))}]"
        case "negative":
            return f"-{side(node.operands[0], loosest=level)}"
        case "binary":
            left, right = node.operands
            from_the_right = node.word == "^"
            alone = node.word in _BINDING[2]
            # What stands right of ^ may be an unary minus, which ends there.
            right_level = level - 1 if from_the_right else level + 1
            return (
                f"{side(left, loosest=level + (from_the_right or alone))} {node.word} "
                f"{side(right, loosest=right_level)}"
            )
    return node.word


def value_of(node: Node, row: Row) -> Any:  # noqa: PLR0911 - one case a kind
    """What an expression comes to in a row."""
    match node.kind:
        case "number":
            return float(node.word)
        case "name":
            return row.series[node.word]
        case "list":
            return _joined([value_of(each, row) for each in node.operands])
        case "negative":
            return _mapped(lambda v: -v, value_of(node.operands[0], row))
        case "binary":
            return _binary(node.word, *(value_of(each, row) for each in node.operands))
        case "call":
            return _call(node, row)
    return node.word


def _joined(parts: Sequence[Any]) -> Array:
    return tuple(series for part in parts for series in (part if isinstance(part, tuple) else (part,)))


def _tried(function: Callable[..., Any], *values: float) -> Number:
    try:
        result = float(function(*values))
    except (ZeroDivisionError, OverflowError, ValueError, TypeError):
        return None  # TypeError: a complex number
    return result if math.isfinite(result) else None


def _mapped(function: Callable[[float], Any], value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(_mapped(function, each) for each in value)
    if isinstance(value, list):
        return [_mapped(function, each) for each in value]
    return None if value is None else _tried(function, value)


_OPERATORS: Mapping[str, Callable[[float, float], Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "^": lambda a, b: a**b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "AND": lambda a, b: a != 0 and b != 0,
    "&&": lambda a, b: a != 0 and b != 0,
    "OR": lambda a, b: a != 0 or b != 0,
    "||": lambda a, b: a != 0 or b != 0,
}


def _binary(operator: str, left: Any, right: Any) -> Any:  # noqa: PLR0911 - one case a pair of kinds
    if isinstance(left, tuple) and isinstance(right, tuple):
        return tuple(_binary(operator, *pair) for pair in zip(left, right, strict=False))
    if isinstance(left, tuple):
        return tuple(_binary(operator, each, right) for each in left)
    if isinstance(right, tuple):
        return tuple(_binary(operator, left, each) for each in right)
    function = _OPERATORS[operator]
    if isinstance(left, list) and isinstance(right, list):
        return [
            None if a is None and b is None else _tried(function, a or 0.0, b or 0.0)
            for a, b in zip(left, right, strict=True)
        ]
    if isinstance(left, list):
        return [_scalars(function, a, right) for a in left]
    if isinstance(right, list):
        return [_scalars(function, left, b) for b in right]
    return _scalars(function, left, right)


def _scalars(function: Callable[[float, float], Any], a: Number, b: Number) -> Number:
    return None if a is None or b is None else _tried(function, a, b)


def _total(values: Sequence[float]) -> float:
    total = 0.0
    for value in values:
        total += value
    return total


_REDUCTIONS: Mapping[str, Callable[[list[float], int], float]] = {
    "SUM": lambda values, _possible: _total(values),
    "AVG": lambda values, possible: _total(values) / possible,
    "MIN": lambda values, _possible: min(values),
    "MAX": lambda values, _possible: max(values),
    "STDDEV": lambda values, _possible: statistics.pstdev(values),
    "DATAPOINT_COUNT": lambda values, _possible: len(values),
}
_EACH: Mapping[str, Callable[[float], Any]] = {
    "ABS": abs,
    "CEIL": math.ceil,
    "FLOOR": math.floor,
    "LOG": math.log,
    "LOG10": math.log10,
}
_MOMENTS: Mapping[str, Callable[[datetime], float]] = {
    "MINUTE": lambda moment: moment.minute,
    "HOUR": lambda moment: moment.hour,
    "DAY": lambda moment: moment.isoweekday(),
    "DATE": lambda moment: moment.day,
    "MONTH": lambda moment: moment.month,
    "YEAR": lambda moment: moment.year,
    "EPOCH": lambda moment: moment.timestamp(),
}


def _reduced(name: str, values: Sequence[Number]) -> Number:
    present = [value for value in values if value is not None]
    return _REDUCTIONS[name](present, len(values)) if present else None


def _call(node: Node, row: Row) -> Any:  # noqa: PLR0911, PLR0912, C901 - one case a function
    values = [value_of(each, row) for each in node.operands]
    match node.word:
        case "METRICS":
            part = values[0].strip("\"'") if values else ""
            return tuple(row.series[name] for name in row.metrics if part in name)
        case "PERIOD":
            return row.period
        case "SERVICE_QUOTA":
            return _mapped(lambda _: row.quotas[node.operands[0].word], values[0])
        case "TIME_SERIES":
            return [values[0]] * len(row.times)
        case "METRIC_COUNT":
            return float(len(values[0]))
        case "FIRST" | "LAST":
            return values[0][0 if node.word == "FIRST" else -1] if values[0] else [None] * len(row.times)
        case "REMOVE_EMPTY":
            return tuple(series for series in values[0] if any(v is not None for v in series))
        case "SLICE":
            start, *end = [max(0, int(value)) for value in values[1:]]
            return values[0][start : end[0] if end else None]
        case "SORT":
            return _sorted(*values)
        case "FILL":
            return _filled(values[0], values[1], row.times)
        case "IF":
            return _if(values, len(row.times))
        case name if name in _MOMENTS:
            return [float(_MOMENTS[name](datetime.fromtimestamp(at, UTC))) for at in row.times]
        case name if name in _EACH:
            return _mapped(_EACH[name], values[0])
        case name if name in _REDUCTIONS:
            if isinstance(values[0], tuple):
                return [_reduced(name, [series[i] for series in values[0]]) for i in range(len(row.times))]
            return 0.0 if name == "DATAPOINT_COUNT" and not any_of(values[0]) else _reduced(name, values[0])
    return _along(node.word, values[0], row.times)


def any_of(series: Series) -> bool:
    return any(value is not None for value in series)


def _sorted(array: Array, function: str, order: str, limit: float | None = None) -> Array:
    full = [series for series in array if any_of(series)]
    empty = [series for series in array if not any_of(series)]
    sign = 1 if order == "ASC" else -1
    ordered = (*sorted(full, key=lambda series: sign * (_reduced(function, series) or 0.0)), *empty)
    return ordered if limit is None else ordered[: max(0, int(limit))]


def _filled(value: Any, filler: Any, times: Sequence[float]) -> Any:
    if isinstance(value, tuple):
        return tuple(_filled(each, filler, times) for each in value)
    result: Series = []
    for place, now in enumerate(value):
        before = [i for i in range(place) if value[i] is not None]
        after = [i for i in range(place, len(value)) if value[i] is not None]
        if now is not None:
            result.append(now)
        elif filler == "REPEAT":
            result.append(value[before[-1]] if before else None)
        elif filler == "LINEAR":
            if before and after:
                i, j = before[-1], after[0]
                share = (times[place] - times[i]) / (times[j] - times[i])
                result.append(value[i] + (value[j] - value[i]) * share)
            else:
                result.append(None)
        else:
            result.append(filler[place] if isinstance(filler, list) else filler)
    return result


def _if(values: Sequence[Any], length: int) -> Any:
    condition, then, otherwise = values if len(values) == 3 else (*values, None)
    if not any(isinstance(each, list) for each in (condition, then, otherwise)):
        return None if condition is None else then if condition != 0 else otherwise
    result: Series = []
    for place in range(length):
        test, yes, no = (
            each[place] if isinstance(each, list) else each for each in (condition, then, otherwise)
        )
        if test is None or test == 0:
            result.append(None if test is None else no)
        elif yes is None and isinstance(then, list) and isinstance(condition, list):
            result.append(0.0)
        else:
            result.append(yes)
    return result


def _along(name: str, value: Any, times: Sequence[float]) -> Any:
    if isinstance(value, tuple):
        return tuple(_along(name, each, times) for each in value)
    result: Series = []
    previous: tuple[float, float] | None = None
    total = 0.0
    for now, at in zip(value, times, strict=True):
        if now is None:
            result.append(None)
            continue
        total += now
        if name == "RUNNING_SUM":
            result.append(total)
        elif previous is None:
            result.append(None)
        else:
            change, passed = now - previous[0], at - previous[1]
            result.append({"DIFF": change, "DIFF_TIME": passed, "RATE": change / passed}[name])
        previous = (now, at)
    return result
