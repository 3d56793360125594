"""The workflow's steps about an order's state."""

from collections.abc import Callable

import pytest
from order_book.attempts import StepUnavailableError
from order_book.errors import OrderStateError, UnknownOrderError
from pydantic import ValidationError

from tests.lambda_src import events
from tests.lambda_src.conftest import Shop
from tests.lambda_src.runtimes import Runtime, logs, metrics
from tests.lambda_src.wire import tap, throttled_table

DONE = {"payment": "done", "stock": "done"}


@pytest.fixture
def track_order(start: Callable[..., Runtime]) -> Runtime:
    return start("track_order")


def test_starting_says_what_the_order_costs_and_takes(track_order: Runtime, shop: Shop) -> None:
    order_id = shop.place()

    assert track_order.handle(events.step("StartOrder", order_id)) == events.PLACED
    assert shop.order(order_id)["status"] == "processing"


def test_lines_of_one_article_are_added_up(track_order: Runtime, shop: Shop) -> None:
    lines = [{"sku": "TEA-1", "quantity": n, "unit_price": n} for n in (1, 2, 3)]

    placed = track_order.handle(events.step("StartOrder", shop.place(items=lines)))

    assert placed == {
        "currency": "EUR",
        "total": "14.00",
        "lines": [{"sku": "TEA-1", "quantity": 6}],
    }


def test_starting_again_says_the_same(track_order: Runtime, shop: Shop) -> None:
    event = events.step("StartOrder", shop.place())
    assert track_order.handle(event) == track_order.handle(event)


def test_an_order_that_is_paid_and_reserved_is_completed_and_counted(
    track_order: Runtime, shop: Shop
) -> None:
    order_id = shop.place(status="processing", **DONE)

    assert track_order.handle(events.step("CompleteOrder", order_id)) == {"status": "completed"}
    output = track_order.output()
    assert metrics(output) == {"ColdStart": 1, "OrdersCompleted": 1}
    (line,) = logs(output)
    assert (line["order_id"], line["correlation_id"]) == (order_id, "request-1")
    assert "ada@example.com" not in str(output)


def test_an_order_that_is_not_paid_is_not_completed(track_order: Runtime, shop: Shop) -> None:
    order_id = shop.place(status="processing", stock="done")
    with pytest.raises(OrderStateError):
        track_order.handle(events.step("CompleteOrder", order_id))


def test_an_order_whose_money_could_not_be_given_back_is_parked_and_stays_open(
    track_order: Runtime, shop: Shop
) -> None:
    order_id = shop.place(status="cancelling", **DONE)
    event = events.step("StartOrder", order_id, "undo")
    event["unresolved"] = {"ChargePayment": {"Error": "ProviderError", "Cause": "no answer"}}

    assert track_order.handle(event) == {"status": "parked"}
    assert "open_in" in shop.order(order_id), "check_orders tells people of it"
    assert "OrdersCancelled" not in metrics(track_order.output())


def test_undoing_the_start_cancels_the_order(track_order: Runtime, shop: Shop) -> None:
    order_id = shop.place(status="processing")

    assert track_order.handle(events.step("StartOrder", order_id, "undo")) == {"status": "cancelled"}
    assert metrics(track_order.output()) == {"ColdStart": 1, "OrdersCancelled": 1}


@pytest.mark.parametrize("status", ["completed", "parked"])
def test_undoing_the_start_leaves_an_order_alone_that_is_finished(
    track_order: Runtime, shop: Shop, status: str
) -> None:
    order_id = shop.place(status=status)

    assert track_order.handle(events.step("StartOrder", order_id, "undo")) == {"status": status}
    assert shop.order(order_id)["status"] == status


def test_undoing_the_completion_comes_before_a_late_completion(track_order: Runtime, shop: Shop) -> None:
    order_id = shop.place(status="processing", **DONE)
    track_order.handle(events.step("CompleteOrder", order_id, "undo"))

    with pytest.raises(OrderStateError):
        track_order.handle(events.step("CompleteOrder", order_id))
    assert shop.order(order_id)["status"] == "cancelling"


@pytest.mark.usefixtures("no_backoff")
def test_a_table_that_throttles_is_told_by_a_name_that_the_workflow_tries_again_for(
    track_order: Runtime, shop: Shop
) -> None:
    order_id = shop.place()
    writes = tap(track_order.wiring.dynamodb, "UpdateItem", throttled_table(shop.orders))

    with pytest.raises(StepUnavailableError, match="ProvisionedThroughputExceeded"):
        track_order.handle(events.step("StartOrder", order_id))

    writes.answer = None
    assert track_order.handle(events.step("StartOrder", order_id)) == events.PLACED


def test_an_order_that_does_not_exist_is_no_passing_failure(track_order: Runtime) -> None:
    with pytest.raises(UnknownOrderError):
        track_order.handle(events.step("StartOrder", "nowhere"))


def test_a_step_that_nobody_knows_is_refused(track_order: Runtime) -> None:
    with pytest.raises(ValidationError):
        track_order.handle(events.step("ShipOrder", "1"))
