"""The file of prices, read and checked."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from constructs_lib.review.cost.documents import Document
from constructs_lib.review.unusable import UnusableError

__all__ = ["PriceFile", "PriceGiven", "TiersGiven", "read_price_file"]

_CURRENCY: Final = "USD"
_NEEDED: Final = ("date", "currency", "fallback", "prices")
_KNOWN: Final = frozenset({*_NEEDED, "$schema", "readings", "free"})

TiersGiven = Sequence[tuple[float, float]]
"""The unit from which a price holds, and US dollars a unit."""


@dataclass(frozen=True, kw_only=True)
class PriceGiven:
    """A price as the file has it; `regions` is Region to tiers."""

    what: str
    unit: str
    source: str
    free: str | None
    regions: Mapping[str, TiersGiven]


@dataclass(frozen=True, kw_only=True)
class PriceFile:
    """What a file of prices says; `free` is the name of an allowance to its units and source."""

    date: str
    fallback: str
    free: Mapping[str, tuple[float, str]]
    prices: Mapping[str, PriceGiven]


def read_price_file(path: Path) -> PriceFile:
    """Read a file of the published schema.

    Raises:
        UnusableError: it cannot be used.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise UnusableError(f"{path} cannot be read as prices: {error}.") from error
    return _checked(Document(str(path), "price file", "prices.schema.json"), document)


def _checked(read: Document, document: Any) -> PriceFile:
    found = read.object(document, "the file")
    if missing := [each for each in _NEEDED if each not in found]:
        raise read.error(f"it has no {missing[0]!r}")
    if unknown := sorted(set(found) - _KNOWN):
        raise read.error(f"it has {unknown[0]!r}, which is no key of it")
    if found["currency"] != _CURRENCY:
        raise read.error(f"its currency is {found['currency']!r}, not {_CURRENCY!r}")
    free = {
        name: _allowance(read, name, each)
        for name, each in read.object(found.get("free", {}), "free").items()
    }
    prices = {
        key: _price(read, key, each, free) for key, each in read.object(found["prices"], "prices").items()
    }
    return PriceFile(
        date=read.text(found["date"], "date"),
        fallback=read.text(found["fallback"], "fallback"),
        free=free,
        prices=prices,
    )


def _allowance(read: Document, name: str, given: Any) -> tuple[float, str]:
    found = read.object(given, name)
    quantity = read.number(found.get("quantity"), f"the quantity of {name}")
    return quantity, read.text(found.get("source"), f"the source of {name}")


def _price(read: Document, key: str, given: Any, free: Mapping[str, Any]) -> PriceGiven:
    found = read.object(given, key)
    name = found.get("free")
    if name is not None and name not in free:
        raise read.error(f"{key} is free by {name!r}, which its 'free' does not have")
    regions = read.object(found.get("regions"), f"the regions of {key}")
    return PriceGiven(
        what=read.text(found.get("what"), f"the what of {key}"),
        unit=read.text(found.get("unit"), f"the unit of {key}"),
        source=read.text(found.get("source"), f"the source of {key}"),
        free=name,
        regions={region: _tiers(read, each, f"{key} in {region}") for region, each in regions.items()},
    )


def _tiers(read: Document, given: Any, where: str) -> TiersGiven:
    usd = read.object(given, where).get("usd")
    if not isinstance(usd, list):
        return [(0.0, read.number(usd, f"the usd of {where}"))]
    tiers: list[tuple[float, float]] = []
    for each in usd:
        if not isinstance(each, list) or len(each) != len(("from", "usd")):
            raise read.error(f"a tier of {where} is {each!r}, not [from, usd]")
        begin, price = (read.number(part, f"a tier of {where}") for part in each)
        tiers.append((begin, price))
    begins = [begin for begin, _ in tiers]
    if not begins or begins[0] != 0 or begins != sorted(set(begins)):
        raise read.error(f"the tiers of {where} begin at {begins}: begin at 0 and go up")
    return tiers
