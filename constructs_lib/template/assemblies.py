"""Cloud assemblies: the folders that `cdk synth` writes, of any version of their schema.

https://github.com/aws/aws-cdk-cli/tree/main/packages/%40aws-cdk/cloud-assembly-schema
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from constructs_lib.template.documents import Document, line, read_document
from constructs_lib.template.making import template_of
from constructs_lib.template.model import Template, TemplateError
from constructs_lib.template.nested import Place, confined, with_nested
from constructs_lib.template.paths import ConstructPaths, below, tree_entries

__all__ = ["MANIFEST", "stacks_of"]

MANIFEST: Final = "manifest.json"
_STACK: Final = "aws:cloudformation:stack"
_NESTED_ASSEMBLY: Final = "cdk:cloud-assembly"
_ASSETS: Final = "cdk:asset-manifest"
_TREE: Final = "cdk:tree"
_LOGICAL_ID: Final = "aws:cdk:logicalId"
_ASSET: Final = "aws:cdk:asset"
_ACKNOWLEDGED: Final = "aws:cdk:acknowledged-rules"
_ENVIRONMENT: Final = re.compile(r"aws://(?:(\d{12})|[\w-]*)/(?:unknown-region|([a-z0-9-]{1,40})|)")
_LARGEST: Final = 40_000_000
_LARGEST_DESCRIPTION: Final = 12_000_000
Object = Mapping[str, Any]


def stacks_of(folder: Path) -> list[Template]:
    """The stacks of an assembly and of those within it, in the order of their names, each before those nested in it.

    Raises:
        TemplateError: it is no assembly, or one of its stacks cannot be read.
    """
    families = [list(with_nested(each, place)) for each, place in _Reader(folder).stacks(folder)]
    return [each for family in sorted(families, key=lambda family: family[0].name) for each in family]


@dataclass
class _Reader:
    """Reads the folders of one assembly, each once.

    Attributes:
        root: the outermost folder, of which no file lies outside.
    """

    root: Path
    size: int = 0
    seen: set[Path] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)
    trees: list[Path] = field(default_factory=list)

    def stacks(self, folder: Path) -> Iterator[tuple[Template, Place]]:
        """The stacks of a folder, and where those nested in them may lie."""
        here = confined(folder, self.root).resolve()
        if here in self.seen:
            return
        self.seen.add(here)
        artifacts = self._artifacts(folder)
        self.trees += (
            folder / str(_object(each.get("properties")).get("file"))
            for each in artifacts.values()
            if each.get("type") == _TREE
        )
        assets = self._assets(folder, artifacts)
        for name, artifact in artifacts.items():
            properties = _object(artifact.get("properties"))
            if artifact.get("type") == _NESTED_ASSEMBLY:
                yield from self.stacks(folder / str(properties.get("directoryName")))
            if artifact.get("type") == _STACK:
                yield self._stack(folder, name, artifact, assets)

    def _stack(
        self, folder: Path, name: str, artifact: Object, assets: Mapping[str, Path]
    ) -> tuple[Template, Place]:
        properties = _object(artifact.get("properties"))
        source = confined(folder / str(properties.get("templateFile")), self.root)
        document = read_document(source)
        self.size += document.size
        if self.size > _LARGEST:
            raise TemplateError(line(f"{self.root} is too large to be read at once: give its templates."))
        # In a stage, a stack's name for people is its path; elsewhere it has one part.
        path = str(artifact.get("displayName") or "").partition(" ")[0]
        metadata, problems = self._metadata(folder, artifact)
        known = _logical_ids(metadata) or self._from_trees(path or name)
        paths = ConstructPaths(known, path)
        template = template_of(
            document.body,
            name=line(str(properties.get("stackName") or name)),
            source=source,
            environment=_environment(artifact.get("environment")),
            paths=paths.of(""),
            key=self._key(path or name),
            problems=(*document.problems, *problems),
        )
        template = replace(template, construct_path=path, acknowledged=_acknowledged(metadata, path))
        legacy = _legacy_assets(folder, metadata)
        return template, Place(root=self.root, folder=folder, assets={**assets, **legacy}, paths=paths)

    def _described(self, path: Path) -> Document:
        """What CDK writes beside the templates."""
        return read_document(confined(path, self.root), largest=_LARGEST_DESCRIPTION)

    def _key(self, path: str) -> str:
        """`path`, made unlike all before it and fit for a placeholder."""
        key = re.sub(r"[${}]", "_", line(path))
        while key in self.keys:
            key += "'"
        self.keys.add(key)
        return key

    def _artifacts(self, folder: Path) -> dict[str, Object]:
        manifest = self._described(folder / MANIFEST).body
        artifacts = manifest.get("artifacts") if isinstance(manifest, Mapping) else None
        if not isinstance(artifacts, Mapping):
            raise TemplateError(
                line(f"{folder / MANIFEST} is no manifest of a cloud assembly: run cdk synth again.")
            )
        return {str(name): each for name, each in artifacts.items() if isinstance(each, Mapping)}

    def _metadata(self, folder: Path, artifact: Object) -> tuple[Object, tuple[str, ...]]:
        """Path to what is known of it; in the manifest, or in a file of its own that the manifest names."""
        here = _object(artifact.get("metadata"))
        if not (additional := artifact.get("additionalMetadataFile")):
            return here, ()
        try:
            file = self._described(folder / str(additional))
        except TemplateError as error:
            return here, (line(f"the paths of its constructs are not known: {error}"),)
        return {**here, **_object(file.body)}, ()

    def _assets(self, folder: Path, artifacts: Mapping[str, Object]) -> dict[str, Path]:
        """The name of each asset's file in its bucket to where it lies."""
        found: dict[str, Path] = {}
        for artifact in artifacts.values():
            if artifact.get("type") != _ASSETS:
                continue
            try:
                listed = self._described(folder / str(_object(artifact.get("properties")).get("file")))
            except TemplateError:
                continue  # without it, what is nested is told of where it is looked for
            for asset in _object(_object(listed.body).get("files")).values():
                path = _object(_object(asset).get("source")).get("path")
                for destination in _object(_object(asset).get("destinations")).values():
                    if isinstance(path, str):
                        key = str(_object(destination).get("objectKey"))
                        found[key.rpartition("/")[2]] = folder / path
        return found

    def _from_trees(self, stack: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for path in self.trees:
            with suppress(TemplateError):  # without it, paths are what they are without CDK
                found |= tree_entries(self._described(path).body, stack)
        return found


def _object(value: Any) -> Object:
    return value if isinstance(value, Mapping) else {}


def _environment(written: Any) -> tuple[str | None, str | None]:
    """Account and Region of ``aws://111122223333/eu-west-1``, each None where it is not known."""
    found = _ENVIRONMENT.fullmatch(str(written))
    return (found[1], found[2]) if found else (None, None)


def _entries(metadata: Object, kind: str) -> Iterator[tuple[str, Any]]:
    for path, found in metadata.items():
        for entry in found if isinstance(found, list) else ():
            if isinstance(entry, Mapping) and entry.get("type") == kind:
                yield str(path), entry.get("data")


def _logical_ids(metadata: Object) -> dict[str, str]:
    return {path: data for path, data in _entries(metadata, _LOGICAL_ID) if isinstance(data, str)}


def _acknowledged(metadata: Object, stack: str) -> dict[str, dict[str, str]]:
    """Path of a construct to the rules that are acknowledged for it; the stack itself has an empty one."""
    found: dict[str, dict[str, str]] = {}
    for path, rules in _entries(metadata, _ACKNOWLEDGED):
        inside = "" if path.strip("/") == stack else below(path, stack)
        found.setdefault(inside, {}).update({str(rule): str(why) for rule, why in _object(rules).items()})
    return found


def _legacy_assets(folder: Path, metadata: Object) -> dict[str, Path]:
    """The name of the parameter that has the place of an asset, to where it lies: so it was before CDK 2."""
    return {
        str(data["s3KeyParameter"]): folder / str(data["path"])
        for _, data in _entries(metadata, _ASSET)
        if isinstance(data, Mapping) and {"s3KeyParameter", "path"} <= data.keys()
    }
