"""How an order is confirmed, whatever carries the message."""

from typing import Protocol

from send_confirmation.models import Confirmation, Sent

__all__ = ["Messages", "confirm"]


class Messages(Protocol):
    """Carries messages to whoever tells the customer."""

    def publish(self, confirmation: Confirmation) -> str:
        """Hand the message over; return its id."""
        ...


def confirm(confirmation: Confirmation, *, messages: Messages) -> Sent:
    """Send the confirmation, now."""
    return Sent(order_id=confirmation.order_id, message_id=messages.publish(confirmation))
