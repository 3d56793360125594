"""What a template costs a month, for a given traffic, and what would be cheaper."""

from constructs_lib.review.cost.bill import Account
from constructs_lib.review.cost.costing import cost_of
from constructs_lib.review.cost.prices import Prices
from constructs_lib.review.cost.traffic import Traffic

__all__ = ["Account", "Prices", "Traffic", "cost_of"]
