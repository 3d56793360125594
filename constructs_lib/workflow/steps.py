"""What a saga is made of: steps, groups of them that run side by side, and how they are tried again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_

__all__ = ["LAMBDA_TRANSIENT_ERRORS", "Parallel", "Retries", "Step", "in_order"]

LAMBDA_TRANSIENT_ERRORS = (
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
)
"""What Lambda itself fails with for a while; a step is always tried again after these.

https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html#bp-lambda-serviceexception
"""


@dataclass(frozen=True, kw_only=True)
class Retries:
    """How often, and after which delays, something is tried again; the delays have full jitter.

    https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html#error-handling-retrying-after-an-error

    Attributes:
        max_attempts: how many times after the first one; 0 for never.
        interval_seconds: the longest delay before the first of them.
        backoff_rate: by what each delay is longer than the one before.
        max_delay_seconds: what no delay is longer than.
    """

    max_attempts: int = 6
    interval_seconds: int = 2
    backoff_rate: float = 2
    max_delay_seconds: int = 60

    @property
    def longest_delays(self) -> float:
        """Seconds of all delays together, at most."""
        return sum(
            min(self.interval_seconds * self.backoff_rate**number, self.max_delay_seconds)
            for number in range(self.max_attempts)
        )


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of a saga, and what undoes it.

    Its function gets the payload that docs/saga.md shows, with an idempotency key: it can be called more than once
    with the same key, and has to do its work once. So can its compensation, which is also called for a step that
    failed, since nobody knows how far that came: it has to answer well when there is nothing to undo.

    Attributes:
        name: its name, of letters, digits and underscores; the state's name and the result's key.
        function: what does it: an alias, a version or a function.
        compensation: what undoes it; may be the same function, told by ``saga.action``. Left out: it is not undone.
        transient_errors: names of errors that pass, after which it is tried again, beside those of Lambda.
            Any other error is permanent: the saga is compensated.
        retries: how it is tried again. Left out: as the saga says.
        timeout: how long one try can take. Left out: the function's timeout and a little more; for a function of
            another app, as long as a function can run.
        compensation_timeout: the same of the compensation.
        heartbeat: how long a `wait_for_task_token` step may be silent. Left out: until its timeout.
        asynchronous: hand it over to Lambda and go on; it has no result and no compensation.
        wait_for_task_token: wait until somebody returns ``saga.task_token`` with SendTaskSuccess or SendTaskFailure.
            It needs a `timeout`.
        result_selector: which part of the answer the saga keeps, as Step Functions writes it. Left out: all of it.
            Empty: nothing.
    """

    name: str
    function: lambda_.IFunction
    compensation: lambda_.IFunction | None = None
    transient_errors: Sequence[str] = ()
    retries: Retries | None = None
    timeout: cdk.Duration | None = None
    compensation_timeout: cdk.Duration | None = None
    heartbeat: cdk.Duration | None = None
    asynchronous: bool = False
    wait_for_task_token: bool = False
    result_selector: Mapping[str, object] | None = None


@dataclass(frozen=True, kw_only=True)
class Parallel:
    """Steps that run side by side.

    All of them are begun. When one fails, the others are not cut off: the saga waits until each has ended, so that
    nothing is undone while it is still being done; then all of them are compensated, side by side.

    Attributes:
        name: the name of the state.
        steps: two or more.
    """

    name: str
    steps: Sequence[Step]


def in_order(steps: Sequence[Step | Parallel]) -> list[Step]:
    """Every step, those of groups included."""
    return [step for each in steps for step in (each.steps if isinstance(each, Parallel) else [each])]
