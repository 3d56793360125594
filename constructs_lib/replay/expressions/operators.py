"""The operators of metric math.

"Missing values in a time series are treated as 0. If the value of a data point causes a function to attempt to divide
by zero, the data point is dropped."
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html#metric-math-syntax-arithmetic
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from constructs_lib.replay.expressions.calls import Misuse, described
from constructs_lib.replay.expressions.values import Floats, Scalar, Series, SeriesArray, Value, finite, like

__all__ = ["binary", "negative"]

Operation = Callable[[Any, Any], Any]

_ARITHMETIC: Final[Mapping[str, Operation]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "^": np.power,
}
_TRUTH: Final[Mapping[str, Operation]] = {
    "==": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "AND": np.logical_and,
    "&&": np.logical_and,
    "OR": np.logical_or,
    "||": np.logical_or,
}


def binary(operator: str, left: Value, right: Value) -> Value:
    """What an operator between two values gives.

    Two time series have a datapoint where at least one of them has; what the other misses counts as 0.

    Raises:
        Misuse: a comparison or a logical operator of an array.
    """
    operation = _ARITHMETIC.get(operator)
    if operation is not None:
        return _combined(operation, left, right)
    for side in (left, right):
        if isinstance(side, SeriesArray):
            raise Misuse(f"{operator} takes time series and scalars, not {described(side)}")
    return _combined(_TRUTH[operator], left, right)


def negative(value: Value) -> Value:
    """What an unary minus gives: missing datapoints stay missing."""
    return Scalar(-value.values) if isinstance(value, Scalar) else like(value, -value.values)


def _combined(operation: Operation, left: Value, right: Value) -> Value:
    if isinstance(left, SeriesArray) and isinstance(right, SeriesArray):
        pairs = min(len(left.values), len(right.values))
        sizes = np.minimum(left.sizes, right.sizes)
        left, right = (SeriesArray.of(side.values[:pairs], sizes) for side in (left, right))
    missing = [np.isnan(side.aligned) for side in (left, right)]
    scalars = isinstance(left, Scalar) or isinstance(right, Scalar)
    absent = missing[0] | missing[1] if scalars else missing[0] & missing[1]
    operands = [np.where(no, 0.0, side.aligned) for no, side in zip(missing, (left, right), strict=True)]
    values: Floats = finite(np.where(absent, np.nan, operation(*operands)))
    for side in (left, right):
        if isinstance(side, SeriesArray):
            return SeriesArray.of(values, side.sizes)
    return Scalar(values[:, 0]) if isinstance(left, Scalar) and isinstance(right, Scalar) else Series(values)
