"""Invocations: each publishes Lambda's metrics and keeps its request id; versions share concurrency."""

import contextvars
from collections.abc import Callable
from typing import Any

from local_cloud.hooks import internal, replace
from local_cloud.patches import lambda_metrics, platform_log
from local_cloud.patches.concurrency import claimed, counted, provisioned_concurrency, reserved_concurrency
from local_cloud.patches.lambda_function import Invoked, keep_qualifier

Result = dict[str, Any]

request_id: contextvars.ContextVar[str | None] = contextvars.ContextVar("request_id", default=None)
"""Set by asynchronous invocation, whose attempts all carry one request id."""


def install() -> None:
    replace("services.lambda_svc._execute_function_dispatch", _with_request_id)
    replace("services.lambda_svc._execute_function", _with_metrics)
    replace("services.lambda_svc._emit_lambda_metrics", lambda _: lambda *_, **__: None)
    replace("services.lambda_svc._effective_func_record_for_qualifier", keep_qualifier())
    replace("services.lambda_svc._reserved_concurrency", lambda _: reserved_concurrency)


def _with_metrics(original: Callable[[Any, Any], Result]) -> Callable[[Any, Any], Result]:
    def execute(func: dict[str, Any], event: Any) -> Result:
        if internal("services.lambda_svc._function_config_scope_mismatch")(func.get("config") or func):
            return original(func, event)  # comes back here, in the function's own account and Region
        invoked = Invoked.of(func)
        with counted(invoked) as concurrent:
            lambda_metrics.publish_account({"ClaimedAccountConcurrency": claimed()})
            result = original(func, event)
        if result.get("throttle"):
            lambda_metrics.publish(invoked, {"Throttles": 1})
            return result
        values: dict[str, float] = {
            "Invocations": 1,
            "Errors": 1 if result.get("error") else 0,
            "Throttles": 0,
            "ConcurrentExecutions": concurrent,
        }
        if "duration_ms" in result:
            values["Duration"] = result["duration_ms"]
        provisioned = provisioned_concurrency(invoked)
        if provisioned:
            within = concurrent <= provisioned
            values[
                "ProvisionedConcurrencyInvocations"
                if within
                else "ProvisionedConcurrencySpilloverInvocations"
            ] = 1
            values["ProvisionedConcurrentExecutions"] = min(concurrent, provisioned)
            values["ProvisionedConcurrencyUtilization"] = min(1.0, concurrent / provisioned)
        lambda_metrics.publish(invoked, values)
        return result

    return execute


def _with_request_id(original: Callable[..., Result]) -> Callable[..., Result]:
    def dispatch(func: Any, config: Any, event: Any, request: str, started: float) -> Result:
        token = platform_log.outcome.set(None)
        try:
            return original(func, config, event, request_id.get() or request, started)
        finally:
            platform_log.outcome.reset(token)

    return dispatch
