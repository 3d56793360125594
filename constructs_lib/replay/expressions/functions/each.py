"""Functions of each datapoint by itself: what is missing stays missing."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

import numpy as np

from constructs_lib.replay.expressions.calls import Call, Function
from constructs_lib.replay.expressions.values import Value, finite, like

__all__ = ["FUNCTIONS"]


def _each(operation: Callable[[Any], Any], call: Call) -> Value:
    value = call.some_series()
    return like(value, finite(operation(value.values)))


_OPERATIONS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "ABS": np.abs,
    "CEIL": np.ceil,
    "FLOOR": np.floor,
    "LOG": np.log,
    "LOG10": np.log10,
}
FUNCTIONS: Final = {name: Function(partial(_each, operation)) for name, operation in _OPERATIONS.items()}
