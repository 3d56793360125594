"""How an order is confirmed, whatever carries the message."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Protocol

from order_book.steps import OrderInput

from send_notification.models import Confirmation, Sent

__all__ = ["Messages", "Orders", "confirm", "confirmation_of"]


class Orders(Protocol):
    """Keeps orders."""

    def tell(self, order_id: str) -> Mapping[str, Any]:
        """The order, which is complete, and which nobody can take back from now on."""
        ...


class Messages(Protocol):
    """Carries messages to whoever tells the customer."""

    def publish(self, confirmation: Confirmation) -> str:
        """Hand the message over; return its id."""
        ...


def confirmation_of(wanted: OrderInput, orders: Orders) -> Confirmation:
    """What there is to say about the order.

    Raises:
        OrderStateError: it is not complete.
    """
    item = orders.tell(wanted.order_id)
    total = sum((line["quantity"] * line["unit_price"] for line in item["items"]), Decimal(0))
    return Confirmation(
        order_id=wanted.order_id,
        customer_email=item["customer_email"],
        currency=item["currency"],
        total=f"{total:.2f}",
        correlation_id=wanted.correlation_id,
    )


def confirm(confirmation: Confirmation, *, messages: Messages) -> Sent:
    """Send the confirmation, now."""
    return Sent(order_id=confirmation.order_id, message_id=messages.publish(confirmation))
