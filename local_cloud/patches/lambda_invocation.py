"""Invocations: MiniStack's workers with Lambda's runtime around the handler, and Lambda's metrics for each of them."""

import contextvars
import copy
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local_cloud.bootstrap import END_OF_LOG
from local_cloud.hooks import internal, replace
from local_cloud.patches import lambda_metrics
from local_cloud.patches.lambda_function import Invoked, function_record, keep_qualifier

Result = dict[str, Any]

request_id: contextvars.ContextVar[str | None] = contextvars.ContextVar("request_id", default=None)
"""Set by asynchronous invocation, whose attempts all carry one request id."""

_stopping = threading.Event()
_running: Counter[str] = Counter()
_running_lock = threading.Lock()
_LOG_WAIT = 2.0


def install() -> None:
    bootstrap = Path(__file__).resolve().parent.parent / "bootstrap.py"
    replace("core.lambda_runtime._PYTHON_WORKER_SCRIPT", lambda _: bootstrap.read_text())
    replace("core.lambda_runtime._worker_class_for", _worker_class_for)
    replace("core.lambda_runtime.Worker._drain_stderr_bounded", _drain_log)
    replace("services.lambda_svc._execute_function_warm", _execute_warm)
    replace("services.lambda_svc._execute_function_dispatch", _with_request_id)
    replace("services.lambda_svc._execute_function", _with_metrics)
    replace("services.lambda_svc._emit_lambda_metrics", lambda _: lambda *_, **__: None)
    replace("services.lambda_svc._effective_func_record_for_qualifier", keep_qualifier())
    replace("services.lambda_svc._reserved_concurrency", lambda _: _reserved_concurrency)


def stop_workers() -> None:
    """End every worker, also one that runs, and let no other start."""
    _stopping.set()
    internal("core.lambda_runtime.reset")()


def _with_metrics(original: Callable[[Any, Any], Result]) -> Callable[[Any, Any], Result]:
    def execute(func: dict[str, Any], event: Any) -> Result:
        if internal("services.lambda_svc._function_config_scope_mismatch")(func.get("config") or func):
            return original(func, event)  # comes back here, in the function's own account and Region
        invoked = Invoked.of(func)
        with _counted(invoked.arn) as concurrent:
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
        provisioned = _provisioned_concurrency(invoked)
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


@contextmanager
def _counted(key: str) -> Iterator[int]:
    with _running_lock:
        _running[key] += 1
        concurrent = _running[key]
    try:
        yield concurrent
    finally:
        with _running_lock:
            _running[key] -= 1


def _provisioned_concurrency(invoked: Invoked) -> int:
    configs = function_record(invoked.name).get("provisioned_concurrency") or {}
    config = configs.get(invoked.qualifier) or configs.get(invoked.version) or {}
    return int(config.get("RequestedProvisionedConcurrentExecutions") or 0)


def _reserved_concurrency(_func: dict[str, Any], config: dict[str, Any]) -> int | None:
    """Reserved concurrency belongs to the function, whatever version of it runs."""
    reserved = function_record(config.get("FunctionName", "")).get("concurrency")
    return None if reserved is None else int(reserved)


def _with_request_id(original: Callable[..., Result]) -> Callable[..., Result]:
    def dispatch(func: Any, config: Any, event: Any, request: str, started: float) -> Result:
        return original(func, config, event, request_id.get() or request, started)

    return dispatch


def _execute_warm(original: Callable[..., Result]) -> Callable[..., Result]:
    def execute(func: dict[str, Any], event: Any, request: str) -> Result:
        return (_execute_in_worker if _is_python(func.get("config") or func) else original)(
            func, event, request
        )

    return execute


def _is_python(config: dict[str, Any]) -> bool:
    return str(config.get("Runtime", "")).startswith("python")


def _execute_in_worker(func: dict[str, Any], event: Any, request: str) -> Result:
    """Run one invocation in a warm worker, or a new one, and report a failure as Lambda does."""
    runtime = internal("core.lambda_runtime.acquire_worker")
    config = func.get("config") or func
    if not func.get("code_zip"):
        return _failure(
            {"errorType": "Runtime.ImportModuleError", "errorMessage": "The function has no code"}, ""
        )
    internal("services.lambda_svc._ensure_reaper_thread")()
    worker, _ = runtime(
        config["FunctionName"], config, func["code_zip"], qualifier=config.get("Version", "$LATEST")
    )
    try:
        internal("core.lambda_runtime.ensure_spawned")(worker)
        if _stopping.is_set():
            raise RuntimeError("the local cloud is stopping")  # noqa: TRY301 - ends the worker as any failure does
        started = time.perf_counter()
        answer = worker.invoke(
            event,
            request,
            trace_id=internal("services.lambda_svc._xray_trace_id_for_invocation")(config),
            invoked_function_arn=config["FunctionArn"],
            depth=internal("services.lambda_svc._invoke_depth").get(),
        )
        elapsed = (time.perf_counter() - started) * 1000
        if answer.get("exit"):
            worker.kill()
    except (OSError, RuntimeError) as error:
        worker.kill()
        return _failure(
            {"errorType": "Runtime.ExitError", "errorMessage": f"RequestId: {request} Error: {error}"}, ""
        )
    finally:
        internal("core.lambda_runtime.release_worker")(worker)
    log = answer.get("log", "")
    if answer["status"] != "ok":  # the worker died or was killed at its timeout
        message = f"RequestId: {request} Error: {answer.get('error')}"
        kind = "Sandbox.Timedout" if "timed out" in str(answer.get("error")) else "Runtime.ExitError"
        return {**_failure({"errorType": kind, "errorMessage": message}, log), "duration_ms": elapsed}
    if reported := answer.get("function_error"):
        return {**_failure(reported, log), "duration_ms": elapsed}
    return {"body": answer.get("result"), "log": log, "duration_ms": elapsed}


def _failure(error: dict[str, Any], log: str) -> Result:
    return {"body": error, "error": True, "function_error": "Unhandled", "log": log}


def _worker_class_for(original: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, Any]], Any]:
    def choose(config: dict[str, Any]) -> Any:
        if not _is_python(config):
            return original(config)
        return lambda name, config, code: internal("core.lambda_runtime.Worker")(
            name, _with_lambda_variables(config), code
        )

    return choose


def _with_lambda_variables(config: dict[str, Any]) -> dict[str, Any]:
    """The configuration with the environment completed to what Lambda sets.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
    """
    log = config.get("LoggingConfig") or {}
    log_format = log.get("LogFormat", "Text")
    variables = {
        "_HANDLER": config.get("Handler", ""),
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{config.get('Runtime', '')}",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_FORMAT": log_format,
        "AWS_LAMBDA_LOG_GROUP_NAME": log.get("LogGroup") or f"/aws/lambda/{config['FunctionName']}",
        "AWS_LAMBDA_LOG_LEVEL": log.get("ApplicationLogLevel")
        or ("INFO" if log_format == "JSON" else "WARNING"),
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
        "AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1:2000",
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
    }
    own = (config.get("Environment") or {}).get("Variables") or {}
    return {**copy.deepcopy(config), "Environment": {"Variables": {**variables, **own}}}


def _drain_log(original: Callable[..., str]) -> Callable[..., str]:
    """Everything the worker wrote for this invocation: up to the marker, not until a pause in the output."""

    def drain(worker: Any) -> str:
        if not _is_python(worker.config):
            return original(worker)
        lines: list[str] = []
        deadline = time.monotonic() + _LOG_WAIT
        while time.monotonic() < deadline:
            try:
                line = worker._stderr_queue.get(timeout=0.2)  # noqa: SLF001 - MiniStack's worker has no other door
            except queue.Empty:
                if worker._proc is None or worker._proc.poll() is not None:  # noqa: SLF001 - likewise
                    break
                continue
            if line.startswith(END_OF_LOG):
                break
            lines.append(line)
        return "\n".join(lines)

    return drain
