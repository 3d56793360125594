"""A step of a Region switch plan: lets the failover controller take over, or fail back."""  # noqa: INP001 - a handler's folder

import json
import logging
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import boto3
from botocore.config import Config

__all__ = ["Controller", "NotYetError", "RefusedError", "fail_back", "handler", "take_over"]

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)

_STATUS: Final = {"command": "status"}
_PAUSE: Final = 2.0
_MARGIN: Final = 10.0
"""Seconds for whatever is asked beside the one long call."""
_PRIMARY_SERVES: Final = ("PRIMARY", "RELEASING")

Answer = dict[str, Any]


class RefusedError(Exception):
    """It must not happen now; the message says why, and what to do."""


class NotYetError(Exception):
    """It has not happened yet; the step is to be tried again."""


@dataclass(frozen=True, kw_only=True)
class Controller:
    """How the controller is reached.

    Attributes:
        mode: reads the parameter by which people overrule it.
        say: sets that parameter.
        ask: invokes it with an event, and returns its answer; ``{"failed": ...}`` where it raised.
        patience: for how many seconds `ask` may wait.
        remaining: how many seconds this invocation has left.
        sleep: waits so many seconds.
    """

    mode: Callable[[], str]
    say: Callable[[str], None]
    ask: Callable[[Mapping[str, object]], Answer]
    patience: float
    remaining: Callable[[], float]
    sleep: Callable[[float], None]


def handler(_event: Mapping[str, Any], context: Any) -> Answer:
    """Do the step of this function; the event says nothing that matters.

    Raises:
        RefusedError: people have said otherwise, or the controller refuses to fail back.
        NotYetError: it was not done in time.
    """
    patience = float(os.environ["SWITCH_PATIENCE"])
    controller = _controller(
        os.environ["SWITCH_PARAMETER"], os.environ["SWITCH_CONTROLLER"], patience, context
    )
    return _STEPS[os.environ["SWITCH_STEP"]](controller)


def take_over(controller: Controller) -> Answer:
    """Let the standby take over and stay, and return the controller's status once it has."""
    mode = controller.mode()
    if mode not in ("auto", "standby"):
        raise RefusedError(f"The parameter says {mode}: people want no takeover. Set it to auto first.")
    if mode != "standby":
        controller.say("standby")
    while True:
        answer = controller.ask({})
        status = _status(controller)
        if status["has_taken_over"]:
            return status
        _wait(controller, status, answer)


def fail_back(controller: Controller) -> Answer:
    """Let the standby fail back, by the command that its controller guards; return the status once names lead back."""
    mode = controller.mode()
    if mode == "frozen":
        raise RefusedError("The parameter says frozen: people want no change. Set it to auto first.")
    if mode == "standby":
        # From here on the alarm may decide again; the standby stays all the same until the command is accepted.
        controller.say("auto")
    status = _status(controller)
    while status["phase"] not in _PRIMARY_SERVES:
        # With the parameter at primary, the controller fails back at any call.
        command = {"command": "fail_back", "takeover": status["takeover"]}
        answer = controller.ask({} if mode == "primary" else command)
        status = _status(controller)
        if status["phase"] in _PRIMARY_SERVES:
            break
        if "refused" in answer:
            raise RefusedError(f"The controller does not fail back: {answer['refused']}.")
        _wait(controller, status, answer)
    return status


_STEPS: Final = {"take_over": take_over, "fail_back": fail_back}


def _status(controller: Controller) -> Answer:
    status = controller.ask(_STATUS)
    if "phase" not in status:
        raise NotYetError(f"The controller cannot say where it stands: {json.dumps(status)}")
    return status


def _wait(controller: Controller, status: Answer, answer: Answer) -> None:
    logger.info("The controller answers %s, and stands at %s", answer, status)
    if controller.remaining() < controller.patience + _PAUSE + _MARGIN:
        raise NotYetError(f"The controller is at {status['phase']}, and answered {json.dumps(answer)}.")
    controller.sleep(_PAUSE)


def _controller(parameter: str, function: str, patience: float, context: Any) -> Controller:
    ssm = boto3.client(
        "ssm", config=Config(connect_timeout=2, read_timeout=2, retries={"total_max_attempts": 2})
    )
    # A second try would only meet the first one's lease.
    limits = Config(read_timeout=patience, connect_timeout=5, retries={"total_max_attempts": 1})
    lambda_ = boto3.client("lambda", config=limits)

    def ask(event: Mapping[str, object]) -> Answer:
        response = lambda_.invoke(FunctionName=function, Payload=json.dumps(event).encode())
        payload = json.loads(response["Payload"].read())
        return {"failed": payload} if "FunctionError" in response else payload

    return Controller(
        mode=lambda: str(ssm.get_parameter(Name=parameter)["Parameter"]["Value"]),
        say=lambda mode: ssm.put_parameter(Name=parameter, Value=mode, Overwrite=True),
        ask=ask,
        patience=patience,
        remaining=lambda: context.get_remaining_time_in_millis() / 1000,
        sleep=time.sleep,
    )
