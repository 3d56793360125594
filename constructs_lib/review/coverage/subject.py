"""What can fail: a resource, what alarms call it, and what an incident needs to know of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from constructs_lib.review.reading import Node, StackReading
from constructs_lib.template import TemplateError
from constructs_lib.template.values import PLACEHOLDER

__all__ = ["Facts", "Subject", "called", "plain", "qualified", "resolved"]

Facts = Mapping[str, float | None]
_EVERYWHERE: Final = re.compile(r"AWS::|Fn::|Import:|resolve:")


@dataclass(frozen=True, kw_only=True, eq=False)
class Subject:
    """A resource that can fail.

    Attributes:
        kind: what it is, as the modes are sorted by.
        node: the resource.
        names: what a dimension may call it, or what belongs to it, to the role it has in an incident.
        dimensions: what the service publishes its metrics by, to the role.
        part_dimension: the dimension that tells its parts from each other; empty where it has none.
        part_value: the value that this dimension has in an incident.
        parts: each part that has to be watched, to the values that mean it; one without values is not known.
        facts: what incidents and modes ask for; None for what is known only at deployment.
        environment: the values of the environment of the function that runs, which name what it publishes.
        asked: whether it is missed where no alarm watches it.
    """

    kind: str
    node: Node
    names: Mapping[str, str]
    dimensions: Mapping[str, str]
    part_dimension: str = ""
    part_value: str = "part"
    parts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    facts: Facts = field(default_factory=dict)
    environment: str = ""
    asked: bool = True

    def role(self, text: str) -> str | None:
        """The role of what a dimension calls so, with what stands behind a colon; None for something else."""
        if text in self.names:
            return self.names[text]
        head, colon, tail = text.rpartition(":")
        return f"{self.names[head]}:{tail}" if colon and head in self.names else None


def qualified(stack: StackReading, text: str) -> str:
    """`text` with placeholders that mean the same in all templates."""

    def whole(found: re.Match[str]) -> str:
        inside = found[1]
        return found[0] if "//" in inside or _EVERYWHERE.match(inside) else f"${{{stack.key}//{inside}}}"

    return PLACEHOLDER.sub(whole, text) if "${" in text else text


def resolved(stack: StackReading, text: str) -> bool:
    """Whether all that is unknown in a qualified text is the name of resources at hand, or the same for all."""
    for inside in PLACEHOLDER.findall(text):
        key, slashes, rest = inside.rpartition("//")
        if not slashes or stack.whole.node(key, rest.partition(".")[0]) is None:
            return False
    return "{{resolve:" not in text


def called(node: Node, *references: Any) -> set[str]:
    """What these references to a resource are, in any template."""
    values = [plain(node, each) for each in references]
    return {qualified(node.stack, each) for each in values if isinstance(each, str) and each}


def plain(node: Node, value: Any) -> Any:
    """`value` without references, as it stands beside the properties of a resource; None where it cannot be read."""
    try:
        return node.stack.values.plain(value)
    except TemplateError:
        return None
