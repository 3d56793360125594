"""The stacks of an assembly as a replay reads them: what one passes to another is followed, and names are known."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

from constructs_lib.template import Assembly, NamePatterns, Template, TemplateError, Values, linked_values
from constructs_lib.template.physical import name_in
from constructs_lib.template.references import REFERENCE_IS_NO_NAME

__all__ = ["Names", "Stack", "chosen_stacks", "read_stacks"]

Names = Mapping[str, str | Mapping[str, str]]
"""Logical to physical ids of all stacks; or the name or key of a stack to those of its resources alone."""


@dataclass(frozen=True, kw_only=True)
class Stack:
    """A stack that is made.

    Attributes:
        template: its template.
        values: of the template, with what comes from others.
        patterns: of the names that its resources and those of the others may have.
    """

    template: Template
    values: Values
    patterns: NamePatterns


def read_stacks(
    assembly: Assembly, *, parameters: Mapping[str, str] | None = None, names: Names | None = None
) -> list[Stack]:
    """The stacks of an assembly, in its order; nested stacks that are never made are left out.

    Args:
        assembly: the templates.
        parameters: the values of the stacks' parameters; those of nested stacks come from their parents, where these
            are in the assembly. Left out: their defaults.
        names: the physical ids of resources. Left out: they are recognised by how CloudFormation makes them.
    """
    keys = {each.key for each in assembly.templates}
    linked = linked_values(assembly, parameters=parameters)
    patterns: dict[str, NamePatterns] = {}
    found: dict[str, Stack] = {}
    for each in assembly.templates:
        # Of what is nested and not here, the alarms are told as not read.
        template = replace(each, nested={name: key for name, key in each.nested.items() if key in keys})
        within = template.parent is not None and template.parent[0] in keys
        own = _names_of(template, NamePatterns(template, others=patterns), names or {})
        patterns[template.key] = NamePatterns(template, names=own, others=patterns)
        values = Values(
            template,
            parameters=None if within else parameters,
            names=_called(template, own),
            links=linked[template.key].links,
        )
        if not within or _is_made(template, found):
            found[template.key] = Stack(template=template, values=values, patterns=patterns[template.key])
    return list(found.values())


def chosen_stacks(assembly: Assembly, stacks: Collection[str] | None) -> list[Template]:
    """The templates of the stacks that are called so, by name or by key, and of those nested in them.

    Args:
        assembly: where they are.
        stacks: what they are called. Left out: all.

    Raises:
        TemplateError: one of them is not there.
    """
    if stacks is None:
        return list(assembly.templates)
    called = {name for each in assembly.templates for name in (each.name, each.key)}
    if unknown := [name for name in stacks if name not in called]:
        known = ", ".join(each.name for each in assembly.templates)
        where = assembly.source or "the assembly"
        raise TemplateError(f"{where} has no stack {', '.join(unknown)}; it has: {known}.")
    chosen: dict[str, Template] = {}
    for each in assembly.templates:
        parent = each.parent[0] if each.parent else ""
        if each.name in stacks or each.key in stacks or parent in chosen:
            chosen[each.key] = each
    return list(chosen.values())


def _is_made(template: Template, found: Mapping[str, Stack]) -> bool:
    key, logical_id = template.parent or ("", "")
    if key not in found:
        return False
    parent = found[key]
    with suppress(TemplateError):  # nobody can say, and its alarms are there to be replayed
        return parent.values.made(parent.template.resources[logical_id]) is not False
    return True


def _names_of(template: Template, patterns: NamePatterns, names: Names) -> dict[str, str]:
    """Logical to physical ids of one stack."""
    found: dict[str, str] = {}
    for name, given in names.items():
        if isinstance(given, str):
            found[name] = given
        elif name in (template.name, template.key) or patterns.is_stack(name):
            found |= given
    return found


def _called(template: Template, names: Mapping[str, str]) -> dict[str, str]:
    """Logical ids to names, where the physical id is something else."""
    without = {each.logical_id for each in template.of_type(*REFERENCE_IS_NO_NAME)}
    return {key: name_in(given) if key in without else given for key, given in names.items()}
