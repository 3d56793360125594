"""Small apps to look at: what a construct builds is read from a synthesized template."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from constructs import IConstruct

from constructs_lib.resilient_function import ResilientFunction

__all__ = ["Resource", "fresh_stack", "function", "inline", "resources", "template"]

_CODE = "def handler(event, context): ..."


@dataclass(frozen=True)
class Resource:
    """One resource: where it stands in the construct tree, its type and its properties."""

    path: str
    type: str
    properties: dict[str, Any]


def fresh_stack() -> cdk.Stack:
    """An empty stack of an app of its own."""
    # The validator would add a second a template, and the tests hold it to the examples anyway.
    return cdk.Stack(cdk.App(context={"@aws-cdk/core:validateAgainstDefaultRules": False}), "Shop")


def inline() -> lambda_.Code:
    """Code that needs no file."""
    return lambda_.Code.from_inline(_CODE)


def function(stack: cdk.Stack, **arguments: Any) -> ResilientFunction:
    """The function that the pages talk about."""
    return ResilientFunction(stack, "Orders", **{"code": inline(), "handler": "index.handler", **arguments})


def template(stack: cdk.Stack) -> dict[str, Any]:
    """The synthesized template."""
    app = stack.node.root
    assert isinstance(app, cdk.App)  # noqa: S101 - fresh_stack made it
    found: dict[str, Any] = app.synth().get_stack_by_name(stack.stack_name).template
    return found


def resources(build: Callable[[cdk.Stack], object]) -> list[Resource]:
    """What `build` adds to an empty stack."""
    stack = fresh_stack()
    build(stack)
    body = template(stack)["Resources"]
    found = []
    for node in stack.node.find_all():
        if isinstance(node, cdk.CfnResource):
            resource = body[stack.resolve(node.logical_id)]
            found.append(Resource(_path(node), resource["Type"], resource.get("Properties", {})))
    return found


def _path(node: IConstruct) -> str:
    parts = node.node.path.split("/")[1:]
    return "/".join(part for part in parts if part not in {"Resource", "Default"})
