"""Whether a name that was seen in an account is that of a resource of a template.

CloudFormation names what has no name in the template by stack, logical id and a random part, and shortens the first two
where a service takes no longer names:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html
"""

import re
from collections import Counter
from collections.abc import Iterator

from constructs_lib.template.model import Template
from constructs_lib.template.values import PLACEHOLDER

__all__ = ["NamePatterns"]

_SHORTEST = 6
"""Characters that are left at least of a stack's name or a logical id that is shortened."""
_RANDOM = "-[A-Za-z0-9]{8,16}"


class NamePatterns:
    """Patterns for texts of one template that have placeholders."""

    def __init__(self, template: Template) -> None:
        """Make patterns for texts of `template`."""
        self._template = template
        self._aliases = _aliases(template)
        self._stack = _shortened(template.name, _SHORTEST) + (f"(?:{_RANDOM})?" if template.parent else "")

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

    def _placeholder(self, whole: str, inside: str) -> str:
        logical_id, _, attribute = inside.partition(".")
        options = [re.escape(whole)]
        if logical_id in self._template.resources:
            names = [
                *map(re.escape, self._aliases[logical_id]),
                f"{self._stack}-{self._id(logical_id)}{_RANDOM}",
            ]
            before = r"(?:[^\s]*[:/])?" if attribute else ""
            options += [f"{before}{name}" for name in names]
        elif inside.startswith("AWS::"):
            options.append("[A-Za-z0-9-]*")
        return f"(?:{'|'.join(options)})"

    def _id(self, logical_id: str) -> str:
        """A logical id, shortened at most so far that it is not that of another resource of the type."""
        type_ = self._template.resources[logical_id].type
        others = [each.logical_id for each in self._template.of_type(type_)]
        inside = [len(other) + 1 for other in others if other != logical_id and logical_id.startswith(other)]
        return _shortened(logical_id, max([_SHORTEST, *inside]))


def _aliases(template: Template) -> dict[str, list[str]]:
    around = Counter(
        (above, each.type) for each in template.resources.values() for above in _upwards(each.path)
    )
    return {
        each.logical_id: [
            each.logical_id,
            *(above for above in _upwards(each.path) if around[above, each.type] == 1),
        ]
        for each in template.resources.values()
    }


def _upwards(path: str) -> Iterator[str]:
    while path:
        yield path
        path = path.rpartition("/")[0]


def _shortened(text: str, least: int) -> str:
    """A pattern for `text`, or as much of it as is left, which is `least` characters or more."""
    pattern = ""
    for character in reversed(text[least:]):
        pattern = f"(?:{re.escape(character)}{pattern})?"
    return re.escape(text[:least]) + pattern
