"""The tasks of a saga: one that does a step, one that undoes it, and one that parks what could not be undone."""

from collections.abc import Mapping
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as sfn_tasks
from constructs import Construct

from constructs_lib.workflow.payloads import event, parked
from constructs_lib.workflow.steps import LAMBDA_TRANSIENT_ERRORS, Retries, Step
from constructs_lib.workflow.times import Times

__all__ = ["ANY_ERROR", "Kept", "Tasks"]

ANY_ERROR = ["States.ALL"]
"""All but States.DataLimitExceeded and States.Runtime, which end an execution whatever it catches.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html#error-handling-error-representation
"""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What a state's answer becomes, and where it goes.

    Attributes:
        path: where; None to drop it.
        selector: what; None for the answer as it is.
    """

    path: str | None
    selector: Mapping[str, object] | None = None


class Tasks:
    """Makes the tasks of one saga.

    Args:
        scope: where they are made.
        times: how long they can take.
        retries: how steps are tried again that do not say.
        compensation_retries: how compensations, and parking them, are tried again.
        parking_queue: where compensations that failed are kept.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        times: Times,
        retries: Retries,
        compensation_retries: Retries,
        parking_queue: sqs.IQueue,
    ) -> None:
        self._scope = scope
        self._times = times
        self._retries = retries
        self._compensation_retries = compensation_retries
        self._parking_queue = parking_queue

    def do(self, step: Step, kept: Kept) -> sfn.TaskStateBase:
        """The task that does `step`, tried again after errors that pass."""
        direct = not (step.asynchronous or step.wait_for_task_token)
        waits = sfn.IntegrationPattern.WAIT_FOR_TASK_TOKEN if step.wait_for_task_token else None
        later = sfn_tasks.LambdaInvocationType.EVENT if step.asynchronous else None
        task = sfn_tasks.LambdaInvoke(
            self._scope,
            step.name,
            lambda_function=_qualified(step.function),
            payload=sfn.TaskInput.from_object(event(step, "do")),
            # The answer of these is not the function's.
            payload_response_only=direct or None,
            integration_pattern=waits,
            invocation_type=later,
            retry_on_service_exceptions=False,
            result_path=_path(kept.path),
            result_selector=kept.selector,
            task_timeout=_seconds(self._times.of_step(step)),
            heartbeat_timeout=None if step.heartbeat is None else sfn.Timeout.duration(step.heartbeat),
        )
        errors = [*LAMBDA_TRANSIENT_ERRORS, *step.transient_errors]
        return _tried_again(task, errors, step.retries or self._retries)

    def undo(self, step: Step, compensation: lambda_.IFunction, kept: Kept) -> sfn.TaskStateBase:
        """The task that undoes `step`, tried again after any error."""
        task = sfn_tasks.LambdaInvoke(
            self._scope,
            f"Undo {step.name}",
            lambda_function=_qualified(compensation),
            payload=sfn.TaskInput.from_object(event(step, "undo")),
            payload_response_only=True,
            retry_on_service_exceptions=False,
            result_path=_path(kept.path),
            result_selector=kept.selector,
            task_timeout=_seconds(self._times.of_compensation(step)),
        )
        return _tried_again(task, ANY_ERROR, self._compensation_retries)

    def park(self, step: Step, compensation: lambda_.IFunction) -> sfn.TaskStateBase:
        """The task that keeps what could not be undone, tried again after any error."""
        task = sfn_tasks.SqsSendMessage(
            self._scope,
            f"Park {step.name}",
            queue=self._parking_queue,
            message_body=sfn.TaskInput.from_object(parked(step, _qualified(compensation))),
            result_path=sfn.JsonPath.DISCARD,
            task_timeout=_seconds(self._times.of_parking()),
        )
        return _tried_again(task, ANY_ERROR, self._compensation_retries)


def _qualified(function: lambda_.IFunction) -> lambda_.IFunction:
    """A function made here by its version $LATEST: CDK grants the use of every version with that of a function."""
    return function.latest_version if isinstance(function, lambda_.Function) else function


def _seconds(seconds: int) -> sfn.Timeout:
    return sfn.Timeout.duration(cdk.Duration.seconds(seconds))


def _path(path: str | None) -> str:
    return sfn.JsonPath.DISCARD if path is None else path


def _tried_again(task: sfn.TaskStateBase, errors: list[str], retries: Retries) -> sfn.TaskStateBase:
    if retries.max_attempts:
        task.add_retry(
            errors=errors,
            interval=cdk.Duration.seconds(retries.interval_seconds),
            max_attempts=retries.max_attempts,
            backoff_rate=retries.backoff_rate,
            max_delay=cdk.Duration.seconds(retries.max_delay_seconds),
            jitter_strategy=sfn.JitterType.FULL,
        )
    return task
