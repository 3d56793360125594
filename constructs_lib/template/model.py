"""An assembly, its templates and their resources: data that nobody changes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["Assembly", "Resource", "Template", "TemplateError"]

Properties = Mapping[str, Any]


class TemplateError(ValueError):
    """A template or an assembly that cannot be used; the message is one line that says what to do."""


@dataclass(frozen=True, kw_only=True)
class Resource:
    """A resource of a template.

    Attributes:
        logical_id: its logical id.
        type: such as ``AWS::CloudWatch::Alarm``.
        properties: as the template has them, references and all.
        path: the path of its construct without the stack and the ``Resource`` at its end, such as
            ``CreateOrder/Alarms/Errors``; the logical id where the template does not tell.
        condition: the name of the condition under which it is made; None for always.
    """

    logical_id: str
    type: str
    properties: Properties
    path: str
    condition: str | None = None


@dataclass(frozen=True, kw_only=True)
class Template:
    """A template, and what the assembly knows of its stack.

    Attributes:
        name: the name of the stack, or the file's without its ending.
        source: the file it was read from; None where it was not.
        account: the account; None where it is known only at deployment.
        region: the Region; None where it is known only at deployment.
        body: the whole template.
        resources: logical id to resource.
    """

    name: str
    source: Path | None
    account: str | None
    region: str | None
    body: Mapping[str, Any]
    resources: Mapping[str, Resource]

    def of_type(self, *types: str) -> Iterator[Resource]:
        """The resources of these types, in the order of the template."""
        return (each for each in self.resources.values() if each.type in types)


@dataclass(frozen=True, kw_only=True)
class Assembly:
    """Templates that are deployed together.

    Attributes:
        templates: in the order of their names.
        source: what they were read from; None where it was no file.
    """

    templates: tuple[Template, ...]
    source: Path | None = field(default=None)
