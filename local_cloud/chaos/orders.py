"""The orders of a run, from a seed: good ones, ones that are declined, and ones that the stock cannot fill."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

__all__ = ["OrderKind", "PlannedOrder", "plan_orders", "warehouse"]

_ARTICLES = 8
_PLENTY = 1_000_000
# The stand-in of the provider reads the cents as a response code: 51 is declined, what is divisible by ten never is.
_PRICES = ("4.00", "7.20", "8.40", "12.60", "19.80")
_DECLINED_PRICE = "10.51"
_CONTESTED, _SCARCE = "CONTESTED", "SCARCE"
_SCARCE_STOCK = 2
_SHARES = {"declined": 0.06, "short": 0.05, "contested": 0.08}
_REPEATED = 0.06


class OrderKind(StrEnum):
    """What an order is for."""

    GOOD = "good"
    """There is enough of everything, and the provider takes the money."""
    DECLINED = "declined"
    """The provider declines it."""
    SHORT = "out of stock"
    """It wants more than there ever was."""
    CONTESTED = "contested"
    """There is enough for half of these."""


@dataclass(frozen=True, kw_only=True)
class PlannedOrder:
    """One order that a client places.

    Attributes:
        key: its idempotency key.
        kind: what it is for.
        body: what the client sends.
        repeats: how often the client sends the same again after it was accepted.
        together: whether it sends the first two at once.
    """

    key: str
    kind: OrderKind
    body: Mapping[str, Any]
    repeats: int = 0
    together: bool = False

    @property
    def total(self) -> Decimal:
        """What it costs."""
        return sum(
            (line["quantity"] * Decimal(line["unit_price"]) for line in self.body["items"]), Decimal(0)
        )

    @property
    def lines(self) -> Mapping[str, int]:
        """How many of each article it takes."""
        wanted: Counter[str] = Counter()
        for line in self.body["items"]:
            wanted[line["sku"]] += line["quantity"]
        return wanted


def plan_orders(chance: random.Random, count: int, name: str) -> Sequence[PlannedOrder]:
    """So many orders, each with a key that begins with `name`."""
    return [_order(chance, f"{name}-{number:05}") for number in range(count)]


def warehouse(orders: Sequence[PlannedOrder]) -> Mapping[str, int]:
    """What is in stock in the beginning."""
    contested = sum(order.lines.get(_CONTESTED, 0) for order in orders)
    return {
        **{_article(number): _PLENTY for number in range(_ARTICLES)},
        _CONTESTED: contested // 2,
        _SCARCE: _SCARCE_STOCK,
    }


def _order(chance: random.Random, key: str) -> PlannedOrder:
    draw = chance.random()
    lines = [
        _line(chance, _article(number)) for number in chance.sample(range(_ARTICLES), chance.randint(1, 3))
    ]
    kind = OrderKind.GOOD
    if draw < _SHARES["declined"]:
        kind = OrderKind.DECLINED
        lines = [{"sku": _article(0), "quantity": 1, "unit_price": _DECLINED_PRICE}]
    elif (draw := draw - _SHARES["declined"]) < _SHARES["short"]:
        kind = OrderKind.SHORT
        lines.append(_line(chance, _SCARCE, quantity=_SCARCE_STOCK + 1))
    elif draw - _SHARES["short"] < _SHARES["contested"]:
        kind = OrderKind.CONTESTED
        lines.append(_line(chance, _CONTESTED))
    body = {"customer_email": f"{key}@example.com", "currency": "EUR", "items": lines}
    repeats = chance.randint(1, 2) if chance.random() < _REPEATED else 0
    return PlannedOrder(
        key=key, kind=kind, body=body, repeats=repeats, together=bool(repeats) and chance.random() < 1 / 2
    )


def _line(chance: random.Random, sku: str, quantity: int | None = None) -> dict[str, Any]:
    return {"sku": sku, "quantity": quantity or chance.randint(1, 3), "unit_price": chance.choice(_PRICES)}


def _article(number: int) -> str:
    return f"ARTICLE-{number}"
