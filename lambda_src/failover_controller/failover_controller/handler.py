"""The function's entry: what it was called with, and the real world as the controller's ports."""

import json
import logging
import os
import time
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any, Final
from uuid import uuid4

import boto3
from botocore.config import Config

from failover_controller.controller import Controller
from failover_controller.model import Settings
from failover_controller.ports import Ports
from failover_controller.signals import change_in, publish, read_alarm, read_mode, tell
from failover_controller.sleepers import ensure
from failover_controller.table import TableStore

__all__ = ["handler"]

logging.getLogger("failover_controller").setLevel(logging.INFO)

# A call that hangs must leave time for the others.
_TIMEOUTS: Final = Config(
    connect_timeout=2, read_timeout=3, retries={"total_max_attempts": 3, "mode": "standard"}
)
_LOCAL_LIMIT: Final = 300.0
_STATUS: Final = "status"
_FAIL_BACK: Final = "fail_back"


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Answer a command, a change of the alarm, or the clock.

    Commands are ``{"command": "status"}`` and ``{"command": "fail_back", "takeover": 7}``; every other event is an
    occasion to look.
    """
    command = event.get("command")
    if command not in (None, _STATUS, _FAIL_BACK):
        raise ValueError(f"There is no command {command!r}: say {_STATUS!r} or {_FAIL_BACK!r}.")
    given = json.loads(os.environ["CONTROLLER"])
    settings = Settings.from_json(given["settings"])
    controller = Controller(settings, _ports(settings, given["places"], event, context), uuid4().hex)
    if command == _STATUS:
        return controller.status()
    return controller.run(event if command == _FAIL_BACK else None)


def _ports(settings: Settings, places: Mapping[str, Any], event: Mapping[str, Any], context: Any) -> Ports:
    change = change_in(event)
    return Ports(
        store=TableStore(_client("dynamodb"), table=places["table"], controller=settings.name),
        alarm=lambda now: read_alarm(_client("cloudwatch"), settings.alarm, change, now),
        mode=lambda: read_mode(_client("ssm"), places["parameter"]),
        ensure=partial(ensure, _client),
        publish=lambda taken_over: publish(_client("cloudwatch"), places["metric"], taken_over),
        tell=lambda subject, text: tell(_client("sns"), places["topic"], subject, text),
        elapsed=time.monotonic,
        remaining=_remaining(context),
        sleep=time.sleep,
    )


@cache
def _client(service: str) -> Any:
    connect: Callable[..., Any] = boto3.client
    return connect(service, config=_TIMEOUTS)


def _remaining(context: Any) -> Callable[[], float]:
    left = getattr(context, "get_remaining_time_in_millis", None)
    return (lambda: left() / 1000) if left else (lambda: _LOCAL_LIMIT)
