"""Templates of data that is at hand."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from constructs_lib.template.documents import line
from constructs_lib.template.model import Resource, Template, TemplateError
from constructs_lib.template.paths import below
from constructs_lib.template.shapes import template_body

__all__ = ["template_of"]

_SECTIONS: Final = ("Parameters", "Mappings", "Conditions")
_SAM: Final = "AWS::Serverless-2016-10-31"
_HARMLESS: Final = (
    _SAM,
    "AWS::LanguageExtensions",
    "AWS::SecretsManager-2020-07-23",
    "AWS::SecretsManager-2024-09-16",
    "AWS::CodeDeployBlueGreen",
    "AWS::ServiceCatalog",
)
"""Transforms that leave what is read here as it is, or whose loops are told of one by one."""


def template_of(
    body: Mapping[str, Any],
    *,
    name: str = "Template",
    source: Path | None = None,
    environment: tuple[str | None, str | None] = (None, None),
    paths: Mapping[str, str] | None = None,
    key: str = "",
    parent: tuple[str, str] | None = None,
    within: str = "",
    problems: tuple[str, ...] = (),
) -> Template:
    """A template that is at hand as data, such as ``Template.from_stack(stack).to_json()`` gives it.

    A SAM template is expanded; a resource that cannot be read is left out, and told of in `Template.problems`.

    Args:
        body: the template.
        name: of the stack.
        source: the file it was read from.
        environment: account and Region, each None where it is known only at deployment.
        paths: logical id to construct path. Left out: as the resources' metadata say.
        key: what no other template of its assembly is called. Left out: the name.
        parent: of a nested stack, the key of its parent and its logical id there. Left out: it is a stack of its own.
        within: of a nested stack, the path of its construct. Left out: it has none.
        problems: what its reader knows of already. Left out: nothing.

    Raises:
        TemplateError: it is no template, or nothing of it can be read.
    """
    where = line(str(source or name))
    written, unread = template_body(body, where)
    told = [*problems, *unread]
    for section in _SECTIONS:
        if not isinstance(written.get(section) or {}, Mapping):
            raise TemplateError(f"{where} is no template: its {section} are no object.")
    made_by: Mapping[str, str] = {}
    transforms = _transforms(written)
    if _SAM in transforms:
        # Only SAM's templates need its library.
        from constructs_lib.template.sam import expanded  # noqa: PLC0415 - see above

        expansion = expanded(written, region=environment[1])
        written, made_by = expansion.body, expansion.made_by
        told += expansion.problems
    told += (
        line(f"the transform {each} may make more of the template than what is read here")
        for each in transforms
        if each not in _HARMLESS
    )
    found: dict[str, Resource] = {}
    for logical_id, declared in written["Resources"].items():
        if str(logical_id).startswith("Fn::"):
            told.append(line(f"what {logical_id} makes is not read"))
            continue
        if problem := _unreadable(str(logical_id), declared):
            told.append(line(problem))
            continue
        found[str(logical_id)] = _resource(
            str(logical_id), declared, (paths or {}).get(str(logical_id)), within, made_by
        )
    if (
        not found
        and written["Resources"]
        and not any(str(each).startswith("Fn::") for each in written["Resources"])
    ):
        raise TemplateError(f"{where} is no template: {told[-1]}.")
    account, region = environment
    return Template(
        name=name,
        source=source,
        account=account,
        region=region,
        body=written,
        resources=found,
        key=key or name,
        parent=parent,
        problems=tuple(told),
    )


def _transforms(body: Mapping[str, Any]) -> list[str]:
    given = body.get("Transform")
    found = [
        each.get("Name") if isinstance(each, Mapping) else each
        for each in (given if isinstance(given, list) else [given])
    ]
    return [each for each in found if isinstance(each, str)]


def _unreadable(logical_id: str, declared: Any) -> str | None:
    if not isinstance(declared, Mapping) or not isinstance(declared.get("Type"), str):
        return f"the resource {logical_id} has no Type"
    if not isinstance(declared.get("Properties") or {}, Mapping):
        return f"the Properties of {logical_id} are no object"
    return None


def _resource(
    logical_id: str, declared: Mapping[str, Any], path: str | None, within: str, made_by: Mapping[str, str]
) -> Resource:
    metadata, condition = declared.get("Metadata"), declared.get("Condition")
    written = metadata.get("aws:cdk:path") if isinstance(metadata, Mapping) else None
    given = path or (below(written) if isinstance(written, str) else None)
    return Resource(
        logical_id=logical_id,
        type=declared["Type"],
        properties=declared.get("Properties") or {},
        path=given or (f"{within}/{logical_id}" if within else logical_id),
        condition=condition if isinstance(condition, str) else None,
        declared=declared,
        made_by=made_by.get(logical_id),
    )
