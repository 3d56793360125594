"""What rules about limits share: how long something is at least, whatever stands for its placeholders."""

import json
from pathlib import Path
from typing import Any, Final

from constructs_lib.review.knowledge.lengths import least_length
from constructs_lib.review.reading.alarms import Alarm, find_alarm
from constructs_lib.template.values import PLACEHOLDER

__all__ = ["least_of_rule", "least_text", "length_of", "literal_of", "names_stack", "says_which", "size_of"]

_OPEN: Final = "${Fn::"
_SHORTEST_ARN: Final = len("arn:aws:cloudwatch:us-east-1:111111111111:alarm:")


def least_text(value: Any) -> str:
    """A document as short as it can be: without white space, and with nothing in the place of what is unknown."""
    written = (
        value
        if isinstance(value, str)
        else json.dumps(value, separators=(",", ":"), default=str, ensure_ascii=False)
    )
    return literal_of(written)


def length_of(value: Any, *, spaces: bool = True) -> int:
    """How many characters it has at least; without `spaces`, white space does not count."""
    text = least_text(value)
    return len(text) if spaces else sum(not each.isspace() for each in text)


def literal_of(text: str) -> str:
    """A text without its placeholders."""
    return PLACEHOLDER.sub("", text)


def least_of_rule(alarm: Alarm) -> int:
    """How many characters the rule of a composite alarm has at least, by the names that its alarms are given."""
    placeholders = PLACEHOLDER.finditer(alarm.rule or "")
    return least_length(alarm.rule) + sum(_least_of(alarm, each[0]) for each in placeholders)


def _least_of(alarm: Alarm, placeholder: str) -> int:
    found = find_alarm(alarm.node.stack, placeholder)
    name = found.text("AlarmName") if found else None
    if name is None:
        return 0
    return len(name) + (_SHORTEST_ARN if placeholder.endswith(".Arn}") else 0)


def says_which(text: str) -> bool:
    """Whether a text with the same placeholders is the same text, as it is not where functions stay open."""
    return _OPEN not in text and "{{resolve:" not in text


def names_stack(written: Any) -> bool:
    """Whether a value has the name of its stack in it: a template in a file of its own does not tell that name."""
    return "AWS::StackName" in json.dumps(written, default=str)


def size_of(source: Path | None, body: Any) -> int:
    """How many bytes a template has: its file, where that is there."""
    try:
        return source.stat().st_size if source else 0
    except OSError:
        return len(json.dumps(body, default=str).encode())
