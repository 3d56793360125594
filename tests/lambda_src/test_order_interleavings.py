"""However late, doubled or cut off a step is, money, stock and the order's state agree in the end.

The workflow is played by the rules of the saga: a step is tried, perhaps given up while it still runs, tried again, and
in the end undone, as are all steps before it, in reverse. What was given up goes on at any moment afterwards, one call
of AWS at a time. The calls are real ones, to the local cloud.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from order_book.book import OrderBook
from order_book.steps import StepEvent
from payment_sandbox.data import DynamoDbCharges
from payment_sandbox.logic import answer
from payment_sandbox.models import request_of
from process_payment.logic import pay
from track_order.logic import track
from update_inventory.data import DynamoDbStock
from update_inventory.logic import update

from tests.lambda_src import events
from tests.lambda_src.conftest import REGION, Shop

STEPS = ("StartOrder", "ChargePayment", "ReserveStock", "CompleteOrder")
MOST_CALLS = 6
"""More than any step makes: a step that may make as many is not cut off."""
CALLS = st.sampled_from([MOST_CALLS, MOST_CALLS, MOST_CALLS, 0, 1, 2])
LATE_CALLS = st.sampled_from([0, 0, 0, 1, 2])


class Gate:
    """A client whose calls wait until they are let through, one by one."""

    def __init__(self, client: Any) -> None:
        self.exceptions = client.exceptions
        self._client = client
        self._waiting, self._go = threading.Semaphore(0), threading.Semaphore(0)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        call = getattr(self._client, name)

        def gated(**arguments: Any) -> Any:
            self._waiting.release()
            assert self._go.acquire(timeout=60)
            return call(**arguments)

        return gated

    def ended(self) -> None:
        self._waiting.release()

    def next(self) -> None:
        """Let one call through, until the next one is wanted or all is done."""
        self._go.release()
        self.wait()

    def wait(self) -> None:
        assert self._waiting.acquire(timeout=60)


class Attempt:
    """One run of a handler's logic, call by call."""

    def __init__(self, shop: Shop, event: events.JsonObject) -> None:
        self.error: BaseException | None = None
        self.result: dict[str, Any] = {}
        self.done = False
        self._gate = Gate(shop.dynamodb)
        self._work = Work(shop, self._gate)
        self._event = StepEvent.model_validate(event)
        threading.Thread(target=self._run, daemon=True).start()
        self._gate.wait()

    def _run(self) -> None:
        try:
            self.result = self._work.do(self._event)
        except BaseException as error:  # noqa: BLE001 - it is judged by who plays the workflow
            self.error = error
        self.done = True
        self._gate.ended()

    def go(self, calls: int) -> bool:
        """Let so many calls through; whether all is done then."""
        for _ in range(calls):
            if self.done:
                break
            self._gate.next()
        return self.done

    def to_the_end(self) -> Attempt:
        while not self.done:
            self._gate.next()
        return self


class Work:
    """The handlers' logic on one client, the provider's included."""

    def __init__(self, shop: Shop, client: Any) -> None:
        self._orders = OrderBook(client, shop.orders, REGION)
        self._stock = DynamoDbStock(
            client,
            stock_table=shop.stock,
            reservations_table=shop.reservations,
            warehouse=REGION,
            retry=lambda once: once,
        )
        self._charges = DynamoDbCharges(client, shop.charges)

    def do(self, event: StepEvent) -> dict[str, Any]:
        if event.saga.step == "ChargePayment":
            return pay(event, provider=self, orders=self._orders)
        if event.saga.step == "ReserveStock":
            return update(event, stock=self._stock, orders=self._orders)
        return track(event, self._orders)

    def charge(self, key: str, *, amount: str, currency: str) -> dict[str, Any]:
        return self._ask(operation="charge", idempotency_key=key, amount=amount, currency=currency)

    def refund(self, key: str) -> dict[str, Any]:
        return self._ask(operation="refund", idempotency_key=key)

    def _ask(self, **request: str) -> dict[str, Any]:
        return answer(request_of(request), self._charges).model_dump(mode="json")


@dataclass
class Play:
    """One execution of the workflow."""

    shop: Shop
    order_id: str
    placed: events.JsonObject
    trouble: str
    draw: Callable[[st.SearchStrategy[int]], int]
    late: list[Attempt] = field(default_factory=list)

    def run(self) -> None:
        for number, step in enumerate(STEPS):
            if not self._do(step):
                for undone in reversed(STEPS[: number + 1]):
                    self._undo(undone)
                break
        while self.late:
            self._let_late_ones_go_on(at_least=1)
            self.late = [each for each in self.late if not each.done]

    def _do(self, step: str) -> bool:
        """Try it at most twice; whether it succeeded."""
        for _ in range(2):
            attempt = Attempt(self.shop, self._event(step))
            self._let_late_ones_go_on()
            if attempt.go(self.draw(CALLS) if step == self.trouble else MOST_CALLS):
                if step != self.trouble:
                    return attempt.error is None
                if attempt.error is None and self.draw(st.integers(0, 3)) != 3:
                    return True  # else its answer is lost
                if attempt.error is not None:
                    return False
            else:
                self.late.append(attempt)
        return False

    def _undo(self, step: str) -> None:
        """A compensation is tried until it succeeds."""
        for attempt_number in range(8):
            attempt = Attempt(self.shop, self._event(step, "undo"))
            self._let_late_ones_go_on()
            calls = self.draw(CALLS) if attempt_number < 2 else MOST_CALLS
            if not attempt.go(calls) and attempt_number < 2:
                self.late.append(attempt)
                continue
            if attempt.to_the_end().error is None:
                return
        raise AssertionError(f"{step} could not be undone: {attempt.error}")

    def _event(self, step: str, action: str = "do") -> events.JsonObject:
        return events.step(step, self.order_id, action, results={"StartOrder": self.placed})

    def _let_late_ones_go_on(self, *, at_least: int = 0) -> None:
        for each in self.late:
            each.go(max(at_least, self.draw(LATE_CALLS)))


@pytest.fixture
def filled(shop: Shop) -> Shop:
    shop.fill(TEA_1=1000, CUP_7=1000)
    return shop


@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(
    data=st.data(), trouble=st.sampled_from(STEPS), fate=st.sampled_from(["well"] * 6 + ["short", "declined"])
)
def test_an_order_is_paid_and_reserved_exactly_if_it_is_completed(
    filled: Shop, data: st.DataObject, trouble: str, fate: str
) -> None:
    shop, before = filled, filled.available()
    price = Decimal("4.51" if fate == "declined" else "4.50")
    sku = "NO-1" if fate == "short" else "TEA-1"
    order_id = shop.place(items=[{"sku": sku, "quantity": 1, "unit_price": price}])
    placed: events.JsonObject = {
        "currency": "EUR",
        "total": str(price),
        "lines": [{"sku": sku, "quantity": 1}],
    }

    Play(shop, order_id, placed, trouble, data.draw).run()

    item = shop.order(order_id)
    charge = shop.dynamodb.get_item(TableName=shop.charges, Key={"idempotency_key": {"S": order_id}}).get(
        "Item"
    )
    outcome = charge["outcome"]["S"] if charge else "never"
    taken = {name: before[name] - count for name, count in shop.available().items() if before[name] != count}
    assert item["status"] in {"completed", "cancelled"}
    if item["status"] == "completed":
        assert (outcome, taken) == ("charged", {sku: 1})
        assert fate == "well"
    else:
        assert outcome in {"never", "declined", "refunded", "voided"}
        assert taken == {}
        assert "done" not in (item.get("payment"), item.get("stock"))
    assert "open_in" not in item


def test_two_attempts_that_reserve_at_once_take_once(filled: Shop) -> None:
    order_id = filled.place(status="processing")
    attempts = [Attempt(filled, events.step("ReserveStock", order_id)) for _ in range(2)]
    for each in (0, 1, 0, 1):
        attempts[each].go(1)

    assert [each.to_the_end().error for each in attempts] == [None, None]
    assert filled.available() == {"TEA-1": 998, "CUP-7": 999}
