"""Executions of Step Functions time out, stay stopped when they are stopped, and wait before a retry as they say.

What a task does goes on when its execution is over, as on AWS, but nothing follows it.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html
https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html
"""

import contextvars
import json
import math
import random
import threading
import time
from collections.abc import Callable
from typing import Any

from local_cloud.hooks import internal, replace
from local_cloud.settings import Settings
from local_cloud.workflow_clock import WorkflowClock

Execution = dict[str, Any]
Find = Callable[..., tuple[Any, int]]

_THROTTLED = "TooManyRequestsException"
_NO_HEARTBEAT = "States.HeartbeatTimeout"
_NEVER_HANDLED = ("States.Runtime", "States.DataLimitExceeded")


def install() -> None:
    replace("services.stepfunctions._run_execution", _watched)
    replace("services.stepfunctions._fail_execution", _unless_over)
    replace("services.stepfunctions._invoke_resource", _if_running)
    replace("services.stepfunctions._call_lambda", _with_throttles)
    replace("services.stepfunctions._scaled_sleep", lambda _: _wait)
    replace("services.stepfunctions._find_matching_retrier", _with_delay)
    replace("services.stepfunctions._error_matches", _unless_fatal)


class _Watch:
    """One execution while it runs."""

    def __init__(self, execution: Execution) -> None:
        self.execution = execution
        self._timer: threading.Timer | None = None
        settings = Settings.from_environment()
        self._clock = WorkflowClock(scale=settings.wait_scale, timeout=_timeout(execution))
        self._set_timer()

    def wait(self, seconds: float) -> None:
        """Wait as the workflow says, until it has timed out at most."""
        self._clock.wait(seconds, time.sleep)
        self._set_timer()
        self.raise_if_over()

    def raise_if_over(self) -> None:
        if self.execution["status"] != "RUNNING":
            raise internal("services.stepfunctions._ExecutionError")(
                "States.Aborted", "The execution is over"
            )

    def end(self) -> None:
        """Nothing is left to watch."""
        if self._timer:
            self._timer.cancel()

    def _set_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
        left = self._clock.left
        if left <= 0:
            self._time_out()
        elif math.isfinite(left):
            in_scope = contextvars.copy_context().run
            self._timer = threading.Timer(left, in_scope, (self._time_out,))
            self._timer.daemon = True
            self._timer.start()

    def _time_out(self) -> None:
        execution = self.execution
        if execution["status"] != "RUNNING":
            return
        stopped = internal("core.responses.now_iso")()
        execution.update(status="TIMED_OUT", stopDate=stopped, error="States.Timeout")
        details = {"executionTimedOutEventDetails": {"error": "States.Timeout"}}
        internal("services.stepfunctions._add_event")(execution, "ExecutionTimedOut", details)
        internal("services.stepfunctions._emit_execution_status_event")(execution)


_current: contextvars.ContextVar[_Watch | None] = contextvars.ContextVar("current", default=None)


def raise_if_over() -> None:
    """End what runs here if its execution has ended."""
    if watch := _current.get():
        watch.raise_if_over()


def _timeout(execution: Execution) -> float:
    machine = internal("services.stepfunctions._state_machines").get(execution["stateMachineArn"]) or {}
    try:
        definition = json.loads(machine.get("definition", "{}"))
    except ValueError:
        return math.inf  # who runs it says what is wrong with it
    return float(definition.get("TimeoutSeconds", math.inf))


def _watched(original: Callable[[str], None]) -> Callable[[str], None]:
    def run(arn: str) -> None:
        execution = internal("services.stepfunctions._executions").get(arn)
        if execution is None:
            return
        watch = _Watch(execution)
        token = _current.set(watch)
        try:
            original(arn)
        finally:
            _current.reset(token)
            watch.end()

    return run


def _unless_over(original: Callable[[Execution, str, str], None]) -> Callable[[Execution, str, str], None]:
    def fail(execution: Execution, error: str, cause: str) -> None:
        if execution["status"] == "RUNNING":
            original(execution, error, cause)
            execution["output"] = None  # which is there only when an execution succeeds

    return fail


def _if_running(original: Callable[..., Any]) -> Callable[..., Any]:
    def invoke(*arguments: Any) -> Any:
        raise_if_over()
        return original(*arguments)

    return invoke


def _with_throttles(original: Callable[[str, Any], Any]) -> Callable[[str, Any], Any]:
    """A function that is throttled fails under the name that Lambda gives to it."""
    failure = internal("services.stepfunctions._ExecutionError")

    def call(function: str, event: Any) -> Any:
        try:
            return original(function, event)
        except failure as error:
            if _THROTTLED in error.cause and error.error == "Lambda.Unknown":
                raise failure(f"Lambda.{_THROTTLED}", error.cause) from None
            raise

    return call


def _wait(seconds: float) -> None:
    watch = _current.get()
    if watch:
        watch.wait(seconds)


def _with_delay(original: Find) -> Find:
    """Wait before a retry here: MiniStack knows no longest delay, and has one of a minute of its own."""

    def find(retriers: list[dict[str, Any]], error: str, counts: dict[int, int]) -> tuple[Any, int]:
        retrier, index = original(retriers, error, counts)
        if retrier is None:
            return retrier, index
        delay = retrier.get("IntervalSeconds", 1) * retrier.get("BackoffRate", 2.0) ** counts.get(index, 0)
        delay = min(delay, retrier.get("MaxDelaySeconds", math.inf))
        if retrier.get("JitterStrategy") == "FULL":
            delay = random.uniform(0, delay)  # noqa: S311 - a delay, not a secret
        _wait(delay)
        return {**retrier, "IntervalSeconds": 0}, index

    return find


def _unless_fatal(original: Callable[[list[str], str], bool]) -> Callable[[list[str], str], bool]:
    """Some errors end an execution whatever is retried and caught; a lost heartbeat is a time-out, too."""

    def matches(expected: list[str], error: str) -> bool:
        if error == _NO_HEARTBEAT and original(expected, "States.Timeout"):
            return True
        return error not in _NEVER_HANDLED and original(expected, error)

    return matches
