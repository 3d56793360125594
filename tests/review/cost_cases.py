"""Templates with their bills: prices of round figures, named by their keys."""

from collections.abc import Mapping, Sequence
from typing import Any

from constructs_lib.review.cost import Account, Prices, Traffic, cost_of
from constructs_lib.review.cost.prices import Allowance, Price
from constructs_lib.review.cost.traffic import Amounts
from constructs_lib.review.reading import StackReading
from constructs_lib.review.report import Cost
from tests.reviewing import reading_of

__all__ = ["HOME", "ROUND", "billed", "costed", "priced", "stack_of", "traffic_of"]

HOME = "us-east-1"
_USD = 2.0


def priced(
    usd: Mapping[str, float | Sequence[tuple[float, float]]] | None = None,
    *,
    free: Mapping[str, float] | None = None,
    regions: Mapping[str, Mapping[str, float]] | None = None,
) -> Prices:
    """All prices at two dollars a unit in one Region, but for some; each is called by its key.

    Args:
        usd: key to dollars or tiers.
        free: key to units that are free.
        regions: of other Regions, key to dollars.
    """

    def price(key: str, region: str, found: float | Sequence[tuple[float, float]]) -> Price:
        units = (free or {}).get(key)
        return Price(
            key=key,
            what=key,
            unit="unit",
            region=region,
            tiers=[(0.0, found)] if isinstance(found, float) else found,
            free=None if units is None else Allowance(name=key, quantity=units, source="https://example.com"),
            source=f"https://example.com/{region}",
        )

    return Prices(
        date="2026-11-22",
        fallback=HOME,
        table={
            key: {HOME: price(key, HOME, (usd or {}).get(key, _USD))}
            | {
                region: price(key, region, others[key])
                for region, others in (regions or {}).items()
                if key in others
            }
            for key in Prices.read().table
        },
    )


ROUND = priced()


def stack_of(
    body: Mapping[str, Any] | str, *others: Mapping[str, Any] | str, region: str | None = HOME
) -> StackReading:
    """The first of some stacks that are deployed together."""
    return reading_of(body, *others, regions=[region] * (1 + len(others))).stacks[0]


def traffic_of(**resources: Mapping[str, Any]) -> Traffic:
    """Logical ids to amounts."""
    return Traffic(
        where="traffic.yaml", resources={name: Amounts(given) for name, given in resources.items()}
    )


def costed(
    body: Mapping[str, Any] | str,
    *others: Mapping[str, Any] | str,
    traffic: Traffic | None = None,
    prices: Prices = ROUND,
    region: str | None = HOME,
    account: Account | None = None,
) -> Cost:
    """What the first of some stacks costs."""
    return cost_of(stack_of(body, *others, region=region), prices=prices, traffic=traffic, account=account)


def billed(cost: Cost) -> list[tuple[str, str, float | None]]:
    """The lines of a bill: resource, key of the price, quantity."""
    return [(each.logical_id, each.what, each.quantity) for each in cost.lines]
