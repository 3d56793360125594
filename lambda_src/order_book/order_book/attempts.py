"""Tells the workflow which failures of a step pass: it tries these again, and compensates after any other."""

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit
from handler_toolkit import Failure, classify

from order_book.errors import OrderRefusedError

__all__ = ["StepUnavailableError", "tells_what_passes"]

P = ParamSpec("P")
R = TypeVar("R")


class StepUnavailableError(Exception):
    """A step could not be done this time; the message names the error that stood in the way."""


def tells_what_passes(metrics: Metrics) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Raise `StepUnavailableError` in place of every error of a handler that may not come again.

    Lambda counts whatever a handler raises as its error, so these are counted apart in `metrics`: StepsDelayed,
    StepsRefused over an order that cannot go on, and StepsFailed over what nobody expects.
    """

    def decorate(handler: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(handler)
        def telling(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                return handler(*args, **kwargs)
            except Exception as error:
                passes = classify(error) is not Failure.PERMANENT
                refused = isinstance(error, OrderRefusedError)
                name = "StepsDelayed" if passes else "StepsRefused" if refused else "StepsFailed"
                metrics.add_metric(name, MetricUnit.Count, 1)
                if passes:
                    raise StepUnavailableError(type(error).__name__) from error
                raise

        return telling

    return decorate
