"""How CloudFormation resource types are added to MiniStack and how properties it drops are applied after it."""

import json
from collections.abc import Callable
from typing import Any, Protocol

from local_cloud.hooks import internal

Properties = dict[str, Any]
Created = tuple[str, dict[str, Any]]
"""What Ref returns, and what Fn::GetAtt returns by attribute name."""


class ResourceType(Protocol):
    """The life of one resource type."""

    def create(self, logical_id: str, properties: Properties, stack: str) -> Created: ...
    def update(self, ref: str, old: Properties, new: Properties, stack: str) -> Created: ...
    def delete(self, ref: str, properties: Properties) -> None: ...


def register(type_name: str, resource: ResourceType) -> None:
    """Make CloudFormation know a type, or handle one differently."""
    handlers = internal("services.cloudformation.provisioners._RESOURCE_HANDLERS")
    handlers[type_name] = {"create": resource.create, "update": resource.update, "delete": resource.delete}


def after(type_name: str, apply: Callable[[str, Properties], dict[str, Any] | None]) -> None:
    """Call `apply(ref, properties)` after MiniStack has created or updated a resource of this type.

    What it returns is added to the attributes of the resource.
    """
    handler = internal("services.cloudformation.provisioners._RESOURCE_HANDLERS")[type_name]

    def applied(original: Callable[..., Created], position: int) -> Callable[..., Created]:
        def call(*arguments: Any) -> Created:
            ref, attributes = original(*arguments)
            return ref, {**attributes, **(apply(ref, arguments[position]) or {})}

        return call

    handler["create"] = applied(handler["create"], 1)
    if "update" in handler:
        handler["update"] = applied(handler["update"], 2)


def before_delete(type_name: str, act: Callable[[str, Properties], None]) -> None:
    """Call `act(ref, properties)` before MiniStack deletes a resource of this type."""
    handler = internal("services.cloudformation.provisioners._RESOURCE_HANDLERS")[type_name]
    original = handler["delete"]

    def delete(ref: str, properties: Properties, *rest: Any) -> None:
        act(ref, properties)
        original(ref, properties, *rest)

    handler["delete"] = delete


def generated_name(stack: str, logical_id: str, longest: int) -> str:
    """The name CloudFormation gives to a resource that the template leaves unnamed."""
    name: str = internal("services.cloudformation.provisioners._physical_name")(
        stack, logical_id, max_len=longest
    )
    return name


def answered(response: tuple[int, Any, bytes]) -> dict[str, Any]:
    """The body of a service's answer; a refusal fails the resource with the service's own text."""
    status, _, body = response
    text = body.decode() if isinstance(body, bytes) else str(body)
    if status >= 400:  # noqa: PLR2004 - HTTP's first error status
        raise ValueError(text)
    return dict(json.loads(text)) if text else {}


def is_true(value: object) -> bool:
    """A template's boolean, which may be the string "true"."""
    return str(value).lower() == "true"
