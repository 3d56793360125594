"""Functions of when a datapoint is, and not of what it is: they have a value where the series has none, too.

All of them are in UTC; DAY is 1 on Mondays and 7 on Sundays.
https://aws.amazon.com/blogs/mt/enhance-cloudwatch-metrics-with-metric-math-functions/
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from constructs_lib.replay.expressions.calls import Call, Function
from constructs_lib.replay.expressions.values import Series, Value

__all__ = ["FUNCTIONS"]

Seconds = NDArray[np.datetime64]
_EPOCH_WEEKDAY = 3  # 1970 began on a Thursday, three days after Monday


def _whole(unit: str, moments: Seconds) -> NDArray[np.int64]:
    """How many whole units have passed since 1970 began."""
    return moments.astype(f"datetime64[{unit}]").astype(np.int64)


_PARTS: Final[Mapping[str, Callable[[Seconds], Any]]] = {
    "MINUTE": lambda moments: _whole("m", moments) % 60,
    "HOUR": lambda moments: _whole("h", moments) % 24,
    "DAY": lambda moments: (_whole("D", moments) + _EPOCH_WEEKDAY) % 7 + 1,
    "DATE": lambda moments: (
        _whole("D", moments) - _whole("D", moments.astype("datetime64[M]").astype("datetime64[s]")) + 1
    ),
    "MONTH": lambda moments: _whole("M", moments) % 12 + 1,
    "YEAR": lambda moments: _whole("Y", moments) + 1970,
    "EPOCH": lambda moments: _whole("s", moments),
}


def _part(of: Callable[[Seconds], Any], call: Call) -> Value:
    call.series()
    moments = np.floor(call.frame.times).astype("datetime64[s]")
    return Series(np.asarray(of(moments), dtype=np.float64))


FUNCTIONS: Final = {name: Function(partial(_part, of)) for name, of in _PARTS.items()}
