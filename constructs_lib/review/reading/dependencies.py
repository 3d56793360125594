"""What resources refer to, as the templates have it: what CloudFormation makes first because another needs it.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-dependson.html
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from constructs_lib.review.reading.data import items_of
from constructs_lib.review.reading.node import Node
from constructs_lib.review.reading.stack import Reading, StackReading

__all__ = ["FunctionCall", "Reference", "calls_of", "condition_holds", "dependencies_of", "references_in"]

_SUB: Final = re.compile(r"\$\{([^!${}][^${}]*)\}")
_RESOLVED: Final = ("UpdatePolicy", "CreationPolicy")
"""Attributes of a resource in which references count, besides its properties."""


@dataclass(frozen=True, kw_only=True)
class FunctionCall:
    """A function of CloudFormation in a template, such as ``Fn::Sub``.

    Attributes:
        name: of the function; of what is no function, the only key of an object.
        given: its arguments, as they are written.
        certain: whether it counts whatever the parameters are; not, where an open condition decides.
    """

    name: str
    given: Any
    certain: bool


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A name that something refers to: of a resource, or of a parameter.

    Attributes:
        name: the name.
        by: how, such as ``Ref`` or ``DependsOn``.
        certain: whether it counts whatever the parameters are; not, where an open condition decides.
    """

    name: str
    by: str
    certain: bool


def dependencies_of(stack: StackReading) -> Mapping[Node, Sequence[Reference]]:
    """What each resource of a stack refers to; looked for once."""

    def collect(_: Reading) -> dict[Node, list[Reference]]:
        return {each: list(dict.fromkeys(_of(each))) for each in stack.nodes.values()}

    return stack.whole.once(f"dependencies of {stack.key}", collect)


def calls_of(node: Node) -> Iterator[FunctionCall]:
    """The functions in a resource."""
    for value in (node.resource.properties, *(node.resource.declared.get(key) for key in _RESOLVED)):
        yield from _calls_in(node.stack, value)


def _calls_in(stack: StackReading, value: Any) -> Iterator[FunctionCall]:
    """The functions in a value of a template; what stands in branches that are surely not taken is left out."""
    open_: list[tuple[Any, bool]] = [(value, True)]
    while open_:
        each, certain = open_.pop()
        if isinstance(each, list):
            open_.extend((item, certain) for item in each)
        elif isinstance(each, Mapping) and len(each) == 1:
            ((name, given),) = each.items()
            if name == "Fn::If" and isinstance(given, list) and len(given) == 3:  # noqa: PLR2004 - name, then, else
                holds = condition_holds(stack, given[0])
                taken = given[1:] if holds is None else [given[1] if holds else given[2]]
                open_.extend((branch, certain and holds is not None) for branch in taken)
            else:
                yield FunctionCall(name=str(name), given=given, certain=certain)
                open_.append((given, certain))
        elif isinstance(each, Mapping):
            open_.extend((item, certain) for item in each.values())


def references_in(stack: StackReading, value: Any) -> Iterator[Reference]:
    """What a value of a template refers to, likewise."""
    for call in _calls_in(stack, value):
        yield from _references(call)


def condition_holds(stack: StackReading, name: Any) -> bool | None:
    """Whether a condition holds; None where that is known only at deployment, or cannot be told."""
    try:
        return stack.values.holds(name) if isinstance(name, str) else None
    except ValueError:
        return None


def _of(node: Node) -> Iterator[Reference]:
    for call in calls_of(node):
        yield from _references(call)
    for name in items_of(node.resource.declared.get("DependsOn")):
        if isinstance(name, str):
            yield Reference(name=name, by="DependsOn", certain=True)


def _references(call: FunctionCall) -> Iterator[Reference]:
    return (
        Reference(name=each, by=call.name, certain=call.certain) for each in _named(call.name, call.given)
    )


def _named(function: str, given: Any) -> list[str]:
    if function == "Ref" and isinstance(given, str):
        return [given]
    if function == "Fn::GetAtt":
        first = given[0] if isinstance(given, list) and given else given
        return [first.partition(".")[0]] if isinstance(first, str) else []
    if function == "Fn::Sub":
        text, own = given if isinstance(given, list) and len(given) == 2 else (given, {})  # noqa: PLR2004 - text, names
        found = (
            [each.strip().partition(".")[0] for each in _SUB.findall(text)] if isinstance(text, str) else []
        )
        return [each for each in found if not isinstance(own, Mapping) or each not in own]
    return []
