"""Prices by Region: tiers, and what is free."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from constructs_lib.review.cost.price_file import PriceFile, TiersGiven, read_price_file
from constructs_lib.review.unusable import UnusableError

__all__ = ["PUBLISHED", "Allowance", "Price", "Prices"]

PUBLISHED: Final = Path(__file__).with_name("prices.json")
_EVERYWHERE: Final = "*"
"""Stands for all Regions where a price is the same in all of them."""


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """What an account does not pay each month.

    Attributes:
        name: what prices call it by: several may share one.
        quantity: units a month.
        source: the address that says so.
    """

    name: str
    quantity: float
    source: str


@dataclass(frozen=True, kw_only=True)
class Price:
    """A price in one Region.

    Attributes:
        key: its name in the file.
        what: what is paid.
        unit: such as ``alarm metric``; all of them are by the month.
        region: whose price it is, ``*`` for all.
        tiers: the unit from which a price holds, and US dollars a unit; the first begins at 0.
        free: what is not paid; None where everything is.
        source: the address of the price.
    """

    key: str
    what: str
    unit: str
    region: str
    tiers: Sequence[tuple[float, float]]
    free: Allowance | None
    source: str

    def usd(self, start: float, quantity: float) -> float:
        """US dollars for the next `quantity` units of a month that had `start` of them."""
        total, position, left = 0.0, start, quantity
        ends = [begin for begin, _ in self.tiers[1:]] + [math.inf]
        for (_, usd), end in zip(self.tiers, ends, strict=True):
            taken = max(0.0, min(left, end - position))
            total += taken * usd
            position, left = position + taken, left - taken
        return total

    def at(self, start: float, quantity: float) -> float:
        """US dollars a unit of these: their average where they lie in several tiers."""
        if any(start < begin < start + quantity for begin, _ in self.tiers):
            return self.usd(start, quantity) / quantity
        return [usd for begin, usd in self.tiers if begin <= start][-1]


@dataclass(frozen=True, kw_only=True)
class Prices:
    """All prices of a file.

    Attributes:
        date: the day for which they were gathered.
        fallback: the Region whose price is taken where there is none of the Region that is asked for.
        table: key to Region to price.
    """

    date: str
    fallback: str
    table: Mapping[str, Mapping[str, Price]]

    @classmethod
    def read(cls, path: Path | str | None = None) -> "Prices":
        """The prices in a file of the published schema (``prices.schema.json`` beside this module).

        Args:
            path: the file. Left out: the prices that come with the library.

        Raises:
            UnusableError: they cannot be used.
        """
        if path is None:
            return _published()
        found = _priced(read_price_file(Path(path)))
        if unknown := sorted(set(found.table) - set(_published().table)):
            raise UnusableError(
                f"{path} is no price file: nothing costs {unknown[0]!r}. Its prices are named as in {PUBLISHED.name}."
            )
        return found

    @property
    def regions(self) -> set[str]:
        """The Regions of which there is any price."""
        return {region for each in self.table.values() for region in each} - {_EVERYWHERE}

    def of(self, key: str, region: str) -> Price | None:
        """A price in a Region, or else the fallback's; None where the file has neither."""
        known = self.table.get(key, {})
        return next((known[each] for each in (region, _EVERYWHERE, self.fallback) if each in known), None)

    def lacking(self, region: str) -> list[str]:
        """The keys of the prices that a Region lacks, so that the fallback's stand in."""
        return [key for key, known in self.table.items() if region not in known and _EVERYWHERE not in known]

    def stands_in(self, price: Price, region: str) -> bool:
        """Whether `price` is another Region's."""
        return price.region not in (region, _EVERYWHERE)


@cache
def _published() -> Prices:
    return _priced(read_price_file(PUBLISHED))


def _priced(file: PriceFile) -> Prices:
    free = {
        name: Allowance(name=name, quantity=quantity, source=source)
        for name, (quantity, source) in file.free.items()
    }

    def price(key: str, region: str, tiers: TiersGiven) -> Price:
        given = file.prices[key]
        return Price(
            key=key,
            what=given.what,
            unit=given.unit,
            region=region,
            tiers=tiers,
            free=free[given.free] if given.free is not None else None,
            source=given.source.replace("{region}", region),
        )

    return Prices(
        date=file.date,
        fallback=file.fallback,
        table={
            key: {region: price(key, region, tiers) for region, tiers in given.regions.items()}
            for key, given in file.prices.items()
        },
    )
