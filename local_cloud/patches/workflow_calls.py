"""What tasks of Step Functions call: functions by qualifier, asynchronously too, and answers that are too long.

https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html
https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html#service-limits-task-executions
"""

import json
from collections.abc import Callable
from typing import Any

from local_cloud.hooks import internal, replace
from local_cloud.patches import deliveries

Invoke = Callable[[str, Any], Any]

_LONGEST_DATA_BYTES = 262_144
_ACCEPTED = 202
_INVOKE = ":states:::lambda:invoke"


def install() -> None:
    replace("services.stepfunctions._invoke_resource", _limited)
    replace("services.stepfunctions._invoke_resource", _as_asked)


def _as_asked(original: Invoke) -> Invoke:
    """The qualifier may stand beside the function's name, and an event is handed over without waiting."""

    def invoke(resource: str, given: Any) -> Any:
        if _INVOKE not in resource or not isinstance(given, dict):
            return original(resource, given)
        if qualifier := given.get("Qualifier"):
            given = {**given, "FunctionName": f"{given['FunctionName']}:{qualifier}"}
        if given.get("InvocationType") == "Event":
            return _hand_over(given)
        return original(resource, given)

    return invoke


def _hand_over(given: dict[str, Any]) -> dict[str, Any]:
    try:
        deliveries.invoke_function(given["FunctionName"], given.get("Payload", {}))
    except deliveries.DeliveryError as error:
        failure = internal("services.stepfunctions._ExecutionError")
        raise failure("Lambda.ResourceNotFoundException", str(error)) from None
    return {"StatusCode": _ACCEPTED, "Payload": {}}


def _limited(original: Invoke) -> Invoke:
    def invoke(resource: str, given: Any) -> Any:
        _check(resource, "input", given)
        answer = original(resource, given)
        _check(resource, "output", answer)
        return answer

    return invoke


def _check(resource: str, kind: str, data: Any) -> None:
    if len(json.dumps(data).encode()) > _LONGEST_DATA_BYTES:
        raise internal("services.stepfunctions._ExecutionError")(
            "States.DataLimitExceeded",
            f"The {kind} of {resource} exceeded the maximum number of bytes.",
        )
