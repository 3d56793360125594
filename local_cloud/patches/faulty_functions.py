"""Invocations fail as `local_cloud.faults` was told to let them.

Crashes happen inside the worker, whose process kills itself: nothing of the function gets a chance to clean up.
https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-invoke
https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
"""

import contextvars
import threading
from collections.abc import Callable
from typing import Any

from local_cloud import faults
from local_cloud.faults import Fault
from local_cloud.hooks import internal, replace

Result = dict[str, Any]
_IN_WORKER = ("crash_before", "crash_during", "crash_after", "error")

ordered: contextvars.ContextVar[dict[str, Any] | None] = contextvars.ContextVar("ordered", default=None)
"""What the worker has to do to itself in the current invocation."""


def install() -> None:
    replace("services.lambda_svc._execute_function", _with_faults)


def _with_faults(original: Callable[[Any, Any], Result]) -> Callable[[Any, Any], Result]:
    def execute(func: dict[str, Any], event: Any) -> Result:
        config = func.get("config") or func
        if internal("services.lambda_svc._function_config_scope_mismatch")(config):
            return original(func, event)  # comes back here, in the function's own account and Region
        name = config["FunctionName"]
        decided = faults.decide(name, event)
        if decided is None:
            return original(func, event)
        rule, identity, attempt = decided
        happened, result = _suffer(rule, name, lambda: original(func, event))
        if happened:
            faults.record(rule, name, identity, attempt)
        return result

    return execute


def _suffer(rule: Fault, name: str, invoke: Callable[[], Result]) -> tuple[bool, Result]:
    """Whether the fault has happened, and what has become of the invocation."""
    if rule.kind == "throttle":
        throttled = internal("services.lambda_svc._throttle_response")
        reason = "ReservedFunctionConcurrentInvocationLimitExceeded"
        return True, throttled(reason_code=reason, msg=f"Rate Exceeded: {name}")
    if rule.kind == "duplicate":
        return True, _twice(invoke, together=rule.together)
    token = ordered.set(
        {
            "kind": rule.kind,
            "call": rule.call,
            "operation": rule.operation,
            "error": rule.error,
            "message": rule.message,
        }
    )
    try:
        result = invoke()
    finally:
        ordered.reset(token)
    return result.pop("faulty", rule.kind not in _IN_WORKER), result


def _twice(invoke: Callable[[], Result], *, together: bool) -> Result:
    """Deliver twice; what is said of the first delivery counts."""
    results: list[Result] = []
    context = contextvars.copy_context()
    second = threading.Thread(target=context.run, args=(lambda: results.append(invoke()),), daemon=True)
    if together:
        second.start()
        first = invoke()
    else:
        first = invoke()
        second.start()
    second.join()
    return first
