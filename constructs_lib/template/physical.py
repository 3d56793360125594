"""Whether a name that was seen in an account is that of a resource of a template.

CloudFormation names what has no name in the template by stack, logical id and a random part, and shortens the first two
where a service takes no longer names:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final

from constructs_lib.template.model import Template
from constructs_lib.template.values import PLACEHOLDER

__all__ = ["NamePatterns", "name_in"]

_SHORTEST: Final = 6
"""Characters that are left at least of a stack's name or a logical id that is shortened."""
_LONGEST_STACK: Final = 128
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html"""
_RANDOM: Final = "-[A-Za-z0-9]{8,16}"
_PART_OF_RANDOM: Final = "-[A-Za-z0-9]{1,16}"
_NO_NAMES: Final = ("https://", "arn:")


def name_in(physical_id: str) -> str:
    """The name in a physical id: that of a queue is a URL, and that of a topic or a state machine an ARN."""
    return re.split("[:/]", physical_id)[-1] if physical_id.startswith(_NO_NAMES) else physical_id


class NamePatterns:
    """Patterns for texts of one template that have placeholders."""

    def __init__(
        self,
        template: Template,
        *,
        names: Mapping[str, str] | None = None,
        others: Mapping[str, "NamePatterns"] | None = None,
    ) -> None:
        """Make patterns for texts of `template`.

        Args:
            template: what the texts stand in.
            names: logical to physical ids. Left out: CloudFormation's names are recognised by how it makes them.
            others: key to the patterns of the templates that it is deployed with, which may come later. Left out: what
                a placeholder says of another template is known by that placeholder alone.
        """
        self._template = template
        self._names = names or {}
        self._others = {} if others is None else others

    def of(self, text: str) -> re.Pattern[str]:
        """What fits `text`: the placeholders themselves, what people call the resource, and names that it may get.

        People call it by its logical id, by the path of its construct, or by that of a construct around it in which it
        is the only one of its type.
        """
        parts: list[str] = []
        end = 0
        for found in PLACEHOLDER.finditer(text):
            parts += [re.escape(text[end : found.start()]), self._placeholder(found[0], found[1])]
            end = found.end()
        return re.compile("".join([*parts, re.escape(text[end:])]))

    def resource(self, logical_id: str) -> list[str]:
        """Patterns of what a resource is called; none where there is no such resource."""
        if logical_id not in self._template.resources:
            return []
        physical = self._names.get(logical_id)
        if physical is None:
            not_theirs = "".join(f"(?!{name})" for name in self._names_around(logical_id))
            names = [f"{not_theirs}{_shortened(self._stack)}-{self._id(logical_id)}{_RANDOM}"]
        else:
            names = [re.escape(each) for each in dict.fromkeys([physical, name_in(physical)])]
        return [*map(re.escape, self._aliases[logical_id]), *names]

    def is_stack(self, name: str) -> bool:
        """Whether the stack itself may be called so."""
        return re.fullmatch("".join(self._stack), name) is not None

    def _placeholder(self, whole: str, inside: str) -> str:
        key, _, own = inside.rpartition("//")
        logical_id, _, attribute = own.partition(".")
        patterns = self._others.get(key) if key else self
        before = r"(?:[^\s]*[:/])?" if attribute else ""
        options = [re.escape(whole)]
        if patterns is not None:
            options += [f"{before}{name}" for name in patterns.resource(logical_id)]
        if own.startswith("AWS::"):
            options.append("[A-Za-z0-9-]*")
        return f"(?:{'|'.join(options)})"

    def _id(self, logical_id: str) -> str:
        """A logical id, shortened at most so far that it is not that of another resource of the type."""
        type_ = self._template.resources[logical_id].type
        others = [each.logical_id for each in self._template.of_type(type_)]
        inside = [len(other) + 1 for other in others if other != logical_id and logical_id.startswith(other)]
        return _shortened([re.escape(each) for each in logical_id], max([_SHORTEST, *inside]))

    def _names_around(self, logical_id: str) -> Iterator[str]:
        """The names that resources of this logical id get in the stacks around, which begin as those here do."""
        parent = self._parent
        while parent is not None:
            if logical_id in parent._template.resources:  # noqa: SLF001 - of this class, too
                yield f"{''.join(parent._stack)}-{re.escape(logical_id)}{_RANDOM}"  # noqa: SLF001 - likewise
            parent = parent._parent  # noqa: SLF001 - likewise

    @cached_property
    def _parent(self) -> "NamePatterns | None":
        return self._others.get(self._template.parent[0]) if self._template.parent else None

    @cached_property
    def _stack(self) -> list[str]:
        """What matches the stack's name, piece by piece; CloudFormation adds a random one to that of a nested stack."""
        if self._parent is None or self._template.parent is None:
            pieces = list(map(re.escape, self._template.name))
        else:
            added = map(re.escape, f"-{self._template.parent[1]}")
            pieces = [*self._parent._stack, *added]  # noqa: SLF001 - of this class, too
        return [*pieces, *([_PART_OF_RANDOM] if self._template.parent else [])][:_LONGEST_STACK]

    @cached_property
    def _aliases(self) -> Mapping[str, list[str]]:
        resources = self._template.resources.values()
        around = Counter((above, each.type) for each in resources for above in _upwards(each.path))
        return {
            each.logical_id: [
                each.logical_id,
                *(above for above in _upwards(each.path) if around[above, each.type] == 1),
            ]
            for each in resources
        }


def _upwards(path: str) -> Iterator[str]:
    while path:
        yield path
        path = path.rpartition("/")[0]


def _shortened(pieces: Sequence[str], least: int = _SHORTEST) -> str:
    """A pattern for `pieces`, or as much of them as is left, which is `least` of them or more."""
    pattern = ""
    for piece in reversed(pieces[least:]):
        pattern = f"(?:{piece}{pattern})?"
    return "".join(pieces[:least]) + pattern
