"""What a file is that people give in the place of a template, and what to do instead."""

from collections.abc import Mapping
from typing import Any, Final

from constructs_lib.template.documents import line
from constructs_lib.template.model import TemplateError

__all__ = ["template_body"]

_SECTIONS: Final = frozenset(
    {
        "AWSTemplateFormatVersion",
        "Conditions",
        "Description",
        "Mappings",
        "Metadata",
        "Outputs",
        "Parameters",
        "Rules",
        "Transform",
    }
)
_EMPTY: Final = "it has no Resources: CDK leaves such a stack out, and CloudFormation refuses it"
_PACKAGE: Final = (
    "run serverless package, and give .serverless/cloudformation-template-update-stack.json, "
    "which has its functions as well"
)
_SERVERLESS: Final = ({"service", "provider"}, {"functions", "provider"}, {"frameworkVersion", "service"})
_OTHERS: Final = (
    ({"services"}, "a file of docker compose"),
    ({"name", "scripts"}, "a package.json"),
    ({"name", "dependencies"}, "a package.json"),
    ({"name", "devDependencies"}, "a package.json"),
    ({"artifacts", "version"}, "the manifest of a cloud assembly: give the folder that it lies in"),
    ({"files", "dockerImages"}, "the list of a cloud assembly's assets: give the folder that it lies in"),
    ({"tree", "version"}, "the construct tree of a cloud assembly: give the folder that it lies in"),
    ({"apiVersion", "kind"}, "a manifest of Kubernetes"),
    ({"openapi"}, "a description of an API"),
    ({"swagger"}, "a description of an API"),
    ({"StartAt", "States"}, "the definition of a state machine"),
    ({"Statement"}, "an IAM policy"),
    ({"jobs", "on"}, "a workflow of GitHub Actions"),
    ({"terraform"}, "a configuration of Terraform"),
    ({"app", "context"}, "a cdk.json: run cdk synth, and give cdk.out"),
    ({"app"}, "a cdk.json: run cdk synth, and give cdk.out"),
)


def template_body(body: Any, where: str) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    """The template in what a file holds, and what of the file is not read.

    A ``serverless.yml`` has one under ``resources``.

    Raises:
        TemplateError: there is none; the message begins with `where`.
    """
    where = line(where)
    if body is None:
        raise TemplateError(f"{where} is no template: it is empty.")
    if not isinstance(body, Mapping):
        raise TemplateError(f"{where} is no template: it holds {type(body).__name__}, and not an object.")
    if "Resources" not in body:
        if any(keys <= body.keys() for keys in _SERVERLESS):
            return _serverless(body, where)
        for keys, what in _OTHERS:
            if keys <= body.keys():
                raise TemplateError(f"{where} is no template: it has no Resources, but looks like {what}.")
    if "Resources" not in body and body and body.keys() <= _SECTIONS:
        return {**body, "Resources": {}}, (_EMPTY,)
    resources = body.get("Resources")
    if not isinstance(resources, Mapping) or not resources:
        raise TemplateError(f"{where} is no template: it has no Resources.")
    return body, ()


def _serverless(body: Mapping[str, Any], where: str) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    given = body.get("resources")
    found: dict[str, dict[str, Any]] = {}
    for part in given if isinstance(given, list) else [given]:
        for section, entries in part.items() if isinstance(part, Mapping) else ():
            if isinstance(section, str) and isinstance(entries, Mapping):
                found.setdefault(section, {}).update(entries)
    if not found.get("Resources"):
        raise TemplateError(f"{where} is no template, but a file of the Serverless Framework: {_PACKAGE}.")
    return found, (f"of this file of the Serverless Framework only its resources are read: {_PACKAGE}",)
