"""Documents of a published schema, read by hand: one clear line says what is wrong."""

from collections.abc import Mapping
from typing import Any

from constructs_lib.review.unusable import UnusableError

__all__ = ["LARGEST", "Document"]

LARGEST = 1e15
"""No price and no amount of a month is larger: what is, is a slip."""
_LONGEST = 60


class Document:
    """Reads the parts of a document."""

    def __init__(self, where: str, kind: str, schema: str) -> None:
        """Read the document in `where`, which is a `kind` of the schema `schema`."""
        self._where = where
        self._kind = kind
        self._schema = schema

    def object(self, given: Any, where: str) -> Mapping[str, Any]:
        """An object, its keys as texts."""
        if not isinstance(given, dict):
            raise self.error(f"{where} is {_shown(given)}, not an object")
        return {str(key): value for key, value in given.items()}

    def text(self, given: Any, where: str) -> str:
        """A text that is not empty."""
        if not isinstance(given, str) or not given:
            raise self.error(f"{where} is {_shown(given)}, not a text")
        return given

    def number(self, given: Any, where: str, largest: float = LARGEST) -> float:
        """A number from 0 to `largest`."""
        if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given <= largest:
            raise self.error(f"{where} is {_shown(given)}, not a number from 0 to {largest:g}")
        return float(given)

    def flag(self, given: Any, where: str) -> bool:
        """True or false."""
        if not isinstance(given, bool):
            raise self.error(f"{where} is {_shown(given)}, not true or false")
        return given

    def error(self, problem: str) -> UnusableError:
        """The error that says it."""
        return UnusableError(f"{self._where} is no {self._kind}: {problem}. Follow {self._schema}.")


def _shown(given: Any) -> str:
    """A value in an error, on one line and short."""
    text = " ".join(repr(given).split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
