"""Starting an execution twice under one name: one execution of a standard workflow, two of an express one.

Express workflows emit no events either.
https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html
https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
"""

from collections.abc import Callable
from typing import Any

from local_cloud.hooks import internal, replace

Response = tuple[int, Any, Any]

_EXPRESS = "EXPRESS"


def install() -> None:
    replace("services.stepfunctions._start_execution", _once_by_name)
    replace("services.stepfunctions._emit_execution_status_event", _of_standard)


def _once_by_name(original: Callable[[dict[str, Any]], Response]) -> Callable[[dict[str, Any]], Response]:
    def start(data: dict[str, Any]) -> Response:
        executions = internal("services.stepfunctions._executions")
        arn, machine = _named(data)
        known = executions.get(arn)
        if known is None:
            return original(data)
        if machine.get("type") == _EXPRESS:
            # Nobody can ask for the earlier one; where it runs, it goes on.
            executions.pop(arn, None)
            return original(data)
        if known["status"] == "RUNNING" and known["input"] == data.get("input", "{}"):
            answer = {"executionArn": arn, "startDate": known["startDate"]}
            response: Response = internal("core.responses.json_response")(answer)
            return response
        return original(data)

    return start


def _of_standard(original: Callable[[dict[str, Any]], None]) -> Callable[[dict[str, Any]], None]:
    def emit(execution: dict[str, Any]) -> None:
        machine = internal("services.stepfunctions._state_machines").get(execution["stateMachineArn"]) or {}
        if machine.get("type") == _EXPRESS:
            execution["sync"] = True  # by which MiniStack knows that there is no event
        original(execution)

    return emit


def _named(data: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The ARN that an execution of this name has, and its state machine; nothing where there is no such thing."""
    resolve = internal("services.stepfunctions._resolve_state_machine_arn")
    arn = resolve(data.get("stateMachineArn", "").partition("#")[0])
    name = data.get("name")
    if arn is None or not name:
        return "", {}
    machine: dict[str, Any] = internal("services.stepfunctions._state_machines")[arn]
    prefix = arn.rpartition(":stateMachine:")[0]
    return f"{prefix}:execution:{machine['name']}:{name}", machine
