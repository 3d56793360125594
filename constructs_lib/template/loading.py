"""Templates and assemblies as they lie in files: JSON, YAML with its short forms, and what `cdk synth` writes."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from constructs_lib.template.model import Assembly, Resource, Template, TemplateError

__all__ = ["read_assembly", "template_of"]

_MANIFEST = "manifest.json"
_STACK = "aws:cloudformation:stack"
_NESTED_ASSEMBLY = "cdk:cloud-assembly"
_LOGICAL_ID = "aws:cdk:logicalId"
_LOWEST = ("Resource", "Default")
"""What constructs of one resource call it; CDK leaves both out where it makes names, too."""
_SECTIONS = ("Parameters", "Mappings", "Conditions")
_UNKNOWN = ("unknown-account", "unknown-region")
_JSON, _YAML = (".json", ".template"), (".yaml", ".yml")


def read_assembly(path: Path | str) -> Assembly:
    """Read a template, or a folder that `cdk synth` wrote.

    Args:
        path: a template in JSON or YAML, or a cloud assembly such as ``cdk.out``; stages within it are read as well.

    Raises:
        TemplateError: there is nothing there that can be used.
    """
    place = Path(path)
    if place.is_dir():
        templates = tuple(sorted(_stacks(place), key=lambda each: each.name))
        if not templates:
            raise TemplateError(
                f"{place} has no stack in its {_MANIFEST}: run cdk synth, or give a template."
            )
        return Assembly(templates=templates, source=place)
    body = _parsed(place)
    return Assembly(templates=(template_of(body, name=_stem(place), source=place),), source=place)


def template_of(
    body: Mapping[str, Any],
    *,
    name: str = "Template",
    source: Path | None = None,
    environment: tuple[str | None, str | None] = (None, None),
    paths: Mapping[str, str] | None = None,
) -> Template:
    """A template that is at hand as data, such as ``Template.from_stack(stack).to_json()`` gives it.

    Args:
        body: the template.
        name: of the stack.
        source: the file it was read from.
        environment: account and Region, each None where it is known only at deployment.
        paths: logical id to construct path. Left out: as the resources' metadata say.

    Raises:
        TemplateError: it is no template.
    """
    where = str(source or name)
    if not isinstance(body, Mapping):
        raise TemplateError(f"{where} is no template: it holds {type(body).__name__}, and not an object.")
    resources = body.get("Resources")
    if not isinstance(resources, Mapping) or not resources:
        raise TemplateError(f"{where} is no template: it has no Resources.")
    for section in _SECTIONS:
        if not isinstance(body.get(section) or {}, Mapping):
            raise TemplateError(f"{where} is no template: its {section} are no object.")
    known = paths or {}
    found = {
        logical_id: _resource(where, str(logical_id), declared, known.get(logical_id))
        for logical_id, declared in resources.items()
        if not str(logical_id).startswith("Fn::")
    }
    account, region = environment
    return Template(name=name, source=source, account=account, region=region, body=body, resources=found)


def _resource(where: str, logical_id: str, declared: Any, path: str | None) -> Resource:
    if not isinstance(declared, Mapping) or not isinstance(declared.get("Type"), str):
        raise TemplateError(f"{where} is no template: the resource {logical_id} has no Type.")
    properties = declared.get("Properties") or {}
    if not isinstance(properties, Mapping):
        raise TemplateError(f"{where} is no template: the Properties of {logical_id} are no object.")
    metadata = declared.get("Metadata")
    written = metadata.get("aws:cdk:path") if isinstance(metadata, Mapping) else None
    given = path or (_below(written) if isinstance(written, str) else None)
    condition = declared.get("Condition")
    return Resource(
        logical_id=logical_id,
        type=declared["Type"],
        properties=properties,
        path=given or logical_id,
        condition=condition if isinstance(condition, str) else None,
    )


def _below(path: str, stack: str | None = None) -> str:
    """A path below its stack, left out: the first part, without what constructs of one resource call it."""
    parts = path.strip("/").split("/")
    inside = (
        parts[len(stack.split("/")) :] if stack and path.strip("/").startswith(f"{stack}/") else parts[1:]
    )
    return "/".join(inside[:-1] if len(inside) > 1 and inside[-1] in _LOWEST else inside) or path


def _stacks(folder: Path) -> Iterator[Template]:
    manifest = _parsed(folder / _MANIFEST)
    artifacts = manifest.get("artifacts") if isinstance(manifest, Mapping) else None
    if not isinstance(artifacts, Mapping):
        raise TemplateError(f"{folder / _MANIFEST} is no manifest of a cloud assembly: run cdk synth again.")
    for name, artifact in artifacts.items():
        if not isinstance(artifact, Mapping):
            continue
        properties = artifact.get("properties") or {}
        if artifact.get("type") == _NESTED_ASSEMBLY:
            yield from _stacks(folder / str(properties.get("directoryName")))
        if artifact.get("type") == _STACK:
            source = folder / str(properties.get("templateFile"))
            yield template_of(
                _parsed(source),
                name=str(properties.get("stackName") or name),
                source=source,
                environment=_environment(str(artifact.get("environment", ""))),
                paths=_paths(folder, artifact),
            )


def _environment(written: str) -> tuple[str | None, str | None]:
    account, _, region = written.removeprefix("aws://").partition("/")
    return tuple(None if part in ("", *_UNKNOWN) else part for part in (account, region))  # type: ignore[return-value] # two parts


def _paths(folder: Path, artifact: Mapping[str, Any]) -> dict[str, str]:
    """Logical id to construct path; in the manifest, or in a file of its own that the manifest names."""
    entries = dict(artifact.get("metadata") or {})
    if additional := artifact.get("additionalMetadataFile"):
        entries |= _parsed(folder / str(additional))
    # In a stage, a stack's name for people is its path; elsewhere it has one part.
    stack = str(artifact.get("displayName", "")).partition(" ")[0]
    return {
        str(entry["data"]): _below(path, stack)
        for path, found in entries.items()
        for entry in found
        if isinstance(entry, Mapping) and entry.get("type") == _LOGICAL_ID
    }


def _stem(path: Path) -> str:
    return path.name.removesuffix(path.suffix).removesuffix(".template")


def _parsed(path: Path) -> Any:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise TemplateError(f"{path} is not there: run cdk synth first, or give another path.") from error
    except (
        OSError,
        ValueError,
    ) as error:  # a ValueError of a path that no file can have, or of what is no UTF-8
        raise TemplateError(f"{str(path)!r} cannot be read: {error}.") from error
    if path.suffix in _YAML or (path.suffix not in _JSON and not text.lstrip().startswith("{")):
        # Only templates that no CDK wrote are YAML: reading the others need not wait for its parser.
        from constructs_lib.template.yaml_forms import parse_yaml  # noqa: PLC0415 - see above

        return parse_yaml(text, str(path))
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:  # a ValueError of a number that is too long, too
        raise TemplateError(f"{path} is no JSON: {error}.") from error
