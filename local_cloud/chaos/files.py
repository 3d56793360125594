"""The files of a run, from a seed: good ones, with a row or two that are no use, and ones that nobody can use."""

import gzip
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

__all__ = ["PlannedFile", "plan_files"]

_HEADER = "order_id,sku,quantity,unit_price,currency,sold_at"
_CURRENCIES = ("EUR", "CHF", "SEK")
_ROWS = (5, 40)
_REJECTED_SHARE = 0.3
"""Of the good files have one row that is rejected; one in 40 or fewer is what a file may have."""
_ROWS_FOR_A_REJECT = 25
_BROKEN_SHARE = 0.12
_GZIP_SHARE = 0.3
_AGAIN_SHARE = 0.1


@dataclass(frozen=True, kw_only=True)
class PlannedFile:
    """One upload.

    Attributes:
        key: the object's key.
        content: its bytes.
        rows: how many rows of it can be used; None where nobody can use the file.
        revenue: what its rows add up to, by currency.
    """

    key: str
    content: bytes = field(repr=False)
    rows: int | None
    revenue: Mapping[str, Decimal] = field(default_factory=dict)


def plan_files(chance: random.Random, count: int, name: str) -> Sequence[PlannedFile]:
    """So many uploads; some of them are a new version of an earlier one's key."""
    files: list[PlannedFile] = []
    for number in range(count):
        usable = [each for each in files if each.rows is not None]
        if usable and chance.random() < _AGAIN_SHARE:
            earlier = chance.choice(usable)
            files.append(_good(chance, earlier.key))
            continue
        key = f"incoming/{name}/{number:04}.csv"
        files.append(
            chance.choice(_BROKEN)(chance, key)
            if chance.random() < _BROKEN_SHARE
            else _good(chance, key + (".gz" if chance.random() < _GZIP_SHARE else ""))
        )
    return files


def _good(chance: random.Random, key: str) -> PlannedFile:
    rows: list[str] = []
    revenue: dict[str, Decimal] = {}
    count = chance.randint(*_ROWS)
    for number in range(count):
        quantity, cents, currency = chance.randint(1, 9), chance.randint(1, 9999), chance.choice(_CURRENCIES)
        price = (Decimal(cents) / 100).quantize(Decimal("0.01"))
        revenue[currency] = revenue.get(currency, Decimal(0)) + quantity * price
        rows.append(
            f"o-{number},TOY-{chance.randint(1, 5)},{quantity},{price},{currency},2026-11-22T10:00:00+01:00"
        )
    if count >= _ROWS_FOR_A_REJECT and chance.random() < _REJECTED_SHARE:
        rows.insert(chance.randrange(count), "o-x,TOY-1,many,1.00,EUR,2026-11-22T10:00:00+01:00")
    content = "\n".join((_HEADER, *rows, "")).encode()
    if key.endswith(".gz"):
        content = gzip.compress(content, mtime=0)
    return PlannedFile(key=key, content=content, rows=count, revenue=revenue)


def _another_format(chance: random.Random, key: str) -> PlannedFile:
    content = f"this,is,something,else\n{chance.random()}\n".encode()
    return PlannedFile(key=key, content=content, rows=None)


def _torn(chance: random.Random, key: str) -> PlannedFile:
    whole = _good(chance, f"{key}.gz")
    return PlannedFile(key=whole.key, content=whole.content[: len(whole.content) // 2], rows=None)


def _no_text(chance: random.Random, key: str) -> PlannedFile:
    whole = _good(chance, key)
    return PlannedFile(key=key, content=whole.content + b"\xff\xfe\xfd\n", rows=None)


def _mostly_nonsense(chance: random.Random, key: str) -> PlannedFile:
    whole = _good(chance, key)
    nonsense = b"".join(b"o,%d,,,,\n" % number for number in range(30))
    return PlannedFile(key=key, content=whole.content + nonsense, rows=None)


_BROKEN: Sequence[Callable[[random.Random, str], PlannedFile]] = (
    _another_format,
    _torn,
    _no_text,
    _mostly_nonsense,
)
