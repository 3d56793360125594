"""What must never be in a log: fields by name, and texts by pattern."""

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

__all__ = ["DEFAULT_FIELDS", "DEFAULT_PATTERNS", "Redaction"]

DEFAULT_FIELDS: Final = (
    "api_key",
    "authorization",
    "card_number",
    "client_secret",
    "cookie",
    "cvc",
    "cvv",
    "passphrase",
    "password",
    "private_key",
    "secret",
    "set_cookie",
    "token",
    "access_token",
    "refresh_token",
    "id_token",
    "x_api_key",
)
"""Names of fields whose values are never logged.

Case, "-" and "_" make no difference, and neither does what stands before: X-Api-Key and dbPassword are among them.
"""

DEFAULT_PATTERNS: Final = (
    # credentials in a header or a text
    r"\b(?i:bearer|basic)\s+[\w~+/.=-]{8,}",
    # a JSON Web Token. https://www.rfc-editor.org/rfc/rfc7519
    r"\beyJ[\w-]+\.eyJ[\w-]+\.[\w-]*",
    # an access key's id. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
)
"""Texts that are never logged, wherever they stand; e-mail addresses and numbers of payment cards are neither."""

_MARK: Final = "[redacted]"
# Its parts are bounded, so that a long text costs no more than it has characters.
_EMAIL: Final = re.compile(r"\b[\w.+%-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
# Payment cards have up to 19 digits and a check digit. https://www.iso.org/standard/70484.html
_CARD: Final = re.compile(r"(?<![\w.-])[2-6]\d{3}(?:[ -]?\d){10,15}(?![\w.-])")
_SHORTEST_KNOWN: Final = 4
_NAMES: Final = 1024
_SEQUENCES: Final = (list, tuple, set, frozenset)
_HOLDERS: Final = (str, dict, *_SEQUENCES)


class Redaction:
    """Takes fields and texts out of what is about to be logged.

    Three things go: the values of `fields`, at any depth; whatever matches one of `patterns`, is an e-mail address or
    the number of a payment card, in any string; and what stood in a redacted field, wherever else the same record
    repeats it, for example in the text of an exception. In a string, ``password=...`` and ``"password": "..."`` count
    as fields.
    """

    def __init__(self, *, fields: Iterable[str] = (), patterns: Iterable[str] = ()) -> None:
        """Redact `DEFAULT_FIELDS` and `DEFAULT_PATTERNS`, and these.

        Args:
            fields: more names of fields.
            patterns: more regular expressions.
        """
        self._fields = frozenset(map(_plain, (*DEFAULT_FIELDS, *fields)))
        self._ends = tuple(f"_{name}" for name in self._fields)
        self._hints = tuple(_hints(self._fields))
        names = "|".join(
            "[-_ ]?".join(map(re.escape, name.split("_")))
            for name in sorted(self._fields, key=len, reverse=True)
        )
        # key=value and "key": "value", the quotes escaped or not, the value up to its closing quote or a break
        self._assigned = re.compile(
            rf"(?i)((?:{names})\\?[\"']?\s*[:=]\s*)"
            r"(?:\\?\"(?:[^\"\\]|\\.)*\\?\"|'(?:[^'\\]|\\.)*'|(?:(?:bearer|basic)\s+)?[^\s,;&}\])]+)"
        )
        self._patterns = _one(DEFAULT_PATTERNS)
        self._more = _one(patterns) if (patterns := tuple(patterns)) else None
        self._is_field = functools.lru_cache(maxsize=_NAMES)(self._names_a_field)
        self._key = functools.lru_cache(maxsize=_NAMES)(self.text)

    def of(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """A copy of `record` that may be logged."""
        known = sorted(set(self._known(record)), key=len, reverse=True)
        return {self._name(key, known): self._value(key, value, known) for key, value in record.items()}

    def text(self, text: str) -> str:
        """`text` without what matches."""
        if ("=" in text or ":" in text) and self._may_assign(text.lower()):
            text = self._assigned.sub(rf"\1{_MARK}", text)
        if "@" in text:
            text = _EMAIL.sub(_MARK, text)
        if self._more:
            text = self._more.sub(_MARK, text)
        return _CARD.sub(_card, self._patterns.sub(_MARK, text))

    def _may_assign(self, text: str) -> bool:
        return any(hint in text for hint in self._hints)

    def _value(self, key: object, value: Any, known: list[str]) -> Any:
        if key is not None and self._is_field(key):
            return _MARK
        if isinstance(value, str):
            return self.text(_without(value, known))
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, dict):
            return {self._name(name, known): self._value(name, inner, known) for name, inner in value.items()}
        if isinstance(value, _SEQUENCES):
            return [self._value(None, item, known) for item in value]
        return self.text(_without(str(value), known))

    def _name(self, key: object, known: list[str]) -> str:
        """Names of fields are few, so each is looked at once."""
        return self._key(_without(str(key), known))

    def _known(self, value: Any, *, secret: bool = False) -> Iterator[str]:
        """The strings in redacted fields."""
        if isinstance(value, str):
            if secret and len(value) >= _SHORTEST_KNOWN:
                yield value
        elif isinstance(value, dict):
            for key, inner in value.items():
                if isinstance(inner, _HOLDERS):
                    yield from self._known(inner, secret=secret or self._is_field(key))
        elif isinstance(value, _SEQUENCES):
            for inner in value:
                yield from self._known(inner, secret=secret)

    def _names_a_field(self, key: object) -> bool:
        name = _plain(str(key))
        return name in self._fields or name.endswith(self._ends)


def _plain(name: str) -> str:
    """X-Api-Key, xApiKey and x_api_key are one name."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[- ]", "_", name).lower()


def _hints(fields: frozenset[str]) -> Iterator[str]:
    """Of each field one word, without which no text assigns to it."""
    for name in sorted(fields):
        words = name.split("_")
        if len(words) == 1 or fields.isdisjoint(words):
            yield max(words, key=len)


def _one(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


def _without(text: str, known: list[str]) -> str:
    for secret in known:
        text = text.replace(secret, _MARK)
    return text


def _card(found: re.Match[str]) -> str:
    """The number as it is unless its check digit is that of a card.

    https://www.iso.org/standard/70484.html, annex B: the Luhn algorithm.
    """
    digits = [int(each) for each in found[0] if each.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return _MARK if (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0 else found[0]
