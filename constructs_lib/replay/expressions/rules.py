"""Rules of composite alarms: over which states of other alarms a composite alarm rings.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-combining.html
What that page leaves open is in `assumptions.ALARM_RULES`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Final

from constructs_lib.replay.expressions.errors import ExpressionError
from constructs_lib.replay.expressions.parsing import Step, steps_of

__all__ = ["ExpressionError", "Rule", "alarm_name", "parse_rule"]

_PART: Final = r"(?:\$\{[^}]*\}|[^:])*"
"""A part of an ARN, in which a template may have placeholders."""
_ARN: Final = re.compile(rf"arn:{_PART}:cloudwatch:{_PART}:{_PART}:alarm:(?P<name>.+)", re.DOTALL)


@dataclass(frozen=True)
class Rule:
    """A rule that has been read.

    Attributes:
        text: as it was given.
        alarms: the names of the alarms in it, each once, in order; of an ARN the name that it ends with.
        steps: what there is to do, operands first.
    """

    text: str
    alarms: tuple[str, ...]
    steps: tuple[Step, ...] = field(repr=False)

    def holds(self, state_of: Callable[[str], str]) -> bool:
        """Whether it is true.

        Args:
            state_of: the state of the alarm with a name: ALARM, OK or INSUFFICIENT_DATA.
        """
        stack: list[bool] = []
        for step in self.steps:
            match step.kind:
                case "either" | "both":
                    right, left = stack.pop(), stack.pop()
                    stack.append(left or right if step.kind == "either" else left and right)
                case "opposite":
                    stack.append(not stack.pop())
                case "constant":
                    stack.append(step.words[0] == "TRUE")
                case "state":
                    stack.append(state_of(_name(step.words[1])) == step.words[0])
                case "at_least":
                    stack.append(_enough(step, state_of))
        return stack.pop()


def parse_rule(text: str) -> Rule:
    """Read a rule.

    Raises:
        ExpressionError: it is none.
    """
    if not isinstance(text, str) or not text.strip():
        raise ExpressionError("a rule of a composite alarm has to be a text, and not an empty one.")
    return _parsed(text)


@lru_cache(maxsize=1_024)
def _parsed(text: str) -> Rule:
    steps = steps_of("alarm_rules", text)
    alarms = dict.fromkeys(_name(word) for step in steps for word in _references(step))
    return Rule(text=text, alarms=tuple(alarms), steps=steps)


def _references(step: Step) -> tuple[str, ...]:
    if step.kind == "state":
        return step.words[1:]
    return step.words[_first_reference(step) :] if step.kind == "at_least" else ()


def _first_reference(step: Step) -> int:
    """Of AT_LEAST, the amount, perhaps NOT, and the state, then references."""
    return 4 if step.words[2] == "NOT" else 3


def _enough(step: Step, state_of: Callable[[str], str]) -> bool:
    first = _first_reference(step)
    amount, state, opposite = step.words[1], step.words[first - 1], step.words[2] == "NOT"
    references = step.words[first:]
    found = sum((state_of(_name(reference)) == state) != opposite for reference in references)
    if amount.endswith("%"):
        return 100 * found >= Decimal(amount[:-1]) * len(references)
    return found >= Decimal(amount)


@lru_cache(maxsize=4_096)
def _name(reference: str) -> str:
    return alarm_name(reference[1:-1].replace('\\"', '"') if reference.startswith('"') else reference)


def alarm_name(text: str) -> str:
    """The name of an alarm that is given by its name or its ARN."""
    arn = _ARN.fullmatch(text)
    return arn["name"] if arn else text
