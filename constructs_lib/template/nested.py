"""The templates of nested stacks, found by what their parents say of them.

CDK names them by their assets, ``aws cloudformation package`` and SAM by paths:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stack.html
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from constructs_lib.template.documents import Document, line, read_document
from constructs_lib.template.making import template_of
from constructs_lib.template.model import Resource, Template, TemplateError
from constructs_lib.template.paths import ConstructPaths

__all__ = ["Place", "with_nested"]

_TYPE: Final = "AWS::CloudFormation::Stack"
_ASSET: Final = "aws:asset:path"
_ELSEWHERE: Final = ("https://", "http://", "s3://")
_DEEPEST: Final = 10
_SMALLEST: Final = 40_000
"""What a template counts as at least, so that there are not too many of them."""
_LARGEST: Final = 20_000_000
"""Characters of the nested stacks of one stack, each counted as often as it is there."""


@dataclass(kw_only=True)
class Place:
    """Where the templates of the nested stacks of a stack may lie.

    Attributes:
        root: the folder that none of them lies outside of.
        folder: the one that paths are relative to; None for that of the parent's file.
        assets: the name of an asset's file in its bucket, or of the parameter that has it, to its path.
        paths: the constructs of the stack.
    """

    root: Path
    folder: Path | None = None
    assets: Mapping[str, Path] = field(default_factory=dict)
    paths: ConstructPaths = field(default_factory=lambda: ConstructPaths({}, ""))
    size: int = 0


def with_nested(template: Template, place: Place) -> Iterator[Template]:
    """A template and those of its nested stacks, parents first."""
    yield from _family(template, place, "", (_real(template.source),))


def _family(template: Template, place: Place, scope: str, sources: tuple[str, ...]) -> Iterator[Template]:
    nested: dict[str, str] = {}
    problems: list[str] = []
    children: list[tuple[Template, str, tuple[str, ...]]] = []
    for resource in template.of_type(_TYPE):
        try:
            path = _path(resource, template, place, sources)
            document = _read(path, place)
            inner = place.paths.nested(scope, resource.logical_id) or ""
            child = _child(template, resource, path, document, place.paths.of(inner) if inner else {})
        except TemplateError as error:
            problems.append(line(f"the nested stack {resource.logical_id} is not read: {error}"))
            continue
        nested[resource.logical_id] = child.key
        children.append((child, inner, (*sources, _real(path))))
    yield replace(template, nested=nested, problems=(*template.problems, *problems))
    for child, inner, above in children:
        yield from _family(child, place, inner, above)


def _child(
    parent: Template, resource: Resource, path: Path, document: Document, paths: Mapping[str, str]
) -> Template:
    return template_of(
        document.body,
        name=f"{parent.name}-{resource.logical_id}",
        source=path,
        environment=(parent.account, parent.region),
        paths=paths,
        key=f"{parent.key}/{resource.logical_id}",
        parent=(parent.key, resource.logical_id),
        within=resource.path,
        problems=document.problems,
    )


def _read(path: Path, place: Place) -> Document:
    document = read_document(path)
    place.size += max(document.size, _SMALLEST)
    if place.size > _LARGEST:
        raise TemplateError("the nested stacks of its stack are too large together")
    return document


def _path(resource: Resource, template: Template, place: Place, above: tuple[str, ...]) -> Path:
    """Where the template of a nested stack lies."""
    metadata = resource.declared.get("Metadata")
    written = metadata.get(_ASSET) if isinstance(metadata, Mapping) else None
    url = resource.properties.get("TemplateURL")
    folder = place.folder or (template.source or Path()).parent
    if isinstance(written, str):
        found = folder / written
    elif asset := next((place.assets[each] for each in _names(url) if each in place.assets), None):
        found = asset
    elif isinstance(url, str) and url and not url.startswith(_ELSEWHERE):
        found = folder / url
    else:
        raise TemplateError("its template is not here")
    if _real(found) in above or len(above) > _DEEPEST:
        raise TemplateError("it leads back to itself, or too deep")
    return confined(found, place.root)


def confined(path: Path, root: Path) -> Path:
    """A path that does not lead out of a folder.

    Raises:
        TemplateError: it does.
    """
    if os.path.commonpath([_real(path), _real(root)]) != _real(root):
        raise TemplateError(line(f"{path} lies outside of {root}"))
    return path


def _real(path: Path | None) -> str:
    try:
        return os.path.realpath(path or "")
    except ValueError as error:  # a path that no file can have
        raise TemplateError(line(f"{path!r} is no path")) from error


def _names(value: Any) -> Iterator[str]:
    """The last parts of all texts in a reference to a template."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            yield each.rpartition("/")[2]
        elif isinstance(each, Mapping):
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
