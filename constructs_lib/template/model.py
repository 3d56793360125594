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
            ``CreateOrder/Alarms/Errors``; the logical id where the template does not tell. In a nested stack it begins
            with the path of that stack.
        condition: the name of the condition under which it is made; None for always.
        declared: the whole declaration: ``DeletionPolicy``, ``UpdateReplacePolicy``, ``DependsOn``, ``Metadata`` and
            whatever else stands there, of any type.
        made_by: the logical id of the SAM resource that it was expanded from; None where its author wrote it.
    """

    logical_id: str
    type: str
    properties: Properties
    path: str
    condition: str | None = None
    declared: Mapping[str, Any] = field(default_factory=dict, repr=False)
    made_by: str | None = None


@dataclass(frozen=True, kw_only=True)
class Template:
    """A template, and what the assembly knows of its stack.

    Attributes:
        name: the name of the stack, or the file's without its ending.
        source: the file it was read from; None where it was not.
        account: the account; None where it is known only at deployment.
        region: the Region; None where it is known only at deployment.
        body: the whole template; of a SAM template what CloudFormation makes of it.
        resources: logical id to resource; those that cannot be read are left out and told of in `problems`.
        key: what no other template of the assembly is called: ``Stage/Stack``, ``Stack/LogicalId`` of a nested stack.
            Left out: the name.
        parent: the key of the template that has this one as a nested stack, and the nested stack's logical id there;
            None where it is a stack of its own.
        nested: logical id of each nested stack whose template was read, to its key.
        problems: what of it cannot be read, a line each.
        construct_path: the path of the stack's construct from the app on, such as ``Stage/Stack``; empty where no
            assembly tells it.
        acknowledged: path of a construct below the stack, to what CDK's ``Validations.acknowledge`` was told for it:
            a rule's id to the reason.
    """

    name: str
    source: Path | None
    account: str | None
    region: str | None
    body: Mapping[str, Any] = field(repr=False)
    resources: Mapping[str, Resource] = field(repr=False)
    key: str = ""
    parent: tuple[str, str] | None = None
    nested: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    construct_path: str = ""
    acknowledged: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Call it by its name where nothing else is said."""
        object.__setattr__(self, "key", self.key or self.name)

    def of_type(self, *types: str) -> Iterator[Resource]:
        """The resources of these types, in the order of the template."""
        return (each for each in self.resources.values() if each.type in types)

    def section(self, name: str) -> Mapping[str, Any]:
        """A section such as ``Outputs``; nothing where it is left out, or no object."""
        found = self.body.get(name)
        return found if isinstance(found, Mapping) else {}


@dataclass(frozen=True, kw_only=True)
class Assembly:
    """Templates that are deployed together.

    Attributes:
        templates: in the order of their names, nested stacks after their parents.
        source: what they were read from; None where it was no file.
    """

    templates: tuple[Template, ...]
    source: Path | None = field(default=None)
