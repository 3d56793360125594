"""Fresh stacks to build in, and what comes out of them as plain data."""

import atexit
import json
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Template

ROOT = Path(__file__).parent.parent
VALIDATE = {"@aws-cdk/core:validateAgainstDefaultRules": True}
"""What a foreign app has at least; its feature flags are unknown."""
RECOMMENDED: dict[str, Any] = json.loads((ROOT / "cdk.json").read_text())["context"]
"""What this repository's app has: every feature flag that CDK recommends."""

_OUTPUT = Path(tempfile.mkdtemp(prefix="constructs-lib-tests-"))
atexit.register(shutil.rmtree, _OUTPUT, ignore_errors=True)

_ASSET_HASH = re.compile(r"\b[0-9a-f]{64}\b")
_VERSION_ID = re.compile(r"(CurrentVersion[0-9A-F]{8})[0-9a-f]{32}")


def fresh_app(context: Mapping[str, Any] = VALIDATE) -> cdk.App:
    """An app whose validator's findings are errors, and whose output goes when the tests end."""
    return cdk.App(context=dict(context), outdir=tempfile.mkdtemp(dir=_OUTPUT))


def fresh_stack(name: str = "Stack", **properties: Any) -> cdk.Stack:
    """A stack alone in its app."""
    return cdk.Stack(fresh_app(), name, **properties)


def some_code() -> lambda_.Code:
    """A handler, ``index.handler``, for Python and Node runtimes."""
    return lambda_.Code.from_inline("handler = None")


def number_token(stack: cdk.Stack, name: str = "Number") -> int:
    """A number that is known only at deployment."""
    return cdk.CfnParameter(stack, name, type="Number").value_as_number  # type: ignore[return-value]


@dataclass(frozen=True)
class Synthesized:
    """One stack's template."""

    body: dict[str, Any]

    @cached_property
    def template(self) -> Template:
        """The template with CDK's fine-grained assertions."""
        return Template.from_json(self.body)

    @property
    def resources(self) -> dict[str, Any]:
        """Logical id to resource."""
        found: dict[str, Any] = self.body.get("Resources", {})
        return found

    def of_type(self, kind: str, *, under: str = "") -> dict[str, Any]:
        """The resources of the type `kind` whose logical id starts with `under`."""
        return {
            name: resource
            for name, resource in self.resources.items()
            if resource["Type"] == kind and name.startswith(under)
        }

    def only(self, kind: str, *, under: str = "") -> dict[str, Any]:
        """The properties of the one resource of the type `kind` whose logical id starts with `under`."""
        (found,) = self.of_type(kind, under=under).values()
        properties: dict[str, Any] = found.get("Properties", {})
        return properties

    def only_id(self, kind: str, *, under: str = "") -> str:
        """The logical id of that resource."""
        (found,) = self.of_type(kind, under=under)
        return found


def synthesize(stack: cdk.Stack) -> Synthesized:
    """The template of `stack`, after CDK's validator found no error in its app."""
    assembly = cdk.App.of(stack).synth()  # type: ignore[union-attr] # every stack here is in an app
    return read_template(Path(assembly.directory) / stack.template_file)


def read_template(path: Path) -> Synthesized:
    """The template at `path`."""
    return Synthesized(json.loads(path.read_text()))


def warnings_of(stack: cdk.Stack) -> list[str]:
    """The texts of all warnings in the app of `stack`, once it is synthesized."""
    cdk.App.of(stack).synth()  # type: ignore[union-attr]
    return [
        str(entry.data)
        for construct in stack.node.root.node.find_all()
        for entry in construct.node.metadata
        if entry.type == "aws:cdk:warning"
    ]


def scrubbed(value: Any) -> Any:
    """`value` without what changes with every edit of a handler: asset hashes, and ids of published versions."""
    text = _ASSET_HASH.sub("<asset>", json.dumps(value))
    return json.loads(_VERSION_ID.sub(r"\1<version>", text))


def walk(value: Any) -> Iterator[tuple[str, Any]]:
    """Every key of nested data with its value."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield key, inner
            yield from walk(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from walk(inner)
