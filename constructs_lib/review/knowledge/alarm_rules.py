"""What rules of composite alarms come to.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html, read on 2026-11-22.
"""

import re
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Final

from constructs_lib.template import Resource

if TYPE_CHECKING:
    from constructs_lib.replay.expressions.rules import Rule

__all__ = ["children_of", "least_elements_of", "outcomes_of", "problem_of", "waited_for"]

_STATES: Final = ("ALARM", "OK", "INSUFFICIENT_DATA")
_MOST_TRIED: Final = 5_000
"""Steps in all combinations of states of a rule's alarms; of those that need more, none is tried."""
_LONGEST: Final = 20_000
"""Characters of a rule that is read, placeholders and all: twice what CloudWatch takes."""
_CALL: Final = re.compile(r"\(\s*\"?[^\s()\"]*\"?\s*\)")
_CONSTANT: Final = re.compile(r"\b(?:TRUE|FALSE)\b")
_ELEMENT: Final = re.compile(r"[()]|\bTRUE\b|\bFALSE\b")


def problem_of(text: str) -> str | None:
    """Why CloudWatch refuses a rule; None where it does not, or where a part of it is known only at deployment."""
    found = _read(text)
    if not isinstance(found, str) or len(text) > _LONGEST:
        return None
    # A placeholder within brackets stands for an alarm; elsewhere it may stand for anything.
    return found if "${" not in _CALL.sub("()", text) else None


def children_of(text: str) -> tuple[str, ...]:
    """The alarms in a rule, each once, as they are written; none where it cannot be read."""
    found = _read(text)
    return () if isinstance(found, str) else found.alarms


def least_elements_of(text: str) -> int:
    """How many elements a rule has at least: brackets that only hold an alarm's name may not count."""
    found = _read(text)
    if isinstance(found, str):
        return 0
    alone = _CALL.sub("", text)
    return len(_ELEMENT.findall(alone)) + len(_CALL.findall(text))


@lru_cache(maxsize=1_024)
def outcomes_of(text: str) -> frozenset[bool]:
    """What a rule comes to in all combinations of its alarms' states; nothing where that is not tried.

    Rules with TRUE or FALSE are for tests, and meant as they are.
    """
    found = _read(text)
    if isinstance(found, str) or _CONSTANT.search(text):
        return frozenset()
    if len(found.steps) * len(_STATES) ** min(len(found.alarms), len(found.steps)) > _MOST_TRIED:
        return frozenset()
    states = product(_STATES, repeat=len(found.alarms))
    return frozenset(found.holds(dict(zip(found.alarms, each, strict=True)).__getitem__) for each in states)


def waited_for(resource: Resource) -> set[str]:
    """The logical ids that a resource names in DependsOn."""
    named = resource.declared.get("DependsOn")
    return {str(each) for each in (named if isinstance(named, list) else [named])}


@lru_cache(maxsize=1_024)
def _read(text: str) -> "Rule | str":
    """A rule that has been read, or why it cannot be."""
    from constructs_lib.replay.expressions.rules import (  # noqa: PLC0415 - a parser takes long to load
        ExpressionError,
        parse_rule,
    )

    if len(text) > _LONGEST:
        return "it is too long."
    try:
        return parse_rule(text)
    except ExpressionError as error:
        return str(error)
