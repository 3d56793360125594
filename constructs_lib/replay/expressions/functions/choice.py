"""IF: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html#using-IF-expressions."""

from typing import Final

import numpy as np

from constructs_lib.replay.expressions.calls import Call, Function
from constructs_lib.replay.expressions.values import Scalar, Series, Value

__all__ = ["FUNCTIONS"]

_WITH_ELSE = 3


def _if(call: Call) -> Value:
    """Choose datapoint by datapoint.

    Where the condition has no datapoint, there is none. A true one takes 0 for a datapoint that is missing in the
    series that it chooses; a false one drops it.
    """
    condition, then = call.single(0), call.single(1)
    otherwise = call.single(2) if len(call.arguments) == _WITH_ELSE else call.frame.scalar(np.nan)
    chosen = then.aligned
    if isinstance(condition, Series) and isinstance(then, Series):
        chosen = np.where(np.isnan(chosen), 0.0, chosen)
    tests = condition.aligned
    values = np.where(np.isnan(tests), np.nan, np.where(tests != 0, chosen, otherwise.aligned))
    scalars = all(isinstance(each, Scalar) for each in (condition, then, otherwise))
    return Scalar(values[:, 0]) if scalars else Series(values)


FUNCTIONS: Final = {"IF": Function(_if, 2, _WITH_ELSE)}
