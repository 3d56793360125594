"""A resource as rules see it: its properties resolved as far as anybody can before it is deployed."""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.review.reading.data import at, flag_of, has, is_known, items_of, number_of, text_of
from constructs_lib.template import Resource, TemplateError

if TYPE_CHECKING:
    from constructs_lib.review.reading.stack import StackReading

__all__ = ["Node"]

_OF_OTHERS: Final = (
    "Custom::",
    "AWS::CloudFormation::",
    "AWS::SSM::Parameter",
    "AWS::Serverless::Application",
)


class Node:
    """A resource that is made, or may be: one whose condition surely does not hold has no node."""

    def __init__(self, stack: "StackReading", resource: Resource) -> None:
        """See `resource` of `stack`."""
        self.stack = stack
        self.resource = resource

    def __repr__(self) -> str:
        """As people write it."""
        return f"{self.type} {self.stack.key}//{self.id}"

    @property
    def id(self) -> str:
        """The logical id."""
        return self.resource.logical_id

    @property
    def type(self) -> str:
        """Such as ``AWS::SQS::Queue``."""
        return self.resource.type

    @property
    def path(self) -> str:
        """The path of its construct."""
        return self.resource.path

    @property
    def surely_made(self) -> bool:
        """Whether it is made whatever the parameters are."""
        return self.resource.condition is None or self.stack.values.holds(self.resource.condition) is True

    @property
    def tells_of_others(self) -> bool:
        """Whether its attributes may name anything: those of a nested stack, a custom resource or a parameter."""
        return self.type.startswith(_OF_OTHERS)

    @cached_property
    def properties(self) -> Mapping[str, Any]:
        """Its properties without references; what is known only at deployment is a placeholder in a text."""
        try:
            found = self.stack.values.plain(self.resource.properties)
        except TemplateError:
            found = {name: self._plain(value) for name, value in self.resource.properties.items()}
        # Of properties that are a function as a whole, nobody knows which there are.
        return found if isinstance(found, Mapping) else {"Fn::Transform": found}

    def _plain(self, value: Any) -> Any:
        try:
            return self.stack.values.plain(value)
        except TemplateError:
            return "${Unreadable}"

    def value(self, *keys: str | int) -> Any:
        """What lies under `keys`, references replaced by placeholders; None where nothing does."""
        return at(self.properties, *keys)

    def has(self, *keys: str | int) -> bool:
        """Whether a property is there, known or not. Its opposite is certain: it is absent."""
        return has(self.properties, *keys)

    def known(self, *keys: str | int) -> bool:
        """Whether nothing under `keys` is known only at deployment; what is absent is known."""
        return is_known(self.value(*keys))

    def text(self, *keys: str | int, default: str | None = None) -> str | None:
        """A text: `default` where it is absent, None where it is unknown or none."""
        return text_of(self.value(*keys)) if self.has(*keys) else default

    def number(self, *keys: str | int, default: float | None = None) -> float | None:
        """A number: `default` where it is absent, None where it is unknown or none."""
        return number_of(self.value(*keys)) if self.has(*keys) else default

    def flag(self, *keys: str | int, default: bool | None = None) -> bool | None:
        """A truth value: `default` where it is absent, None where it is unknown or none."""
        return flag_of(self.value(*keys)) if self.has(*keys) else default

    def items(self, *keys: str | int) -> list[Any]:
        """The entries of a list, each as plain data; none where it is absent. An unknown list is one placeholder."""
        return items_of(self.value(*keys))

    def count(self, *keys: str | int) -> int | None:
        """How many entries a list has; None where that is unknown."""
        value = self.value(*keys)
        if isinstance(value, list):
            # An entry that is made only under an open condition may not be there.
            return None if any(each == "${Fn::If}" for each in value) else len(value)
        return 0 if value is None else None

    def target(self, *keys: str | int, types: tuple[str, ...] = ()) -> "Node | None":
        """The resource that a property names by reference, ARN or name, of these types if any are given."""
        return self.stack.find(self.value(*keys), *types)
