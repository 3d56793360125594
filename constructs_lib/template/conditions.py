"""Whether the conditions of a template hold.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from constructs_lib.template.references import is_known

__all__ = ["CircularConditionError", "Conditions"]


class CircularConditionError(ValueError):
    """A condition that leads back to itself."""


class Conditions:
    """The conditions of one template, each looked at once."""

    def __init__(self, declared: Mapping[str, Any], text: Callable[[Any], str]) -> None:
        """Look at the conditions `declared`, whose values `text` reads."""
        self._declared = declared
        self._text = text
        self._known: dict[str, bool | None] = {}
        self._open: set[str] = set()

    def holds(self, name: str) -> bool | None:
        """Whether a condition holds; None where that is known only at deployment, or there is none of this name.

        Raises:
            CircularConditionError: it leads back to itself.
        """
        if name not in self._known:
            if name in self._open:
                raise CircularConditionError(f"the condition {name} leads back to itself")
            self._open.add(name)
            try:
                self._known[name] = self._rule(self._declared.get(name))
            finally:
                self._open.discard(name)
        return self._known[name]

    def _rule(self, rule: Any) -> bool | None:
        match rule:
            case {"Condition": str(name)}:
                return self.holds(name)
            case {"Fn::Equals": [left, right]}:
                sides = [self._text(left), self._text(right)]
                return sides[0] == sides[1] if is_known(sides) else None
            case {"Fn::Not": [inner]}:
                return _opposite(self._rule(inner))
            case {"Fn::And": list(parts)}:
                return _all(map(self._rule, parts))
            case {"Fn::Or": list(parts)}:
                return _opposite(_all(_opposite(self._rule(part)) for part in parts))
        return None


def _opposite(known: bool | None) -> bool | None:  # noqa: FBT001 - a truth value is what it is about
    return None if known is None else not known


def _all(parts: Iterator[bool | None]) -> bool | None:
    known = list(parts)
    if False in known:
        return False
    return None if None in known else True
