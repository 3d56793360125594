"""The history of an execution lands in the log group that its state machine names.

https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
https://docs.aws.amazon.com/step-functions/latest/dg/cloudwatch-log-level.html
"""

import json
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from local_cloud.hooks import internal, replace
from local_cloud.patches.resource_types import Properties, after

_LOG = logging.getLogger("local_cloud.workflow_logs")
_DATA = ("input", "output", "parameters", "cause")
_FATAL = ("ExecutionAborted", "ExecutionFailed", "ExecutionTimedOut")
_ERRORS = (*_FATAL, "Failed", "TimedOut", "FailStateEntered")
_LOGGED: dict[str, tuple[str, ...]] = {"ALL": ("",), "ERROR": _ERRORS, "FATAL": _FATAL}
"""How the types of events end that a level includes."""


def install() -> None:
    replace("services.stepfunctions._add_event", _logged)
    after("AWS::StepFunctions::StateMachine", _apply)


def _apply(arn: str, properties: Properties) -> None:
    """CloudFormation's names of these settings are not those of the API, as which they are stored."""
    given = properties.get("LoggingConfiguration") or {}
    internal("services.stepfunctions._state_machines")[arn]["loggingConfiguration"] = {
        "level": given.get("Level", "OFF"),
        "includeExecutionData": str(given.get("IncludeExecutionData", False)).lower() == "true",
        "destinations": [
            {"cloudWatchLogsLogGroup": {"logGroupArn": each["CloudWatchLogsLogGroup"]["LogGroupArn"]}}
            for each in given.get("Destinations", ())
        ],
    }


def _logged(original: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def add(execution: dict[str, Any], kind: str, details: Any = None) -> dict[str, Any]:
        event = original(execution, kind, details)
        started = execution["events"][:-1]  # which MiniStack adds by itself
        started = started if len(started) == 1 else []
        try:
            for each in [*started, event]:
                _write(execution, each)
        except Exception:  # noqa: BLE001 - a lost log stops no execution
            _LOG.exception("the log of %s lost an event", execution["executionArn"])
        return event

    return add


def _write(execution: dict[str, Any], event: dict[str, Any]) -> None:
    machine = internal("services.stepfunctions._state_machines").get(execution["stateMachineArn"]) or {}
    settings = machine.get("loggingConfiguration") or {}
    if not event["type"].endswith(_LOGGED.get(settings.get("level", "OFF"), ())):
        return
    line = json.dumps(_line(execution, event, data=bool(settings.get("includeExecutionData"))))
    for destination in settings.get("destinations") or ():
        _append(destination["cloudWatchLogsLogGroup"]["logGroupArn"], machine["name"], line)


def _line(execution: dict[str, Any], event: dict[str, Any], *, data: bool) -> dict[str, Any]:
    details: dict[str, Any] = next(
        (value for key, value in event.items() if key.endswith("EventDetails")), {}
    )
    kept = {key: value for key, value in details.items() if data or key not in _DATA}
    moment = datetime.fromisoformat(event["timestamp"])
    return {
        "id": str(event["id"]),
        "type": event["type"],
        "details": kept,
        "previous_event_id": str(event["id"] - 1),
        "event_timestamp": str(int(moment.timestamp() * 1000)),
        "execution_arn": execution["executionArn"],
    }


def _append(group_arn: str, machine: str, line: str) -> None:
    name = group_arn.partition(":log-group:")[2].removesuffix(":*")
    group = internal("services.cloudwatch_logs._log_groups").get(name)
    if group is None:
        return
    now = int(time.time() * 1000)
    stream_name = f"states/{machine}/{datetime.now(UTC):%Y-%m-%d-%H-%M}/local"
    stream = group["streams"].setdefault(
        stream_name,
        {
            "events": [],
            "uploadSequenceToken": "1",
            "creationTime": now,
            "firstEventTimestamp": None,
            "lastEventTimestamp": None,
            "lastIngestionTime": None,
        },
    )
    event = {"timestamp": now, "message": line}
    internal("services.cloudwatch_logs._append_log_events")(stream, [{**event, "ingestionTime": now}])
    internal("services.cloudwatch_logs._fanout_to_subscription_filters")(name, stream_name, [event])
