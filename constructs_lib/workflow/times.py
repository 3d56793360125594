"""How long the steps of a saga can take."""

import math
from collections.abc import Callable, Sequence

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_

from constructs_lib.workflow.steps import Parallel, Retries, Step

__all__ = ["LONGEST_FUNCTION_SECONDS", "Times", "function_seconds"]

LONGEST_FUNCTION_SECONDS = 900
"""https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""
_DEFAULT_FUNCTION_SECONDS = 3
"""https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html"""
_MARGIN_SECONDS = 15
"""Ten seconds of initialization, which a function's timeout does not count, and the call itself.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
"""
_HAND_OVER_SECONDS = 60
_PARKING_SECONDS = 60


def function_seconds(function: lambda_.IFunction) -> float | None:
    """The timeout of a function, or of an alias or version of one, made in the app; None when it is unknown."""
    made = function.lambda_ if isinstance(function, lambda_.Alias | lambda_.Version) else function
    if not isinstance(made, lambda_.Function):
        return None
    timeout = made.timeout
    if timeout is None:
        return _DEFAULT_FUNCTION_SECONDS
    return None if timeout.is_unresolved() else timeout.to_seconds()


class Times:
    """What one saga waits for.

    Args:
        retries: how steps are tried again that do not say.
        compensation_retries: how compensations, and parking them, are tried again.
    """

    def __init__(self, retries: Retries, compensation_retries: Retries) -> None:
        self._retries = retries
        self._compensation_retries = compensation_retries

    @staticmethod
    def of_step(step: Step) -> int:
        """Seconds after which one try of a step is given up."""
        if step.timeout is None and step.asynchronous:
            return _HAND_OVER_SECONDS
        return _timeout(step.timeout, step.function)

    @staticmethod
    def of_compensation(step: Step) -> int:
        """Seconds after which one try of its compensation is given up."""
        return 0 if step.compensation is None else _timeout(step.compensation_timeout, step.compensation)

    @staticmethod
    def of_parking() -> int:
        """Seconds after which one try to park a failure is given up."""
        return _PARKING_SECONDS

    def without_retries(self, steps: Sequence[Step | Parallel]) -> float:
        """Seconds that steps and compensations can take when each is tried once."""
        return _total(steps, self.of_step) + _total(steps, self.of_compensation)

    def at_worst(self, steps: Sequence[Step | Parallel]) -> float:
        """Seconds that all tries, and parking all compensations, can take."""
        return _total(steps, self._step_at_worst) + _total(steps, self._compensation_at_worst)

    def _step_at_worst(self, step: Step) -> float:
        return _tried(step.retries or self._retries, self.of_step(step))

    def _compensation_at_worst(self, step: Step) -> float:
        if step.compensation is None:
            return 0
        return sum(
            _tried(self._compensation_retries, each)
            for each in (self.of_compensation(step), _PARKING_SECONDS)
        )


def _timeout(given: cdk.Duration | None, function: lambda_.IFunction) -> int:
    if given is not None:
        return int(given.to_seconds())
    known = function_seconds(function)
    return math.ceil(LONGEST_FUNCTION_SECONDS if known is None else known) + _MARGIN_SECONDS


def _tried(retries: Retries, seconds: float) -> float:
    return (retries.max_attempts + 1) * seconds + retries.longest_delays


def _total(steps: Sequence[Step | Parallel], seconds: Callable[[Step], float]) -> float:
    """A group takes as long as the slowest of it."""
    return sum(
        max(map(seconds, each.steps)) if isinstance(each, Parallel) else seconds(each) for each in steps
    )
