"""What becomes of an order that nobody has finished."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from order_book.errors import OrderStateError
from order_book.states import OPEN, PARK, Transition

from check_orders.models import Deed, Found, Patience, Workflow

__all__ = ["Check", "Orders", "Parking", "Queue", "Workflows"]

Item = Mapping[str, Any]


class Orders(Protocol):
    """Keeps orders."""

    def open_since(self, region: str, before: str) -> Iterable[Found]:
        """The open orders of `region` that were placed before then, the oldest first."""
        ...

    def find(self, order_id: str) -> Item:
        """The order, with all writes that were acknowledged before."""
        ...

    def move(self, order_id: str, transition: Transition) -> Item:
        """Bring the order into the transition's target, or raise `OrderStateError`."""
        ...

    def count_sending(self, order_id: str, sent_again: int) -> None:
        """Note that the order is sent again, `sent_again` times before; or raise `OrderStateError`."""
        ...

    def take_over(self, order_id: str, region: str) -> None:
        """Make an open order of `region` this Region's; or raise `OrderStateError`."""
        ...

    def close(self, order_id: str) -> None:
        """Take a parked order out of the index."""
        ...


class Workflows(Protocol):
    """Knows the workflow of each order."""

    def state(self, order_id: str) -> tuple[Workflow, str]:
        """Where it is, and in words."""
        ...


class Queue(Protocol):
    """Takes orders that are to be fulfilled."""

    def send(self, order_id: str, correlation_id: str) -> None:
        """Accept an order; once more does no harm."""
        ...


class Parking(Protocol):
    """Tells people of orders that need them."""

    def tell(self, item: Item, reason: str) -> None:
        """Keep the order's id and the reason until somebody has looked."""
        ...


@dataclass(frozen=True, kw_only=True)
class Check:
    """One round over all open orders."""

    orders: Orders
    workflows: Workflows
    queue: Queue
    parking: Parking
    patience: Patience
    region: str
    others: Sequence[str]
    clock: Callable[[], datetime]
    expired: Callable[[], bool]
    tell: Callable[[str, Deed, str], None]
    deeds: Counter[Deed] = field(default_factory=Counter)
    failures: list[Exception] = field(default_factory=list)

    def run(self) -> None:
        """Look at every order that has been open for too long; what there is no time for, the next round does.

        Raises:
            ExceptionGroup: some could not be dealt with; all others were.
        """
        for region in self.others:
            self._each(region, self.patience.before_taking_over, self._take_over)
        self._each(self.region, self.patience.before_sending_again, self._deal_with)
        if self.failures:
            raise ExceptionGroup("orders could not be dealt with", self.failures)

    def oldest(self) -> float:
        """Seconds that the oldest open order of this Region has been open."""
        now = self.clock()
        first = next(iter(self.orders.open_since(self.region, now.isoformat(timespec="seconds"))), None)
        return 0.0 if first is None else (now - datetime.fromisoformat(first.since)).total_seconds()

    def _each(self, region: str, patience: timedelta, deal: Callable[[str, str], Deed | None]) -> None:
        before = (self.clock() - patience).isoformat(timespec="seconds")
        for found in self.orders.open_since(region, before):
            if self.expired():
                return
            try:
                deed = deal(found.order_id, region)
            except OrderStateError:
                continue  # somebody else has just dealt with it
            except Exception as error:  # noqa: BLE001 - one that fails must not be in the way of the others
                self.failures.append(error)
                continue
            if deed is not None:
                self.deeds[deed] += 1

    def _take_over(self, order_id: str, region: str) -> Deed | None:
        self.orders.take_over(order_id, region)
        self.tell(order_id, Deed.TAKEN_OVER, f"{region} has not finished it")
        return Deed.TAKEN_OVER

    def _deal_with(self, order_id: str, _: str) -> Deed | None:
        # The workflow first: what it has written before it ended is then in the item.
        workflow, said = self.workflows.state(order_id)
        item = self.orders.find(order_id)
        if "open_in" not in item:
            return None  # the index is a moment late
        if item["status"] not in OPEN:
            return self._park(item, "It was parked, and nobody was told yet.")
        if workflow is Workflow.RUNNING:
            return Deed.LEFT_ALONE
        if workflow is Workflow.ENDED:
            return self._park(item, f"Its workflow ended ({said}) and left it unfinished.")
        sendings = int(item["sent_again"])
        if sendings >= self.patience.most_sendings:
            return self._park(item, f"It was sent again {sendings} times, and no workflow began.")
        self.orders.count_sending(order_id, sendings)
        self.queue.send(order_id, item["correlation_id"])
        self.tell(order_id, Deed.SENT_AGAIN, "no workflow has begun")
        return Deed.SENT_AGAIN

    def _park(self, item: Item, reason: str) -> Deed:
        """First the state, which ends all other work on it; then the message; only then is it out of sight."""
        order_id = item["order_id"]
        self.orders.move(order_id, PARK)
        self.parking.tell(item, reason)
        self.orders.close(order_id)
        self.tell(order_id, Deed.PARKED, reason)
        return Deed.PARKED
