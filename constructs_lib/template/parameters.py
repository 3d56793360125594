"""The values of a template's parameters.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from constructs_lib.template.references import PLACEHOLDER, without_placeholders

__all__ = ["Parameters"]

_LONGEST: Final = 4_096
"""Bytes of a value: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"""


class Parameters:
    """The parameters of one template, each looked at once."""

    def __init__(
        self,
        declared: Mapping[str, Any],
        given: Mapping[str, str],
        passed: Callable[[str], Any],
        text: Callable[[Any], str],
    ) -> None:
        """Look at the parameters `declared`.

        Args:
            declared: as the template has them.
            given: the values that the reader was given.
            passed: what the template around it passes for one; None for nothing.
            text: reads a value as text.
        """
        self._declared = declared
        self._given = given
        self._passed = passed
        self._text = text
        self._known: dict[str, str | list[str]] = {}

    def __contains__(self, name: str) -> bool:
        """Whether there is a parameter of this name."""
        return name in self._declared or name in self._given

    def value(self, name: str) -> str | list[str]:
        """The value of a parameter; a placeholder where it is known only at deployment."""
        if name not in self._known:
            self._known[name] = (
                f"${{{without_placeholders(name)}}}"  # while its value is looked for: it may lead here
            )
            self._known[name] = self._value(name)
        return self._known[name]

    def _value(self, name: str) -> str | list[str]:
        found = self._declared.get(name)
        declared = found if isinstance(found, Mapping) else {}
        kind = str(declared.get("Type", ""))
        value = self._given[name] if name in self._given else self._passed(name)
        # The default of a parameter of Systems Manager names where its value is.
        if value is None and not kind.startswith("AWS::SSM::"):
            value = declared.get("Default")
        if not isinstance(value, str | int | float | list):
            return self._known[name]
        text = ",".join(map(self._text, value)) if isinstance(value, list) else self._text(value)
        if len(text) > _LONGEST:
            return self._known[name]
        if "List" in kind and not PLACEHOLDER.fullmatch(text):
            return [each.strip() for each in text.split(",")]
        return text
