"""Lambda's own lines in a function's log: what became of an invocation, how long it took, what it needed.

In JSON log format they are events of the Telemetry API, each with a level that the function's system log level lets
through or not. A failed invocation writes two of them, `platform.runtimeDone` and `platform.report`, as the first one
is a warning then.
https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
"""

import contextvars
import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

_LEVELS = ("DEBUG", "INFO", "WARN")
_FAILED_LEVEL = "WARN"
_LAMBDA_ERROR = re.compile(r"(?:Runtime|Function)\.[A-Z][a-zA-Z]+")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One invocation as Lambda reports it; times in seconds since 1970, durations in milliseconds."""

    started: float
    duration: float
    status: str = "success"
    """`success`, `error` or `timeout`."""
    error_type: str | None = None
    init_duration: float | None = None
    """Only where the invocation had to wait for a new environment."""
    initialization: str | None = None
    """`on-demand` or `provisioned-concurrency`, where the environment is new."""
    most_memory: int | None = None
    """The highest memory use of the environment so far, in MB; None where it could not be measured."""


outcome: contextvars.ContextVar[Outcome | None] = contextvars.ContextVar("outcome", default=None)
"""Set by what runs an invocation, read by what writes its log right after."""


def reported_error_type(error_type: str) -> str:
    """The error type that a report shows: Lambda's own ones as they are, any exception of a handler as unknown.

    As in the runtime interface emulator, https://github.com/aws/aws-lambda-runtime-interface-emulator.
    """
    return error_type if _LAMBDA_ERROR.fullmatch(error_type) else "Runtime.Unknown"


def wrap(config: dict[str, Any], request: str, lines: list[str], done: Outcome) -> list[str]:
    """What a function logged in one invocation, with Lambda's lines around it."""
    logging = config.get("LoggingConfig") or {}
    if logging.get("LogFormat") != "JSON":
        return [*_text_before(config, request), *lines, *_text_after(config, request, done)]
    least = _LEVELS.index(logging.get("SystemLogLevel") or "INFO")
    before = [line for level, line in _before(config, request, done) if _LEVELS.index(level) >= least]
    after = [line for level, line in _after(config, request, done) if _LEVELS.index(level) >= least]
    return [*before, *lines, *after]


def _before(config: dict[str, Any], request: str, done: Outcome) -> Iterator[tuple[str, str]]:
    version = config.get("Version", "$LATEST")
    if done.initialization is not None:
        environment = {"initializationType": done.initialization, "phase": "init"}
        runtime = {"runtimeVersion": f"{config.get('Runtime', '')}.local"}
        identity = {"functionName": config["FunctionName"], "functionVersion": version}
        init = done.init_duration or 0.0
        begun = done.started - init / 1000
        yield "INFO", _event(begun, "platform.initStart", {**environment, **runtime, **identity})
        ended = {**environment, "status": "success"}
        yield "DEBUG", _event(done.started, "platform.initRuntimeDone", ended)
        report = {**ended, "metrics": {"durationMs": round(init, 3)}}
        level = "DEBUG" if done.initialization == "on-demand" else "INFO"
        yield level, _event(done.started, "platform.initReport", report)
    yield "INFO", _event(done.started, "platform.start", {"requestId": request, "version": version})


def _after(config: dict[str, Any], request: str, done: Outcome) -> Iterator[tuple[str, str]]:
    ended = done.started + done.duration / 1000
    result = {"requestId": request, "status": done.status}
    if done.error_type:
        result["errorType"] = done.error_type
    failed = done.status != "success"
    runtime = {**result, "metrics": {"durationMs": round(done.duration, 3)}}
    yield _FAILED_LEVEL if failed else "DEBUG", _event(ended, "platform.runtimeDone", runtime)
    report = {**result, "metrics": _metrics(config, done)}
    yield _FAILED_LEVEL if failed else "INFO", _event(ended, "platform.report", report)


def _metrics(config: dict[str, Any], done: Outcome) -> dict[str, float]:
    metrics: dict[str, float] = {
        "durationMs": round(done.duration, 3),
        "billedDurationMs": _billed(done),
        "memorySizeMB": int(config.get("MemorySize", 128)),
    }
    if done.most_memory is not None:
        metrics["maxMemoryUsedMB"] = done.most_memory
    if done.init_duration is not None:
        metrics["initDurationMs"] = round(done.init_duration, 3)
    return metrics


def _billed(done: Outcome) -> int:
    """Lambda bills initialization, too."""
    return math.ceil(done.duration + (done.init_duration or 0))


def _event(moment: float, kind: str, record: dict[str, Any]) -> str:
    return json.dumps({"time": _timestamp(moment), "type": kind, "record": record})


def _text_before(config: dict[str, Any], request: str) -> list[str]:
    return [f"START RequestId: {request} Version: {config.get('Version', '$LATEST')}"]


def _text_after(config: dict[str, Any], request: str, done: Outcome) -> list[str]:
    metrics = _metrics(config, done)
    fields = [
        f"REPORT RequestId: {request}",
        f"Duration: {done.duration:.2f} ms",
        f"Billed Duration: {metrics['billedDurationMs']} ms",
        f"Memory Size: {metrics['memorySizeMB']} MB",
    ]
    if done.most_memory is not None:
        fields.append(f"Max Memory Used: {done.most_memory} MB")
    if done.init_duration is not None:
        fields.append(f"Init Duration: {done.init_duration:.2f} ms")
    lines = [f"END RequestId: {request}"]
    if done.status == "timeout":
        ended = _timestamp(done.started + done.duration / 1000)
        lines.insert(0, f"{ended} {request} Task timed out after {done.duration / 1000:.2f} seconds")
        fields.append("Status: timeout")
    elif done.status == "error" and done.error_type != "Runtime.Unknown":
        fields += ["Status: error", f"Error Type: {done.error_type}"]
    return [*lines, "\t".join(fields)]


def _timestamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
