"""Reserving and releasing, in an order of writes that survives a crash between any two of them."""

from collections.abc import Sequence
from typing import Any, Protocol

from order_book.states import Part
from order_book.steps import Action, Line, StepEvent

__all__ = ["Orders", "Stock", "update"]


class Stock(Protocol):
    """Keeps what is in the warehouse, and who has reserved it."""

    def reserve(self, order_id: str, lines: Sequence[Line]) -> None:
        """Take all `lines` for the order, or none; once, however often it is asked."""
        ...

    def release(self, order_id: str) -> None:
        """Give back what the order has taken; from then on it can take nothing."""
        ...


class Orders(Protocol):
    """Notes at the order what has been done for it."""

    def part_done(self, order_id: str, part: Part, reference: str) -> None:
        """Note that `part` is done."""
        ...

    def undo_part(self, order_id: str, part: Part) -> None:
        """Note that `part` is about to be undone."""
        ...


def update(event: StepEvent, *, stock: Stock, orders: Orders) -> dict[str, Any]:
    """Do or undo the step.

    Raises:
        OutOfStockError: there is not enough.
        ReservationReleasedError: the order has been given up.
        OrderStateError: the order's state does not allow it.
    """
    order_id = event.input.order_id
    if event.saga.action is Action.DO:
        # First the stock, then the note: what is noted is so.
        stock.reserve(order_id, event.placed.lines)
        orders.part_done(order_id, Part.STOCK, order_id)
        return {"reservation_id": order_id}
    # First the note, then the stock: what is noted can still be relied on while the order may be completed.
    orders.undo_part(order_id, Part.STOCK)
    stock.release(order_id)
    return {"released": True}
