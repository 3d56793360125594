"""The values that a route may have."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, Final

__all__ = ["WrittenBy", "problem_of"]

_QUEUE_ARN: Final = 6
"""The parts of the ARN of a queue."""
_FASTEST: Final = 500
"""https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html"""
_STARTERS: Final = ("schedule", "alarm", "hand")


class WrittenBy(StrEnum):
    """Who wrote the messages of a dead-letter queue."""

    QUEUE = "queue"
    ASYNCHRONOUS = "asynchronous"
    STREAM = "stream"
    TOPIC = "topic"
    RULE = "rule"
    SCHEDULE = "schedule"


def problem_of(name: str, value: Any) -> str:
    """What is wrong with `value` for the field `name` of a route; empty where nothing is."""
    fits, remedy = _RULES[name]
    return "" if fits(value) else remedy


def _is_queue(value: Any) -> bool:
    parts = value.split(":") if isinstance(value, str) else []
    return len(parts) == _QUEUE_ARN and parts[0] == "arn" and parts[2] == "sqs" and bool(parts[-1])


def _is_function(value: Any) -> bool:
    return value is None or (isinstance(value, str) and ":function:" in value)


def _is_age(value: Any) -> bool:
    return value is None or _is_whole(value, 0)


def _is_whole(value: Any, low: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= low


def _are_names(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(each, str) and each for each in value)


_AGE: Final = (_is_age, "give a whole number of seconds, or null")
_NAMES: Final = (_are_names, "give a list of names")
_RULES: Final[dict[str, tuple[Callable[[Any], bool], str]]] = {
    "queue_url": (
        lambda value: isinstance(value, str) and value.startswith("http"),
        "give the URL of a queue",
    ),
    "queue_arn": (_is_queue, "give the ARN of a queue"),
    "written_by": (lambda value: value in list(WrittenBy), f"give one of {', '.join(WrittenBy)}"),
    "function": (_is_function, "give the ARN of a function, version or alias, or null"),
    "rate_per_second": (
        lambda value: _is_whole(value, 1) and value <= _FASTEST,
        f"give a whole number from 1 to {_FASTEST}",
    ),
    "max_attempts": (lambda value: _is_whole(value, 1), "give a whole number, at least 1"),
    "minimum_age_seconds": _AGE,
    "maximum_age_seconds": _AGE,
    "error_types": _NAMES,
    "except_error_types": _NAMES,
    "dry_run": (lambda value: isinstance(value, bool), "give true or false"),
    "started_by": (lambda value: value in _STARTERS, f"give one of {', '.join(_STARTERS)}"),
}
