"""What each step does to the order's state, and what its undoing does."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from order_book.errors import OrderStateError
from order_book.states import CANCEL, COMPLETE, PARK, START, TAKE_BACK, Transition
from order_book.steps import Action, Line, Placed, Step, StepEvent

__all__ = ["Orders", "track"]

Result = dict[str, Any]


class Orders(Protocol):
    """Keeps the states of orders."""

    def move(self, order_id: str, transition: Transition) -> dict[str, Any]:
        """Bring the order into the transition's target, or raise `OrderStateError`."""
        ...

    def find(self, order_id: str) -> dict[str, Any]:
        """The order's item."""
        ...


def track(event: StepEvent, orders: Orders) -> Result:
    """Do or undo the step.

    Raises:
        OrderStateError: the order's state does not allow it.
    """
    return _WHAT[event.saga.step, event.saga.action](event, orders)


def _start(event: StepEvent, orders: Orders) -> Result:
    """Begin, and tell the other steps what it is about; whose order it is, they need not know."""
    item = orders.move(event.input.order_id, START)
    quantities: Counter[str] = Counter()
    for line in item["items"]:
        quantities[line["sku"]] += int(line["quantity"])
    total = sum(line["quantity"] * line["unit_price"] for line in item["items"])
    placed = Placed(
        currency=item["currency"],
        total=f"{total:.2f}",
        lines=tuple(Line(sku=sku, quantity=quantity) for sku, quantity in sorted(quantities.items())),
    )
    return placed.model_dump(mode="json")


def _complete(event: StepEvent, orders: Orders) -> Result:
    return _status(orders.move(event.input.order_id, COMPLETE))


def _take_back(event: StepEvent, orders: Orders) -> Result:
    """Forbid a late completion, before money and stock go back."""
    return _status(orders.move(event.input.order_id, TAKE_BACK))


def _cancel(event: StepEvent, orders: Orders) -> Result:
    """Cancel what this workflow began; what is finished, or another Region's, it has not begun.

    While money or stock could not be given back, the order is parked: it is not over.
    """
    order_id = event.input.order_id
    try:
        return _status(orders.move(order_id, PARK if event.unresolved else CANCEL))
    except OrderStateError:
        return _status(orders.find(order_id))


def _status(item: Mapping[str, Any]) -> Result:
    return {"status": item["status"]}


_WHAT: Final[Mapping[tuple[Step, Action], Callable[[StepEvent, Orders], Result]]] = {
    (Step.START, Action.DO): _start,
    (Step.START, Action.UNDO): _cancel,
    (Step.COMPLETE, Action.DO): _complete,
    (Step.COMPLETE, Action.UNDO): _take_back,
}
