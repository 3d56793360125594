"""Rules of composite alarms as text, and how long they get once all names are known."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

__all__ = [
    "LONGEST_RULE",
    "MOST_CHILDREN",
    "Child",
    "Condition",
    "fits",
    "longest_generated_name",
    "parts",
    "rule",
]

LONGEST_RULE: Final = 10_240
MOST_CHILDREN: Final = 100
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html"""

_LONGEST_NAME = 255
_LONGEST_STACK_NAME = 128
_RANDOM = 13

Condition = Literal["any", "all"] | int
"""At least one child rings, every child does, or at least so many of them do."""


@dataclass(frozen=True, kw_only=True)
class Child:
    """An alarm in a rule.

    Attributes:
        name: its name, a token where CloudFormation generates it.
        longest: how many characters the name can take in the rule. Left out: as many as CloudWatch takes.
    """

    name: str
    longest: int = _LONGEST_NAME

    @classmethod
    def named(cls, name: str) -> "Child":
        """The alarm with a name that is known."""
        return cls(name=name, longest=len(_escaped(name)))


def longest_generated_name(stack_name: str | None, logical_id: str) -> int:
    """The length of the longest name that CloudFormation generates: stack name, logical id and random characters.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html shows its shape;
    how it is shortened to the 255 characters that CloudWatch takes is not documented.

    Args:
        stack_name: the stack's name; None where it is not known, as for nested stacks.
        logical_id: the alarm's logical id.
    """
    stack = _LONGEST_STACK_NAME if stack_name is None else len(stack_name)
    return min(_LONGEST_NAME, stack + 1 + len(logical_id) + 1 + _RANDOM)


def rule(children: Sequence[Child], condition: Condition) -> str:
    """The rule that holds while as many `children` ring as `condition` says.

    It refers to names, which are shorter than ARNs.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-combining.html
    """
    names = [f'"{_escaped(child.name)}"' for child in children]
    if isinstance(condition, int):
        return f"AT_LEAST({condition}, ALARM, ({', '.join(names)}))"
    word = " AND " if condition == "all" else " OR "
    return word.join(f"ALARM({name})" for name in names)


def fits(children: Sequence[Child], condition: Condition) -> bool:
    """Whether one rule takes all of `children`, whatever names they get."""
    nameless = rule([Child(name="")] * len(children), condition)
    length = len(nameless) + sum(child.longest for child in children)
    return len(children) <= MOST_CHILDREN and length <= LONGEST_RULE


def parts(children: Sequence[Child], condition: Literal["any", "all"]) -> Iterator[list[Child]]:
    """`children` in groups that each fit into a rule, in the order given."""
    part: list[Child] = []
    for child in children:
        if part and not fits([*part, child], condition):
            yield part
            part = []
        part.append(child)
    if part:
        yield part


def _escaped(name: str) -> str:
    return name.replace('"', '\\"')
