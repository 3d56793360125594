"""What a file adds up to, in bounded memory."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from process_file.errors import UnusableFileError
from process_file.rows import Sale

__all__ = ["MOST_CURRENCIES", "MOST_GROUPS", "Total", "Totals"]

MOST_GROUPS: Final = 50_000
"""Different days, categories and currencies of one file: a year of a shop has some thousand."""
MOST_CURRENCIES: Final = 50
"""Each is an item of one DynamoDB transaction, which takes a hundred.
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html"""

Group = tuple[str, str, str]


@dataclass(slots=True)
class Total:
    """What one group adds up to."""

    rows: int = 0
    quantity: int = 0
    revenue: Decimal = Decimal(0)

    def add(self, sale: Sale) -> None:
        """Count one row."""
        self.rows += 1
        self.quantity += sale.quantity
        self.revenue += sale.total


@dataclass(slots=True)
class Totals:
    """Totals by day, category and currency, and by currency alone."""

    groups: dict[Group, Total] = field(default_factory=dict)
    currencies: dict[str, Total] = field(default_factory=dict)

    def add(self, sale: Sale, category: str) -> None:
        """Count one row.

        Raises:
            UnusableFileError: there are more groups than a sane file has.
        """
        group = (sale.day, category, sale.currency)
        if group not in self.groups:
            _require_fewer(len(self.groups), MOST_GROUPS, "groups of day, category and currency")
        if sale.currency not in self.currencies:
            _require_fewer(len(self.currencies), MOST_CURRENCIES, "currencies")
        self.groups.setdefault(group, Total()).add(sale)
        self.currencies.setdefault(sale.currency, Total()).add(sale)

    def table(self) -> Iterator[tuple[str, str, str, int, int, Decimal]]:
        """Day, category, currency, rows, quantity and revenue of each group, in order."""
        for (day, category, currency), total in sorted(self.groups.items()):
            yield day, category, currency, total.rows, total.quantity, total.revenue


def _require_fewer(count: int, most: int, what: str) -> None:
    if count == most:
        raise UnusableFileError(f"it has more than {most} different {what}")
