"""What a template's references stand for, as far as anybody can know before it is deployed.

A text keeps a placeholder for what stays unknown: ``${LogicalId}`` for the name that a resource will get,
``${LogicalId.Attribute}`` for another of its attributes, ``${AWS::Region}`` for a pseudo parameter, ``${Fn::GetAZs}``
for what a function gives, ``${resolve:ssm:/name}`` for a dynamic reference.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

import re
import reprlib
from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal

from constructs_lib.template.alone import Alone
from constructs_lib.template.conditions import CircularConditionError, Conditions
from constructs_lib.template.functions import FUNCTIONS
from constructs_lib.template.model import Resource, Template, TemplateError
from constructs_lib.template.parameters import Parameters
from constructs_lib.template.references import (
    NAME_ATTRIBUTES,
    PLACEHOLDER,
    REFERENCE_IS_NAME,
    REFERENCE_IS_NO_NAME,
    is_known,
    name_properties,
    pseudo_parameters,
    without_placeholders,
)

__all__ = ["PLACEHOLDER", "Undecided", "Values", "is_known"]

Undecided = Literal["then", "unknown"]
_NOTHING: Final = "${AWS::NoValue}"
_DYNAMIC: Final = re.compile(r"\{\{resolve:((?:\$\{[^${}]*\}|[^{}])*)\}\}")
_LONGEST_TEXT: Final = 1_000_000
"""Characters; a template has no more: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"""
_LONGEST_NAME: Final = 2_048
_MOST_WRITTEN: Final = 20_000_000
"""Characters that functions may write in all: what needs more was made to."""
_NOT_AS_WRITTEN: Final = (
    CircularConditionError,
    TypeError,
    ValueError,
    LookupError,
    AttributeError,
    RecursionError,
)
_shown = reprlib.Repr()
_shown.maxstring = _shown.maxother = _shown.maxlong = 100


class Values:
    """Reads the values of one template."""

    def __init__(
        self,
        template: Template,
        *,
        parameters: Mapping[str, str] | None = None,
        names: Mapping[str, str] | None = None,
        undecided: Undecided = "then",
        links: Alone | None = None,
    ) -> None:
        """Read the values of `template`.

        Args:
            template: what they stand in.
            parameters: the values of its parameters. Left out: their defaults.
            names: logical to physical ids, as ``aws cloudformation describe-stack-resources`` tells. Left out: what a
                resource has no name for in the template stays a placeholder.
            undecided: what ``Fn::If`` gives while its condition is open: ``then`` takes the branch that makes more;
                ``unknown`` gives a placeholder, unless both branches are equal. With ``unknown``, a resource whose name
                is not wholly known and a function that is not written as CloudFormation takes it are placeholders, too.
            links: what it knows of other templates; see `links.linked_values`. Left out: nothing.
        """
        self.undecided = undecided
        self.links = links or Alone()
        self._template = template
        self._names = names or {}
        self._pseudo = pseudo_parameters(template)
        self._conditions = Conditions(template.section("Conditions"), self.text)
        self._called: dict[int, tuple[Any, Any]] = {}
        self._parameters = Parameters(
            template.section("Parameters"), parameters or {}, self.links.parameter, self.text
        )
        self._named: dict[str, str] = {}
        self._mapped: dict[tuple[str, ...], Any] = {}
        self._room = _MOST_WRITTEN

    def text(self, value: Any) -> str:
        """`value` as text.

        Raises:
            TemplateError: it is no text, whatever its references stand for.
        """
        found = value if isinstance(value, str) else self.plain(value)
        if isinstance(found, bool):
            return str(found).lower()
        if isinstance(found, str | int | float):
            return self._dynamic(str(found))
        raise TemplateError(f"{self._template.name}: {_shown.repr(value)} is not a text.")

    def number(self, value: Any) -> float | None:
        """`value` as a number; None where it is known only at deployment.

        Raises:
            TemplateError: it is no number.
        """
        found = self.text(value)
        if not is_known(found):
            return None
        try:
            return float(found)
        except ValueError as error:
            raise TemplateError(f"{self._template.name}: {_shown.repr(value)} is not a number.") from error

    def plain(self, value: Any) -> Any:
        """`value` without references; lists and objects are followed. What is given is not to be changed.

        Raises:
            TemplateError: it is nested too deep, or, unless `undecided` is ``unknown``, not as CloudFormation takes it.
        """
        try:
            return self._plain(value)
        except RecursionError as error:
            raise TemplateError(f"{self._template.name}: its values are nested too deep.") from error

    def is_known(self, value: Any) -> bool:
        """Whether nothing anywhere in `value` is known only at deployment."""
        try:
            return is_known(self.plain(value))
        except TemplateError:
            return False

    def holds(self, condition: str) -> bool | None:
        """Whether a condition of the template holds; None where that is known only at deployment.

        Raises:
            TemplateError: it leads back to itself, or is not as CloudFormation takes it; with `undecided` ``unknown``
                that is None.
        """
        try:
            return self._conditions.holds(condition)
        except (TemplateError, RecursionError, CircularConditionError) as error:
            if self.undecided == "unknown":
                return None
            problem = str(error) or "its conditions are nested too deep"
            raise TemplateError(f"{self._template.name}: {problem}.") from error

    def made(self, resource: Resource) -> bool | None:
        """Whether a resource is made; None where that is known only at deployment."""
        return True if resource.condition is None else self.holds(resource.condition)

    def reference(self, name: Any) -> Any:
        """What ``Ref`` gives."""
        if not isinstance(name, str):
            raise TypeError(name)
        if name in self._pseudo:
            return self._pseudo[name]
        if name in self._parameters:
            return self._parameters.value(name)
        resource = self._template.resources.get(name)
        if resource is None:
            return f"${{{without_placeholders(name)}}}"
        if attribute := REFERENCE_IS_NO_NAME.get(resource.type):
            return f"${{{name}.{attribute}}}"
        if resource.type in REFERENCE_IS_NAME:
            return self._name(resource)
        return self._names.get(name, f"${{{name}}}")

    def attribute(self, logical_id: str, attribute: str) -> Any:
        """What ``Fn::GetAtt`` gives."""
        resource = self._template.resources.get(logical_id)
        if resource is not None:
            found = None
            if attribute in NAME_ATTRIBUTES:
                return self._name(resource)
            if resource.type == "AWS::CloudFormation::Stack" and attribute.startswith("Outputs."):
                found = self.links.output(logical_id, attribute.removeprefix("Outputs."))
            if resource.type == "Custom::CrossRegionExportReader":
                found = self.links.crossing(attribute)
            if found is not None:
                return found
        return f"${{{without_placeholders(f'{logical_id}.{attribute}')}}}"

    def resource(self, logical_id: str) -> Resource | None:
        """A resource of the template."""
        return self._template.resources.get(logical_id)

    def name(self, resource: Resource) -> str:
        """The name of a resource; a placeholder where CloudFormation gives it."""
        return self._name(resource)

    def mapped(self, keys: tuple[str, ...]) -> Any:
        """What lies under the keys of a mapping; None where nothing does."""
        if keys not in self._mapped:
            found: Any = self._template.section("Mappings")
            for key in keys:
                found = found.get(key) if isinstance(found, Mapping) else None
            self._mapped[keys] = self.plain(found)
        return self._mapped[keys]

    def affords(self, characters: int) -> bool:
        """Whether a function may still write so much."""
        self._room -= characters
        return self._room >= 0

    def written(self, pieces: Iterable[str], instead: str) -> str:
        """`pieces` as one text; `instead` where it gets longer than that of a template can be."""
        kept: list[str] = []
        length = 0
        for piece in pieces:
            length += len(piece)
            if length > _LONGEST_TEXT or not self.affords(len(piece) + 1):
                return instead
            kept.append(piece)
        return self._dynamic("".join(kept))

    def _plain(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            if len(value) == 1:
                ((name, given),) = value.items()
                if name == "Ref" or (isinstance(name, str) and name.startswith("Fn::")):
                    return self._function(value, name, given)
            return {key: found for key, each in value.items() if (found := self._plain(each)) != _NOTHING}
        if isinstance(value, list):
            return [found for each in value if (found := self._plain(each)) != _NOTHING]
        return self._dynamic(value) if isinstance(value, str) else value

    def _function(self, value: Any, name: str, given: Any) -> Any:
        known = self._called.get(id(value))
        if known is None:
            # The value is kept as well: as long as it is there, nothing else has its id.
            known = self._called[id(value)] = (value, self._result(name, given))
        return known[1]

    def _result(self, name: str, given: Any) -> Any:
        unknown = f"${{{without_placeholders('::'.join(name.split('::')[:2]))}}}"
        if name not in FUNCTIONS:
            return unknown
        try:
            return FUNCTIONS[name](self, given)
        except _NOT_AS_WRITTEN as error:
            if self.undecided == "unknown":
                return unknown
            if isinstance(error, TemplateError):
                raise
            raise TemplateError(
                f"{self._template.name}: {name} of {_shown.repr(given)} is not how it is written."
            ) from error

    def _dynamic(self, text: str) -> str:
        """`text` without dynamic references.

        https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
        """
        if "{{resolve:" not in text:
            return text

        def fill(match: re.Match[str]) -> str:
            name = match[1].removeprefix("ssm:")
            found = self.links.crossing(name) if name != match[1] else None
            return found if isinstance(found, str) else f"${{resolve:{without_placeholders(match[1])}}}"

        return _DYNAMIC.sub(fill, text)

    def _name(self, resource: Resource) -> str:
        logical_id = resource.logical_id
        if logical_id not in self._named:
            placeholder = self._named[logical_id] = (
                f"${{{logical_id}}}"  # while it is looked for: it may lead here
            )
            found = self._names.get(logical_id) or self._declared_name(resource) or placeholder
            certain = is_known(found) or self.undecided == "then"
            self._named[logical_id] = found if certain and len(found) <= _LONGEST_NAME else placeholder
        return self._named[logical_id]

    def _declared_name(self, resource: Resource) -> str | None:
        for key in name_properties(resource.type):
            if key in resource.properties:
                return self.text(resource.properties[key])
        return None
