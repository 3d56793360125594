"""Workers: one Python process for each function and version, with Lambda's runtime around the handler.

What became of an invocation is left for `platform_log`, which writes it to the function's log.
"""

import copy
import queue
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from local_cloud.bootstrap import END_OF_LOG, most_memory
from local_cloud.hooks import internal, replace
from local_cloud.patches import faulty_functions, forked_workers, platform_log
from local_cloud.patches.concurrency import initialization_type
from local_cloud.patches.platform_log import Outcome, reported_error_type

Result = dict[str, Any]

_stopping = threading.Event()
_peaks: WeakKeyDictionary[Any, int | None] = WeakKeyDictionary()
_LOG_WAIT = 2.0


def install() -> None:
    bootstrap = Path(__file__).resolve().parent.parent / "bootstrap.py"
    replace("core.lambda_runtime._PYTHON_WORKER_SCRIPT", lambda _: bootstrap.read_text())
    replace("core.lambda_runtime._worker_class_for", _worker_class_for)
    replace("core.lambda_runtime.Worker._drain_stderr_bounded", _drain_log)
    replace("core.lambda_runtime._signal", _with_peak)
    replace("services.lambda_svc._execute_function_warm", _execute_warm)


def stop_workers() -> None:
    """End every worker, also one that runs, and let no other start."""
    _stopping.set()
    internal("core.lambda_runtime.reset")()
    forked_workers.stop()


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
    new = worker._proc is None or worker._proc.poll() is not None  # noqa: SLF001 - MiniStack's worker has no other door
    begun, fault = time.perf_counter(), faulty_functions.ordered.get() or {}
    try:
        internal("core.lambda_runtime.ensure_spawned")(worker)
        if _stopping.is_set():
            raise RuntimeError("the local cloud is stopping")  # noqa: TRY301 - ends the worker as any failure does
        process = worker._proc  # noqa: SLF001 - likewise; MiniStack forgets it when it dies
        clock, started = time.time(), time.perf_counter()
        answer = worker.invoke(
            event,
            request,
            trace_id=internal("services.lambda_svc._xray_trace_id_for_invocation")(config),
            invoked_function_arn=config["FunctionArn"],
            depth=internal("services.lambda_svc._invoke_depth").get(),
            durable={"fault": fault},  # the one field that MiniStack hands over as it is
        )
        elapsed = (time.perf_counter() - started) * 1000
        if answer.get("exit") or fault.get("kind") == "time_out":
            worker.kill()
    except (OSError, RuntimeError) as error:
        worker.kill()
        return _failure(
            {"errorType": "Runtime.ExitError", "errorMessage": f"RequestId: {request} Error: {error}"}, ""
        )
    finally:
        internal("core.lambda_runtime.release_worker")(worker)
    if answer["status"] != "ok":
        answer = {**answer, "most_memory": _peaks.get(process)}
    ended = process is not None and process.returncode == -signal.SIGKILL
    result = _as_ordered(fault, _result(answer, request, killed=ended), request, config, ended=ended)
    elapsed = max(elapsed, result.pop("duration_ms", 0.0))
    initialization = initialization_type(config) if new else None
    platform_log.outcome.set(
        Outcome(
            started=clock,
            duration=elapsed,
            initialization=initialization,
            init_duration=(started - begun) * 1000 if initialization == "on-demand" else None,
            **_status(result, answer, int(config.get("MemorySize", 128))),
        )
    )
    return {**result, "duration_ms": elapsed}


def _result(answer: dict[str, Any], request: str, *, killed: bool) -> Result:
    log = answer.get("log", "")
    if answer["status"] == "ok":
        if reported := answer.get("function_error"):
            return _failure(reported, log)
        return {"body": answer.get("result"), "log": log}
    said = str(answer.get("error"))
    if "timed out" in said:
        kind = "Sandbox.Timedout"
    elif killed:  # by itself, see the bootstrap: it had more memory than it may have
        kind, said = "Runtime.OutOfMemory", "Runtime exited with error: signal: killed"
    else:
        kind = "Runtime.ExitError"
    return _failure({"errorType": kind, "errorMessage": f"RequestId: {request} Error: {said}"}, log)


def _as_ordered(fault: Result, result: Result, request: str, config: Result, *, ended: bool) -> Result:
    """What an invocation has come to that was ordered to fail; `faulty` says whether it has."""
    kind, log = fault.get("kind", ""), result.get("log", "")
    if kind == "time_out":
        seconds = float(config.get("Timeout", 3))
        said = f"RequestId: {request} Error: Task timed out after {seconds:.2f} seconds"
        timed_out = _failure({"errorType": "Sandbox.Timedout", "errorMessage": said}, log)
        return {**timed_out, "duration_ms": seconds * 1000, "faulty": True}
    if kind.startswith("crash_") and ended:
        said = f"RequestId: {request} Error: Runtime exited with error: signal: killed"
        return {**_failure({"errorType": "Runtime.ExitError", "errorMessage": said}, log), "faulty": True}
    if kind == "error":
        return {
            **result,
            "faulty": bool(result.get("error")) and result["body"]["errorType"] == fault["error"],
        }
    return result


def _status(result: Result, answer: dict[str, Any], memory: int) -> dict[str, Any]:
    if not result.get("error"):
        return {"most_memory": answer.get("most_memory")}
    kind = result["body"]["errorType"]
    if kind == "Sandbox.Timedout":
        return {"status": "timeout", "most_memory": answer.get("most_memory")}
    most = memory if kind == "Runtime.OutOfMemory" else answer.get("most_memory")
    return {"status": "error", "error_type": reported_error_type(kind), "most_memory": most}


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


def _with_peak(original: Callable[[Any], None]) -> Callable[[Any], None]:
    """Look at a worker's memory before it is ended."""

    def end(process: Any) -> None:
        if process is not None and process.poll() is None:
            _peaks[process] = most_memory(process.pid)
        original(process)

    return end
