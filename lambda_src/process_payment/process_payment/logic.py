"""Charging and refunding, in an order of steps that survives a crash between any two of them."""

from collections.abc import Mapping
from typing import Any, Protocol

from order_book.states import Part
from order_book.steps import Action, StepEvent

from process_payment.errors import PaymentDeclinedError, PaymentVoidedError, ProviderError

__all__ = ["Orders", "Provider", "pay"]


class Provider(Protocol):
    """Takes and gives back money, once for each idempotency key."""

    def charge(self, key: str, *, amount: str, currency: str) -> Mapping[str, Any]:
        """What has become of the charge: an `outcome`, a `payment_id` and perhaps a `reason`."""
        ...

    def refund(self, key: str) -> Mapping[str, Any]:
        """Give back what was charged under `key`, and make a later charge under it impossible; likewise."""
        ...


class Orders(Protocol):
    """Notes at the order what has been done for it."""

    def part_done(self, order_id: str, part: Part, reference: str) -> None:
        """Note that `part` is done."""
        ...

    def undo_part(self, order_id: str, part: Part) -> None:
        """Note that `part` is about to be undone."""
        ...


def pay(event: StepEvent, *, provider: Provider, orders: Orders) -> dict[str, Any]:
    """Do or undo the step. The order's id is the key, whichever execution, Region or retry asks.

    Raises:
        PaymentDeclinedError: the provider will not take it.
        PaymentVoidedError: the order has been given up.
        OrderStateError: the order's state does not allow it.
    """
    order_id = event.input.order_id
    if event.saga.action is Action.UNDO:
        # First the note, then the money: from then on the order cannot be completed.
        orders.undo_part(order_id, Part.PAYMENT)
        refund = provider.refund(order_id)
        return {"payment_id": refund["payment_id"], "outcome": refund["outcome"]}
    charge = provider.charge(order_id, amount=event.placed.total, currency=event.placed.currency)
    match charge["outcome"]:
        case "charged":
            orders.part_done(order_id, Part.PAYMENT, charge["payment_id"])
            return {"payment_id": charge["payment_id"], "outcome": "charged"}
        case "declined":
            raise PaymentDeclinedError(charge["reason"])
        case "refunded" | "voided":
            raise PaymentVoidedError(order_id)
        case outcome:
            raise ProviderError(f"The provider answered with {outcome}.")
