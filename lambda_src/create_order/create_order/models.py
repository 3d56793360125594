"""What an order is: as a client sends it, as the table keeps it, as the API answers it."""

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

__all__ = ["NewOrder", "Order", "OrderLine", "PlaceOrder", "Receipt"]

_CENT = Decimal("0.01")
# Their stock is reserved in one transaction, of 100 writes at most, together with the record of the reservation.
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
_MOST_ARTICLES = 99
# What <input type="email"> accepts, and at least one dot. https://html.spec.whatwg.org/#valid-e-mail-address
_EMAIL = r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$"

# 10, 10.0 and 10.00 are one price, so a client's retry may write it differently.
Price = Annotated[
    Decimal,
    Field(ge=0, max_digits=12, decimal_places=2),
    AfterValidator(lambda price: price.quantize(_CENT)),
]


class _Model(BaseModel):
    # An error must never repeat what the customer sent: it ends up in logs.
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)


class OrderLine(_Model):
    """A number of one article."""

    sku: str = Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")
    quantity: int = Field(ge=1, le=10_000)
    unit_price: Price


def _fit_one_transaction(items: tuple[OrderLine, ...]) -> tuple[OrderLine, ...]:
    if len({line.sku for line in items}) > _MOST_ARTICLES:
        raise ValueError(f"An order has at most {_MOST_ARTICLES} different articles.")
    return items


class NewOrder(_Model):
    """The body of POST /orders."""

    customer_email: str = Field(pattern=_EMAIL, max_length=254)
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    items: Annotated[
        tuple[OrderLine, ...], Field(min_length=1, max_length=100), AfterValidator(_fit_one_transaction)
    ]

    @property
    def total(self) -> Decimal:
        """What the items cost together."""
        return sum((line.quantity * line.unit_price for line in self.items), Decimal(0)).quantize(_CENT)


class PlaceOrder(_Model):
    """One request: two with the same key are the same request, and must ask for the same."""

    idempotency_key: str
    order: NewOrder


class Order(NewOrder):
    """An order in the table, and the answer of GET /orders/{order_id}."""

    order_id: str
    created_at: str

    def asks_for_the_same_as(self, other: NewOrder) -> bool:
        """Whether both want the same, whenever each was made."""
        return all(getattr(self, name) == getattr(other, name) for name in NewOrder.model_fields)


class Receipt(_Model):
    """The answer of POST /orders; kept in the idempotency table, so nothing personal is in it."""

    order_id: str
    created_at: str
    currency: str
    total: str
    replayed: bool = Field(default=False, exclude=True)
