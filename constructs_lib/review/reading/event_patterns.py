"""The grammar of event patterns: of EventBridge rules, and of the filters of event source mappings and pipes.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html. What is refused is what EventBridge's
own compiler refuses: JsonRuleCompiler of https://github.com/aws/event-ruler, read on 2026-11-22.
"""

import json
from collections import deque
from collections.abc import Mapping
from typing import Any, Final

from constructs_lib.review.reading.data import is_known

__all__ = ["ENVELOPE", "OR", "parsed", "problem_of", "values_at"]

OPERATORS: Final = frozenset(
    {
        "anything-but",
        "cidr",
        "equals-ignore-case",
        "exactly",
        "exists",
        "numeric",
        "prefix",
        "suffix",
        "wildcard",
    }
)
ENVELOPE: Final = frozenset(
    {
        # https://docs.aws.amazon.com/eventbridge/latest/ref/events-structure.html
        "version",
        "id",
        "detail-type",
        "source",
        "account",
        "time",
        "region",
        "resources",
        "detail",
        "replay-name",
    }
)
OR: Final = "$or"
_LEAST_ALTERNATIVES: Final = 2


def parsed(written: Any) -> Any:
    """A pattern as an object, where it is written as one or as JSON; None where it is unknown."""
    if not isinstance(written, str):
        return written
    if not is_known(written):
        return None
    try:
        return json.loads(written)
    except (ValueError, RecursionError):
        return written


def problem_of(pattern: Any) -> str | None:
    """Why AWS refuses a pattern, as the end of a sentence; None where it does not, or where that is unknown."""
    if pattern is None or _is_open(pattern):
        return None
    if not isinstance(pattern, Mapping):
        return "is no JSON object"
    open_ = deque([("its root", pattern)])
    while open_:
        name, value = open_.popleft()
        problem = _problem_at(name, value)
        if problem:
            return problem
        inside = value if name == OR and isinstance(value, list) else [value]
        open_.extend(
            entry
            for each in inside
            if isinstance(each, Mapping) and not _is_open(each)
            for entry in each.items()
        )
    return None


def values_at(pattern: Any, *keys: str) -> list[Any] | None:
    """The values that a pattern takes at `keys`; None where it says nothing of it, or that is unknown."""
    for key in keys:
        pattern = pattern.get(key) if isinstance(pattern, Mapping) else None
    return pattern if isinstance(pattern, list) and pattern else None


def _is_open(value: Any) -> bool:
    """Whether a value stands in the place of an object or a list and is known only at deployment."""
    return (isinstance(value, str) and not is_known(value)) or (
        isinstance(value, Mapping) and "Fn::Transform" in value
    )


def _problem_at(name: str, value: Any) -> str | None:
    if _is_open(value):
        return None
    if name == OR:
        return _alternatives_problem(value)
    if isinstance(value, Mapping):
        return None if value else f"has an empty object at {name}"
    if not isinstance(value, list):
        return f"has {json.dumps(value, default=str)} at {name}, where a list of values belongs"
    return _values_problem(name, value)


def _alternatives_problem(value: Any) -> str | None:
    if not isinstance(value, list) or not all(_is_alternative(each) for each in value):
        return f"has something else than a list of objects at {OR}"
    return f"has fewer than two objects at {OR}" if len(value) < _LEAST_ALTERNATIVES else None


def _is_alternative(value: Any) -> bool:
    return _is_open(value) or (isinstance(value, Mapping) and bool(value))


def _values_problem(name: str, values: list[Any]) -> str | None:
    if not values:
        return f"has an empty list at {name}"
    for each in values:
        if isinstance(each, list):
            return f"has a list within the list at {name}"
        if isinstance(each, Mapping) and not _is_open(each):
            unknown = [key for key in each if key not in OPERATORS and is_known(key)]
            if unknown or not each:
                return f"compares {name} with {(unknown or ['nothing'])[0]!r}, which is no comparison"
    return None
