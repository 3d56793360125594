"""Rows of a sales file: cleaned, or rejected with a reason."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from process_file.errors import UnusableFileError

__all__ = ["COLUMNS", "Rejected", "Sale", "sales"]

COLUMNS: Final = ("order_id", "sku", "quantity", "unit_price", "currency", "sold_at")
"""The columns that a file must have, in any order; others are left out."""
_MOST_CHARACTERS: Final = 128
_MOST_QUANTITY: Final = 1_000_000
_MOST_PRICE: Final = Decimal(10_000_000)
_CENT: Final = Decimal("0.01")
_CURRENCY_LETTERS: Final = 3


@dataclass(frozen=True, slots=True)
class Sale:
    """One clean row.

    Attributes:
        order_id: the order that it belongs to.
        sku: the article.
        quantity: how many, at least one.
        unit_price: of one, in `currency`, with two decimals.
        currency: three upper-case letters.
        sold_at: ISO 8601 with an offset, as it was written.
        day: the day of `sold_at`, as it was where it was sold.
    """

    order_id: str
    sku: str
    quantity: int
    unit_price: Decimal
    currency: str
    sold_at: str
    day: str

    @property
    def total(self) -> Decimal:
        """What the row is worth."""
        return self.quantity * self.unit_price


@dataclass(frozen=True, slots=True)
class Rejected:
    """One row that is not used.

    Attributes:
        line: its line in the file, counted from one.
        reason: what is wrong with it.
    """

    line: int
    reason: str


def sales(text: Iterable[str]) -> Iterator[Sale | Rejected]:
    """The rows of a CSV file with a header.

    Raises:
        UnusableFileError: the header lacks a column, or what follows is no CSV.
    """
    reader = csv.reader(text, strict=True)
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        places = _places(header)
        for fields in reader:
            if not any(field.strip() for field in fields):
                continue
            if len(fields) != len(header):
                yield Rejected(reader.line_num, f"{len(fields)} fields in place of {len(header)}")
                continue
            try:
                yield _sale([fields[place].strip() for place in places])
            except ValueError as problem:
                yield Rejected(reader.line_num, str(problem))
    except csv.Error as error:
        raise UnusableFileError(f"line {reader.line_num} is no CSV: {error}") from None


def _places(header: list[str]) -> list[int]:
    if missing := [name for name in COLUMNS if name not in header]:
        raise UnusableFileError(f"its header lacks {', '.join(missing)}")
    return [header.index(name) for name in COLUMNS]


def _sale(fields: list[str]) -> Sale:
    order_id, sku, quantity, price, currency, sold_at = fields
    currency = currency.upper()
    for name, value in (("order_id", order_id), ("sku", sku)):
        if not 1 <= len(value) <= _MOST_CHARACTERS:
            raise ValueError(f"{name} has {len(value)} characters")
    if len(currency) != _CURRENCY_LETTERS or not (currency.isascii() and currency.isalpha()):
        raise ValueError("currency is no code of three letters")
    return Sale(
        order_id,
        sku,
        _quantity(quantity),
        _price(price),
        currency,
        sold_at,
        _moment(sold_at).date().isoformat(),
    )


def _quantity(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(_MOST_QUANTITY))):
        raise ValueError("quantity is no whole number")
    if not 1 <= (quantity := int(text)) <= _MOST_QUANTITY:
        raise ValueError(f"quantity is not 1 to {_MOST_QUANTITY}")
    return quantity


def _price(text: str) -> Decimal:
    try:
        price = Decimal(text) if text.isascii() else Decimal("nan")
    except InvalidOperation:
        price = Decimal("nan")
    if not price.is_finite():
        raise ValueError("unit_price is no number")
    if not 0 <= price <= _MOST_PRICE:
        raise ValueError(f"unit_price is not 0 to {_MOST_PRICE}")
    if price != (rounded := price.quantize(_CENT)):
        raise ValueError("unit_price has parts of a cent")
    return rounded


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("sold_at is no time in ISO 8601") from None
    if moment.tzinfo is None:
        raise ValueError("sold_at has no offset from UTC")
    return moment
