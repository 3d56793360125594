"""What an expression comes to."""

import numpy as np

from constructs_lib.replay.expressions.calls import Argument, Call, Misuse, described
from constructs_lib.replay.expressions.errors import ExpressionError
from constructs_lib.replay.expressions.expression import Expression
from constructs_lib.replay.expressions.functions.arrays import joined
from constructs_lib.replay.expressions.functions.table import FUNCTIONS
from constructs_lib.replay.expressions.operators import binary, negative
from constructs_lib.replay.expressions.parsing import Step
from constructs_lib.replay.expressions.values import Floats, Frame, Scalar, Series, SeriesArray, Value

__all__ = ["compute", "compute_series"]


def compute(expression: Expression, frame: Frame) -> Value:
    """What an expression comes to.

    Raises:
        ExpressionError: it refers to what `frame` does not have, or a function gets what it does not take.
    """
    stack: list[Argument] = []
    with np.errstate(all="ignore"):  # what divides by zero or grows too large is dropped
        for step in expression.steps:
            taken = tuple(stack[len(stack) - step.arity :])
            del stack[len(stack) - step.arity :]
            try:
                stack.append(Argument(step, _computed(step, taken, frame)))
            except Misuse as misuse:
                raise ExpressionError.at(expression.text, step.at, str(misuse)) from None
    result = stack.pop()
    if result.value is None:
        raise ExpressionError.at(expression.text, result.step.at, f"{result.shown} is no value")
    return result.value


def compute_series(expression: Expression, frame: Frame) -> Floats:
    """The one time series that an expression comes to, of shape (rows, datapoints), NaN for a missing datapoint.

    Raises:
        ExpressionError: as for `compute`; or it gives something else, and an alarm watches one time series.
    """
    value = compute(expression, frame)
    if isinstance(value, SeriesArray) and len(value.values) == 1:
        return Series(value.values[0]).values
    if isinstance(value, Series):
        return value.values
    raise ExpressionError.at(
        expression.text, 0, f"the result has to be a time series, not {described(value)}"
    )


def _computed(step: Step, taken: tuple[Argument, ...], frame: Frame) -> Value | None:
    word = step.words[0]
    match step.kind:
        case "call":
            return FUNCTIONS[word].compute(Call(word, taken, frame))
        case "binary":
            left, right = (_operand(each) for each in taken)
            return binary(word, left, right)
        case "negative":
            return negative(_operand(taken[0]))
        case "array":
            return joined([_element(each) for each in taken], frame.times.shape)
    return _given(step, frame)


def _given(step: Step, frame: Frame) -> Value | None:
    """What stands for itself; None for words and texts, which mean something to some functions only."""
    word = step.words[0]
    if step.kind == "number":
        return frame.scalar(float(word))
    if step.kind != "name":
        return None
    found = frame.value(word)
    if found is None:
        raise Misuse(f"nothing has the id {word}")
    return found


def _operand(argument: Argument) -> Value:
    if argument.value is None:
        raise Misuse(f"{argument.shown} is no value")
    return argument.value


def _element(argument: Argument) -> Series | SeriesArray:
    value = _operand(argument)
    if isinstance(value, Scalar):
        raise Misuse("an array holds time series, not scalars")
    return value
