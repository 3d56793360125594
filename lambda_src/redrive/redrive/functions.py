"""Synchronous invocations of functions."""

import json
import logging
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Final

from redrive.failures import code_of, is_denied, is_passing, is_unanswered

__all__ = ["LARGEST", "Answer", "Ended", "Functions"]

logger = logging.getLogger(__name__)

LARGEST: Final = 6_291_456
"""Bytes of an event that a synchronous invocation takes at most.

https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""
_USUAL_TIMEOUT: Final = 60.0
"""Seconds that a function is taken to run at most where its settings may not be read."""
_REFUSED: Final = (
    "InvalidRequestContentException",
    "RequestTooLargeException",
    "SerializedRequestEntityTooLargeException",
    "UnsupportedMediaTypeException",
)


class Ended(Enum):
    """How handing an event over ended."""

    DONE = auto()
    FAILED = auto()
    REFUSED = auto()
    """It will never be taken."""
    PASSING = auto()
    """It was not taken now, through no fault of the event."""
    UNANSWERED = auto()
    """It may still be at work, or have succeeded."""


@dataclass(frozen=True)
class Answer:
    """How handing an event over ended, and why."""

    ended: Ended
    reason: str = ""


@dataclass
class Functions:
    """Functions that get events.

    Attributes:
        client: boto3's of Lambda.
    """

    client: Any
    _settings: dict[str, dict[str, Any]] = field(default_factory=dict)

    def invoke(self, function: str, payload: bytes) -> Answer:
        """Let `function` process `payload`, and wait for it.

        Raises:
            Exception: it may not be invoked at all.
        """
        try:
            answer = self.client.invoke(
                FunctionName=function, InvocationType="RequestResponse", Payload=payload
            )
            result = answer["Payload"].read()
        except Exception as error:
            if is_denied(error):
                raise
            return _without_answer(error)
        return _of(answer.get("FunctionError"), result)

    def timeout(self, function: str) -> float:
        """For how many seconds `function` may run."""
        return float(self._known(function).get("Timeout", _USUAL_TIMEOUT))

    def role(self, function: str) -> str:
        """The ARN of the role that `function` runs as; empty where its settings may not be read."""
        return str(self._known(function).get("Role", ""))

    def _known(self, function: str) -> dict[str, Any]:
        if function not in self._settings:
            try:
                self._settings[function] = self.client.get_function_configuration(FunctionName=function)
            except Exception as error:  # noqa: BLE001 - whatever it is, the events can be given all the same
                logger.warning("the settings of %s can't be read: %r", function, error)
                self._settings[function] = {}
        return self._settings[function]


def _without_answer(error: Exception) -> Answer:
    if is_unanswered(error):
        return Answer(Ended.UNANSWERED, f"there was no answer: {error!r}")
    if is_passing(error):
        return Answer(Ended.PASSING, repr(error))
    if code_of(error) in _REFUSED:
        return Answer(Ended.REFUSED, repr(error))
    return Answer(Ended.FAILED, repr(error))


def _of(function_error: str | None, result: bytes) -> Answer:
    try:
        given = json.loads(result) if result else None
    except ValueError:
        given = None
    if function_error:
        said = given if isinstance(given, dict) else {}
        kind, message = said.get("errorType", function_error), said.get("errorMessage", "")
        return Answer(Ended.FAILED, f"{kind}: {message}")
    if isinstance(given, dict) and (failed := given.get("batchItemFailures")):
        return Answer(Ended.FAILED, f"it reported {len(failed)} of its records as failed")
    return Answer(Ended.DONE)
