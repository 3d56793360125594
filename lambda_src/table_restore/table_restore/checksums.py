"""Items in one form, whatever order or spelling DynamoDB answers them in, and their checksums."""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Context, Decimal
from typing import Any, Final

__all__ = ["Item", "canonical", "checksum", "key_of", "shown"]

Item = Mapping[str, Any]
"""An item or a key, as the client of DynamoDB takes and gives it."""
_EXACT: Final = Context(prec=40)
"""DynamoDB keeps 38 digits.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
"""
_LONGEST_SHOWN: Final = 200


def canonical(item: Item) -> str:
    """`item` as a text that is the same for all ways to write it: sets are sorted, numbers normalised."""
    plain = {name: _plain(value) for name, value in item.items()}
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def checksum(item: Item) -> str:
    """The SHA-256 of `item` in its one form."""
    return hashlib.sha256(canonical(item).encode(errors="surrogatepass")).hexdigest()


def key_of(item: Item, keys: Sequence[str]) -> dict[str, Any]:
    """The key of `item` in a table whose key attributes are `keys`."""
    return {name: item[name] for name in keys}


def shown(key: Item) -> str:
    """A key for people."""
    text = canonical(key)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."


def _plain(value: Mapping[str, Any]) -> Any:
    ((kind, inner),) = value.items()
    if kind == "M":
        return {kind: {name: _plain(each) for name, each in inner.items()}}
    if kind == "L":
        return {kind: [_plain(each) for each in inner]}
    if kind in _SPELLED:
        return {kind: _SPELLED[kind](inner)}
    if kind in ("SS", "NS", "BS"):
        return {kind: sorted(_SPELLED.get(kind[0], str)(each) for each in inner)}
    return {kind: inner}


def _number(text: str) -> str:
    number = Decimal(text).normalize(_EXACT)
    return "0" if number.is_zero() else str(number)


def _binary(value: bytes) -> str:
    return base64.b64encode(bytes(value)).decode()


_SPELLED: Final[Mapping[str, Callable[[Any], str]]] = {"N": _number, "B": _binary}
"""What can be written in several ways."""
