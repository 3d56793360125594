"""Values of templates that are deployed together: what one passes to another is followed to where it comes from.

- ``Fn::ImportValue`` to the output that exports the name;
- a parameter of a nested stack to what its parent passes, and ``Fn::GetAtt`` of ``Nested.Outputs.X`` to that output;
- ``Fn::GetStackOutput`` to the output of the stack of that name and Region;
- the CDK's references across Regions, which one stack writes to Systems Manager and another reads there.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

from constructs_lib.template.alone import Alone
from constructs_lib.template.documents import count
from constructs_lib.template.model import Assembly, Template, TemplateError
from constructs_lib.template.references import PLACEHOLDER
from constructs_lib.template.values import Undecided, Values

__all__ = ["linked_values"]

_EVERYWHERE: Final = ("Fn::", "Import:", "resolve:", "AWS::AccountId", "AWS::Region", "AWS::NoValue")
"""What placeholders that mean the same in all templates begin with."""
_WRITER: Final = "Custom::CrossRegionExportWriter"


def linked_values(
    assembly: Assembly, *, parameters: Mapping[str, str] | None = None, undecided: Undecided = "then"
) -> Mapping[str, Values]:
    """The values of each template, with what comes from the others.

    A placeholder of a resource of another template is ``${KEY//LogicalId}`` or ``${KEY//LogicalId.Attribute}``.

    Args:
        assembly: the templates.
        parameters: the values of the parameters of the stacks; those of nested stacks come from their parents. Left
            out: their defaults.
        undecided: see `Values`.

    Returns:
        Key of the template to its values.
    """
    whole = _Whole(assembly)
    for template in assembly.templates:
        whole.values[template.key] = Values(
            template,
            parameters=None if template.parent else parameters,
            undecided=undecided,
            links=_Linked(whole, template),
        )
    return whole.values


class _Whole:
    """What the templates of an assembly pass to each other."""

    def __init__(self, assembly: Assembly) -> None:
        self.templates = {each.key: each for each in assembly.templates}
        self.values: dict[str, Values] = {}
        self.named: dict[str, list[Template]] = defaultdict(list)
        for each in assembly.templates:
            self.named[each.name].append(each)
        self._looking: set[int] = set()

    def value(self, node: Any, *, of: str, for_: str) -> Any:
        """A value in one template, as another sees it; None where it leads back to itself or cannot be read."""
        if id(node) in self._looking or of not in self.values or not self.values[for_].affords(0):
            return None
        self._looking.add(id(node))
        try:
            found = self.values[of].plain(node)
            small = self.values[for_].affords(len(found) if isinstance(found, str) else count(found))
            return _seen_from(for_, of, found) if small else None
        except TemplateError:
            return None
        finally:
            self._looking.discard(id(node))

    @cached_property
    def exports(self) -> Mapping[str, list[tuple[Template, Any]]]:
        """Name of an export to the templates that have it, and its value there."""
        found: dict[str, list[tuple[Template, Any]]] = defaultdict(list)
        self.__dict__["exports"] = found  # a name that needs an import finds those that are known by then
        for template in self.templates.values():
            for output in template.section("Outputs").values():
                export = output.get("Export") if isinstance(output, Mapping) else None
                if isinstance(export, Mapping) and "Name" in export:
                    name = self.value(export["Name"], of=template.key, for_=template.key)
                    if isinstance(name, str):
                        found[name].append((template, output.get("Value")))
        return found

    @cached_property
    def crossings(self) -> Mapping[str, list[tuple[str, str, Any]]]:
        """Name of a parameter of Systems Manager to who writes it, for which Region, and its value there."""
        found: dict[str, list[tuple[str, str, Any]]] = defaultdict(list)
        for template in self.templates.values():
            for writer in template.of_type(_WRITER):
                given = writer.properties.get("WriterProps")
                exports = given.get("exports") if isinstance(given, Mapping) else None
                if isinstance(given, Mapping) and isinstance(exports, Mapping):
                    for name, value in exports.items():
                        found[str(name)].append((template.key, str(given.get("region")), value))
        return found


class _Linked(Alone):
    """What one template knows of the others."""

    def __init__(self, whole: _Whole, template: Template) -> None:
        self._whole = whole
        self._template = template

    def parameter(self, name: str) -> Any:
        parent, logical_id = self._template.parent or (None, "")
        if parent is None or parent not in self._whole.templates:
            return None
        given = self._whole.templates[parent].resources[logical_id].properties.get("Parameters")
        if not isinstance(given, Mapping) or name not in given:
            return None
        return self._whole.value(given[name], of=parent, for_=self._template.key)

    def output(self, logical_id: str, name: str) -> Any:
        key = self._template.nested.get(logical_id, "")
        if key not in self._whole.templates:
            return None
        found = self._whole.templates[key].section("Outputs").get(name)
        if not isinstance(found, Mapping):
            return None
        return self._whole.value(found.get("Value"), of=key, for_=self._template.key)

    def imported(self, name: str) -> Any:
        return self._nearest(self._whole.exports.get(name, []), self._template.region)

    def stack_output(self, stack: str, name: str, region: str | None) -> Any:
        found = [
            (each, output.get("Value"))
            for each in self._whole.named.get(stack, [])
            if isinstance(output := each.section("Outputs").get(name), Mapping)
        ]
        return self._nearest(found, self._template.region if region in (None, "${AWS::Region}") else region)

    def _nearest(self, found: Sequence[tuple[Template, Any]], region: str | None) -> Any:
        """The value of the one template that is meant; None where more than one may be."""
        here = [each for each in found if each[0].region == region]
        near = [each for each in here if each[0].account == self._template.account]
        open_ = [each for each in found if None in (region, each[0].region)]
        for among in (near, here, open_):
            if len(among) == 1:
                ((template, value),) = among
                return self._whole.value(value, of=template.key, for_=self._template.key)
        return None

    def crossing(self, name: str) -> Any:
        for key, region, value in self._whole.crossings.get(name, []):
            if self._template.region in (None, region):
                return self._whole.value(value, of=key, for_=self._template.key)
        return None


def _seen_from(here: str, there: str, value: Any) -> Any:
    """A value of the template `there`, its placeholders as the template `here` has them."""
    if here == there:
        return value
    if isinstance(value, str):
        return PLACEHOLDER.sub(lambda match: f"${{{_named(here, there, match[1])}}}", value)
    if isinstance(value, Mapping):
        return dict(_entries(here, there, value))
    return [_seen_from(here, there, each) for each in value] if isinstance(value, list) else value


def _entries(here: str, there: str, value: Mapping[Any, Any]) -> Iterator[tuple[Any, Any]]:
    for key, each in value.items():
        yield key, _seen_from(here, there, each)


def _named(here: str, there: str, inside: str) -> str:
    if inside.startswith(_EVERYWHERE):
        return inside
    key, slashes, _ = inside.rpartition("//")
    if not slashes:
        return f"{there}//{inside}"
    return inside.removeprefix(f"{here}//") if key == here else inside
