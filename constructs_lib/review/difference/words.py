"""How a change is put in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.ranges import figure, lasting
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.data import number_of
from constructs_lib.template.values import PLACEHOLDER

__all__ = ["Told", "days", "duration", "listed", "number", "on_or_off", "readable"]

_MOST: Final = 5
_LONGEST: Final = 200


@dataclass(frozen=True, kw_only=True)
class Told:
    """What is said of a resource.

    Attributes:
        kind: such as ``alarm-gone``.
        message: what changed, in a sentence, with both values.
        node: the resource, after; before where it is gone. None where it is a stack as a whole.
        stack: the stack, where it is said of one as a whole.
        severity: how bad it is. Left out: what it is in general.
    """

    kind: str
    message: str
    node: Node | None = None
    stack: StackReading | None = None
    severity: Severity | None = None


def duration(value: Any) -> str:
    """Seconds as people say them, in the largest unit that is whole."""
    seconds = number_of(value)
    return str(value) if seconds is None else lasting(seconds)


def days(value: Any) -> str:
    """Days as people say them."""
    found = number_of(value)
    return str(value) if found is None else _counted(found, "day")


def number(value: Any) -> str:
    """A number as people write it."""
    found = number_of(value)
    return str(value) if found is None else figure(found)


def on_or_off(value: Any) -> str:
    """A switch."""
    return "on" if str(value).lower() == "true" else "off"


def listed(names: Sequence[str]) -> str:
    """Some names; many are counted."""
    shown = list(dict.fromkeys(names))
    if len(shown) > _MOST:
        return f"{', '.join(shown[:_MOST])} and {len(shown) - _MOST} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def readable(stack: StackReading, value: Any) -> str:
    """A value in which a reference is the path of the resource that it is to, or the name of the parameter."""
    text = PLACEHOLDER.sub(lambda match: _named(stack, match[0]), _flat(value))
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _flat(value: Any) -> str:
    """Data without brackets and quotes."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_flat(each)}" for key, each in value.items())
    if isinstance(value, list):
        return "; ".join(map(_flat, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _named(stack: StackReading, whole: str) -> str:
    found = stack.find(whole)
    return found.path if found is not None else whole[2:-1]


def _counted(value: float, unit: str) -> str:
    return f"{figure(value)} {unit}{'' if value == 1 else 's'}"
