"""How an order is placed, whatever keeps it and whatever fulfils it."""

from collections.abc import Callable
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID, uuid5

from create_order.errors import OrderConflictError
from create_order.models import Order, PlaceOrder, Receipt

__all__ = ["Fulfilment", "Orders", "order_id_of", "place_order"]

_NAMESPACE: Final = UUID("6f6b7a51-5f0e-4f0b-9d0a-0c3f9b1f2c77")


class Orders(Protocol):
    """Keeps orders."""

    def add(self, order: Order, *, correlation_id: str) -> Order:
        """Keep `order`, as one that is to be fulfilled, unless its id is taken; return what is kept under that id."""
        ...

    def find(self, order_id: str) -> Order | None:
        """The order of that id, if there is one."""
        ...


class Fulfilment(Protocol):
    """Fulfils orders, later."""

    def request(self, order: Order, *, correlation_id: str) -> None:
        """Accept the wish to fulfil `order`; asking again does no harm."""
        ...


def order_id_of(idempotency_key: str) -> str:
    """The id of the order that this key asks for: a retry after a crash finds what the first attempt left."""
    return str(uuid5(_NAMESPACE, idempotency_key))


def place_order(
    command: PlaceOrder,
    *,
    correlation_id: str,
    orders: Orders,
    fulfilment: Fulfilment,
    clock: Callable[[], datetime],
) -> Receipt:
    """Keep the order, then ask for its fulfilment; both may be repeated until both have happened.

    Raises:
        OrderConflictError: the key was used before, for something else.
    """
    wanted = Order(
        **dict(command.order),
        order_id=order_id_of(command.idempotency_key),
        created_at=clock().isoformat(timespec="seconds"),
    )
    kept = orders.add(wanted, correlation_id=correlation_id)
    if not kept.asks_for_the_same_as(wanted):
        raise OrderConflictError(kept.order_id)
    fulfilment.request(kept, correlation_id=correlation_id)
    return Receipt(
        order_id=kept.order_id, created_at=kept.created_at, currency=kept.currency, total=str(kept.total)
    )
