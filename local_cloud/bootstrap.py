"""The program inside a Lambda worker: what the Python runtime of Lambda does around a handler.

MiniStack starts it from a copy in a temporary directory and talks to it in JSON lines, so it imports the standard
library only. Differences to MiniStack's own worker: the error of a handler comes back with its type, message and
stack trace and leaves the worker alive, a module that cannot be imported is reported as Lambda does, `logging` writes
Lambda's text or JSON lines, the memory limit holds, a marker after each invocation says that all of its log has been
written, and the process crashes when it is ordered to.

https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html
https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html
"""

import fnmatch
import importlib
import json
import logging
import os
import re
import signal
import sys
import threading
import time
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

END_OF_LOG = "\x1eend-of-log"
CODE_ELSEWHERE = ".code-elsewhere"
"""The file in a worker's directory that says where the code is which it shares with other workers."""
LAYERS_VARIABLE = "_LAMBDA_LAYERS_DIRS"
"""Where a worker finds its layers, in directories of its own."""
_TRACE_VARIABLE = "_X_AMZN_TRACE_ID"
_DEPTH_VARIABLE = "_MINISTACK_INVOKE_DEPTH"
_DEPTH_HEADER = "X-Ministack-Invoke-Depth"
_REGION_HEADER = "X-Local-Cloud-Caller-Region"
_PEAK = re.compile(r"VmHWM:\s+(\d+) kB")
_WATCH_SECONDS = 0.05
_running = threading.Event()
"""Set while the function starts, and while it is invoked."""
_current: dict[str, Any] = {"request_id": "", "fault": {}, "calls": 0}


class Context:
    """The context object, https://docs.aws.amazon.com/lambda/latest/dg/python-context.html."""

    def __init__(self, call: dict[str, Any]) -> None:
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.invoked_function_arn = call["invoked_function_arn"]
        self.aws_request_id = call["request_id"]
        self.identity = None
        self.client_context = None
        self._deadline = time.monotonic() + call["timeout_ms"] / 1000

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self._deadline - time.monotonic()) * 1000))


class LambdaFormatter(logging.Formatter):
    """`[LEVEL]<tab>time<tab>request id<tab>message`, or one JSON object where the function logs JSON."""

    def format(self, record: logging.LogRecord) -> str:
        time_of_record = _timestamp(record.created)
        if os.environ.get("AWS_LAMBDA_LOG_FORMAT") != "JSON":
            line = f"[{record.levelname}]\t{time_of_record}\t{_current['request_id']}\t{record.getMessage()}"
            return line + ("\r" + self.formatException(record.exc_info) if record.exc_info else "")
        fields = {
            "timestamp": time_of_record,
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
            "requestId": _current["request_id"],
        }
        if record.exc_info and record.exc_info[1]:
            fields |= _error(record.exc_info[1])
        return json.dumps(fields, default=str)


class LogHandler(logging.StreamHandler[TextIO]):
    """One log event a record: line breaks inside it become carriage returns, as in Lambda's log."""

    def format(self, record: logging.LogRecord) -> str:
        return super().format(record).replace("\n", "\r")


def most_memory(process: int | str = "self") -> int | None:
    """The most memory that a process has had so far, in MB; None where the system does not tell."""
    try:
        match = _PEAK.search(Path(f"/proc/{process}/status").read_text())
    except OSError:
        return None
    return -(-int(match[1]) // 1024) if match else None


def keep_memory_limit() -> int | None:
    """The most memory so far; more than the function may have ends the process, as it does in Lambda."""
    most = most_memory()
    if most is not None and most > int(os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]):
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os.kill(os.getpid(), signal.SIGKILL)
    return most


def _watch_memory() -> None:
    """While something runs: between invocations Lambda lets nothing of a function run."""
    while _running.wait():
        time.sleep(_WATCH_SECONDS)
        keep_memory_limit()


def main() -> None:
    """Read the function's settings, then answer one invocation a line until the input ends."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # whatever is printed, by subprocesses and extensions too, belongs to the log
    sys.stdout = sys.stderr
    settings = json.loads(sys.stdin.readline())
    os.environ.update(settings.get("env", {}))
    set_up_path(code_of(settings["code_dir"]))
    _set_up_logging()
    _say_who_calls()
    _running.set()
    threading.Thread(target=_watch_memory, daemon=True).start()
    started = time.perf_counter()
    handler, broken = _load(settings["module"], settings["handler"])
    if not broken:
        _leave_names(loaded_by(os.environ["LAMBDA_TASK_ROOT"], settings["module"]))
    _answer(answers, {"status": "ready", "init_ms": (time.perf_counter() - started) * 1000})
    _running.clear()
    for line in sys.stdin:
        _running.set()
        message = json.loads(line)
        call = message["ctx"]
        _set_up_call(call)
        _end_if("crash_before")
        result = _broken(broken) if broken else _invoke(handler, message["event"], Context(call))
        _end_if("crash_after")
        most = keep_memory_limit()
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        sys.stderr.write(f"{END_OF_LOG} {call['request_id']}\n")
        sys.stderr.flush()
        _answer(answers, {"status": "ok", "result": None, "most_memory": most, **result})
        _running.clear()
        if result.get("exit"):
            return


def loaded_by(code: str, module: str) -> Path:
    """The file beside a function's code that names what its first worker loaded, in order: see `local_cloud.zygote`."""
    return Path(f"{code}.{module}.json")


def _leave_names(place: Path) -> None:
    if not place.exists():
        unfinished = place.with_suffix(f".{os.getpid()}")
        unfinished.write_text(json.dumps(list(sys.modules)))
        unfinished.replace(place)


def _broken(error: dict[str, Any]) -> dict[str, Any]:
    """A function that cannot be loaded fails its invocation, and Lambda starts anew for the next one."""
    _log_error(error)
    return {"function_error": error, "exit": True}


def _load(module: str, name: str) -> tuple[Any, dict[str, Any] | None]:
    try:
        return getattr(importlib.import_module(module), name), None
    except AttributeError:
        reason = {
            "errorType": "Runtime.HandlerNotFound",
            "errorMessage": f"Handler '{name}' missing on module '{module}'",
        }
    except ImportError as error:
        message = f"Unable to import module '{module}': {error}"
        reason = {"errorType": "Runtime.ImportModuleError", "errorMessage": message}
    except SyntaxError as error:
        message = f"Syntax error in module '{module}': {error}"
        reason = {"errorType": "Runtime.UserCodeSyntaxError", "errorMessage": message}
    except BaseException as error:  # noqa: BLE001 - whatever a module raises while it is imported is the function's error
        return None, _error(error)
    return None, {**reason, "requestId": "", "stackTrace": []}


def _invoke(handler: Any, event: Any, context: Context) -> dict[str, Any]:
    try:
        _raise_if_ordered()
        result = handler(event, context)
    except SystemExit as error:
        message = f"RequestId: {context.aws_request_id} Error: Runtime exited with error: exit status {error.code or 0}"
        return {"function_error": {"errorType": "Runtime.ExitError", "errorMessage": message}, "exit": True}
    except BaseException as error:  # noqa: BLE001 - any exception of a handler is its answer
        found = _error(error)
        _log_error(found)
        return {"function_error": {**found, "requestId": context.aws_request_id}}
    try:
        return {"result": json.loads(json.dumps(result))}
    except (TypeError, ValueError) as error:
        message = f"Unable to marshal response: {error}"
        found = {"errorType": "Runtime.MarshalError", "errorMessage": message, "stackTrace": []}
        _log_error(found)
        return {"function_error": {**found, "requestId": context.aws_request_id}}


def _error(error: BaseException) -> dict[str, Any]:
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename != __file__]
    trace = [
        line.replace(os.environ["LAMBDA_TASK_ROOT"], "/var/task") for line in traceback.format_list(frames)
    ]
    return {"errorMessage": str(error), "errorType": type(error).__name__, "stackTrace": trace}


def _log_error(error: dict[str, Any]) -> None:
    if os.environ.get("AWS_LAMBDA_LOG_FORMAT") == "JSON":
        fields = {"timestamp": _timestamp(time.time()), "log_level": "ERROR", **error}
        line = json.dumps({**fields, "requestId": _current["request_id"]})
    else:
        head = f"[ERROR] {error['errorType']}: {error['errorMessage']}\nTraceback (most recent call last):\n"
        line = (head + "".join(error.get("stackTrace", []))).rstrip().replace("\n", "\r")
    sys.stderr.write(line + "\n")


def code_of(own: str) -> str:
    """Where the code of a worker is that has the directory `own`; make that this process's root and directory."""
    elsewhere = Path(own, CODE_ELSEWHERE)
    if not elsewhere.exists():
        return own
    code = elsewhere.read_text()
    os.environ["LAMBDA_TASK_ROOT"] = code
    if Path.cwd() == Path(own):
        os.chdir(code)
    return code


def set_up_path(code: str) -> None:
    """Let this process import the code and its layers before all else."""
    sys.path[:1] = [code]  # in the place of this program's own directory
    layers = list(filter(None, os.environ.get(LAYERS_VARIABLE, "").split(os.pathsep)))
    candidates = [
        directory
        for layer in reversed(
            layers
        )  # Lambda merges them; what a later one brings replaces what an earlier one did
        for directory in (*Path(layer, "python").glob("lib/*/site-packages"), Path(layer, "python"))
    ]
    sys.path[1:1] = [
        str(found) for found in candidates if found.is_dir()
    ]  # before what the runtime itself brings


def _set_up_logging() -> None:
    handler = LogHandler(sys.stderr)
    handler.setFormatter(LambdaFormatter())
    logging.root.addHandler(handler)
    level = (
        os.environ.get("AWS_LAMBDA_LOG_LEVEL", "WARNING")
        .replace("TRACE", "DEBUG")
        .replace("FATAL", "CRITICAL")
    )
    logging.root.setLevel(level)


def _set_up_call(call: dict[str, Any]) -> None:
    _current.update(
        request_id=call["request_id"], fault=(call.get("durable") or {}).get("fault") or {}, calls=0
    )
    for name, value in ((_TRACE_VARIABLE, call.get("trace_id")), (_DEPTH_VARIABLE, call.get("depth"))):
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = str(value)


def _say_who_calls() -> None:
    """Tell with each call that this function makes with boto3 how deep it is nested, and from which Region it comes.

    MiniStack's detection of recursive loops needs the one, the isolation of Regions the other.
    """
    try:
        import botocore.handlers  # noqa: PLC0415 - a handler may do without boto3
    except ImportError:
        return

    def add_header(params: dict[str, Any], **_: Any) -> None:
        if depth := os.environ.get(_DEPTH_VARIABLE):
            params.setdefault("headers", {})[_DEPTH_HEADER] = depth
        if region := os.environ.get("AWS_REGION"):
            params.setdefault("headers", {})[_REGION_HEADER] = region

    botocore.handlers.BUILTIN_HANDLERS.append(("before-call", add_header))
    botocore.handlers.BUILTIN_HANDLERS.append(("response-received", _end_at_call))


def _end_if(kind: str) -> None:
    """End the process as a crash does, if that is what was ordered: see `local_cloud.faults`."""
    if _current["fault"].get("kind") == kind:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(_WATCH_SECONDS)  # until the signal is there


def _end_at_call(event_name: str, **_: Any) -> None:
    """End the process when the AWS API has answered, and the handler does not yet know what."""
    fault, operation = _current["fault"], event_name.removeprefix("response-received.")
    if fault.get("kind") == "crash_during" and fnmatch.fnmatchcase(operation, fault["operation"]):
        _current["calls"] += 1
        if _current["calls"] == fault["call"]:
            _end_if("crash_during")


def _raise_if_ordered() -> None:
    fault = _current["fault"]
    if fault.get("kind") == "error":
        raise type(fault["error"], (Exception,), {})(fault["message"])


def _timestamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _answer(answers: TextIO, message: dict[str, Any]) -> None:
    answers.write(json.dumps(message) + "\n")
    answers.flush()


if __name__ == "__main__":
    main()
