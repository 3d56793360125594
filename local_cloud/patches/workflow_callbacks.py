"""Tasks that wait for their token: they fail when what was called fails, time out, and notice when nobody beats.

A token that is closed, or that has expired, answers TaskTimedOut.
https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token
https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html
"""

import json
import math
import threading
import time
from collections.abc import Callable
from typing import Any

from local_cloud.hooks import internal, replace
from local_cloud.patches.workflow_branches import raise_if_stopped
from local_cloud.patches.workflows import raise_if_over

Response = tuple[int, Any, Any]

_TOKEN = ".waitForTaskToken"  # noqa: S105 - the ending of a resource's name
_LOOK_SECONDS = 0.1
_MOST_CLOSED = 10_000
_closed: dict[str, None] = {}
"""Tokens of tasks that have ended, oldest first."""


def install() -> None:
    replace("services.stepfunctions._invoke_with_callback", lambda _: _called_back)
    for action in ("success", "failure", "heartbeat"):
        replace(f"services.stepfunctions._send_task_{action}", _of_open_task)


def _called_back(resource: str, given: Any, token: str, state: dict[str, Any]) -> Any:
    tokens = internal("services.stepfunctions._task_tokens")
    answer = {"event": threading.Event(), "result": None, "error": None, "beat": time.monotonic()}
    begun = time.monotonic()
    tokens[token] = answer
    _closed.pop(token, None)
    try:
        internal("services.stepfunctions._invoke_resource")(resource.replace(_TOKEN, ""), given)
        _wait(answer, state, begun)
    finally:
        tokens.pop(token, None)
        _closed[token] = None
        while len(_closed) > _MOST_CLOSED:
            _closed.pop(next(iter(_closed)))
    return _result(answer)


def _wait(answer: dict[str, Any], state: dict[str, Any], begun: float) -> None:
    failure = internal("services.stepfunctions._ExecutionError")
    longest, silence = state.get("TimeoutSeconds", math.inf), state.get("HeartbeatSeconds", math.inf)
    while not answer["event"].wait(_LOOK_SECONDS):
        raise_if_over()
        raise_if_stopped()
        if time.monotonic() - begun >= longest:
            raise failure("States.Timeout", f"No answer within {longest} seconds")
        if time.monotonic() - answer["beat"] >= silence:
            raise failure("States.HeartbeatTimeout", f"No heartbeat within {silence} seconds")


def _result(answer: dict[str, Any]) -> Any:
    if error := answer["error"]:
        failure = internal("services.stepfunctions._ExecutionError")
        raise failure(error.get("Error", "TaskFailed"), error.get("Cause", ""))
    return json.loads(answer["result"])


def _of_open_task(original: Callable[[dict[str, Any]], Response]) -> Callable[[dict[str, Any]], Response]:
    def send(data: dict[str, Any]) -> Response:
        token = data.get("taskToken", "")
        known = internal("services.stepfunctions._task_tokens").get(token)
        if token in _closed or (known and known["event"].is_set()):
            return _refused("TaskTimedOut", "The task has ended")
        if known is None:
            return _refused("InvalidToken", "There is no such token")
        known["beat"] = time.monotonic()
        return original(data)

    return send


def _refused(code: str, message: str) -> Response:
    response: Response = internal("core.responses.error_response_json")(code, message, 400)
    return response
