"""The bill of a stack, line by line."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from constructs_lib.review.cost.kinds import KINDS
from constructs_lib.review.cost.prices import Allowance, Price, Prices
from constructs_lib.review.reading import Node
from constructs_lib.review.report import CostLine

__all__ = ["HOURS", "SECONDS", "Account", "Bill"]

HOURS = 730
"""Of a month, as AWS's own calculator counts (https://calculator.aws)."""
SECONDS = HOURS * 3600
_SHOWN = 3


@dataclass
class Account:
    """How far an account's allowances and tiers of a month are used up.

    Attributes:
        units: of each price and Region, how many were counted.
        free: of each allowance, how many units were given away.
    """

    units: dict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))
    free: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def count(self, price: Price, region: str, quantity: float) -> float:
        """Count units of a price, and tell how many there were before."""
        before = self.units[price.key, region]
        self.units[price.key, region] = before + quantity
        return before

    def given(self, allowance: Allowance | None, quantity: float) -> float:
        """Give away what is left of an allowance, at most `quantity`."""
        if allowance is None:
            return 0.0
        found = min(quantity, max(0.0, allowance.quantity - self.free[allowance.name]))
        self.free[allowance.name] += found
        return found


class Bill:
    """Collects what a stack costs, and what is not known of it."""

    def __init__(self, region: str, prices: Prices, account: Account) -> None:
        """Begin a bill with the prices of `region`."""
        self.region = region
        self.prices = prices
        self.lines: list[CostLine] = []
        self.advice: list[str] = []
        self._account = account
        self._unknown: dict[str, None] = {}
        self._substituted: dict[str, dict[str, None]] = {}
        self._untold: dict[str, dict[str, dict[str, None]]] = {}

    def add(
        self,
        node: Node,
        group: str,
        key: str,
        quantity: float | None,
        *,
        region: str | None = None,
        free: bool = True,
    ) -> None:
        """Bill `quantity` units of a price.

        Args:
            node: what they are paid for.
            group: of the line.
            key: of the price.
            quantity: None where nobody can know it.
            region: whose price it is. Left out: the stack's.
            free: whether the account's allowance counts for it.
        """
        place = region or self.region
        price = self.price(key, place)
        if price is None:
            self.unknown(f"The price file has no price {key!r}: {node.path} is not in the sum with it.")
            return
        allowance = price.free if free else None
        usd = usd_with_free_tier = None
        unit_price = price.at(0.0, 0.0)
        if quantity is not None:
            start = self._account.count(price, place, quantity)
            given = self._account.given(allowance, quantity)
            usd, unit_price = price.usd(start, quantity), price.at(start, quantity)
            usd_with_free_tier = price.usd(start + given, quantity - given)
        self.lines.append(
            CostLine(
                logical_id=node.id,
                construct_path=node.path,
                group=group,
                what=price.what,
                quantity=quantity,
                unit=price.unit,
                unit_price=unit_price,
                usd=usd,
                usd_with_free_tier=usd_with_free_tier,
                source=price.source,
            )
        )

    def price(self, key: str, region: str | None = None) -> Price | None:
        """A price, of the fallback Region where there is no other, which the bill will say."""
        place = region or self.region
        found = self.prices.of(key, place)
        if found is not None and self.prices.stands_in(found, place):
            self._substituted.setdefault(place, {})[found.what] = None
        return found

    def unknown(self, sentence: str) -> None:
        """Say what is not in the sum, once."""
        self._unknown[sentence] = None

    def untold(self, kind: str, node: Node, amounts: Iterable[str]) -> None:
        """Note what nobody told of a resource."""
        for each in amounts:
            self._untold.setdefault(kind, {}).setdefault(each, {})[node.path] = None

    @property
    def unknowns(self) -> tuple[str, ...]:
        """What is not in the sum, or not as it will be, a sentence each."""
        return (
            *(
                f"The price file has no prices of {region} for these, so that those of {self.prices.fallback} "
                f"stand in: {', '.join(found)}."
                for region, found in self._substituted.items()
            ),
            *self._untold_sentences(),
            *self._unknown,
        )

    def _untold_sentences(self) -> Iterator[str]:
        """One sentence for the amounts that the same resources lack."""
        for kind, found in self._untold.items():
            alike: dict[tuple[str, ...], list[str]] = defaultdict(list)
            for amount, paths in found.items():
                alike[tuple(paths)].append(amount)
            for who, amounts in alike.items():
                yield (
                    f"A template does not tell {', '.join(amounts)} of {_some(who, KINDS[kind].plural)}: "
                    "give it in a traffic file."
                )


def _some(paths: tuple[str, ...], plural: str) -> str:
    if len(paths) == 1:
        return paths[0]
    more = len(paths) - _SHOWN
    return f"{len(paths)} {plural} ({', '.join(paths[:_SHOWN])}{f' and {more} more' if more > 0 else ''})"
