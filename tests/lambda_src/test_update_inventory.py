"""Reserving articles, all or none, once; and giving them back, even before they are taken."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.awsrequest import AWSResponse
from order_book.attempts import StepUnavailableError
from order_book.errors import OrderStateError
from order_book.steps import Line
from update_inventory.data import DynamoDbStock
from update_inventory.errors import OutOfStockError as OutOfStock

from tests.lambda_src import events
from tests.lambda_src.conftest import REGION, Shop
from tests.lambda_src.runtimes import Runtime, metrics
from tests.lambda_src.wire import answer, tap

RESERVE, UNDO = "ReserveStock", "undo"


@pytest.fixture
def update_inventory(start: Callable[..., Runtime]) -> Runtime:
    return start("update_inventory")


@pytest.fixture
def order_id(shop: Shop) -> str:
    shop.fill(TEA_1=5, CUP_7=5)
    return shop.place(status="processing")


def raised(runtime: Runtime, event: events.JsonObject) -> str:
    """The name of the error, as the workflow sees it."""
    with pytest.raises(Exception) as error:  # noqa: PT011 - each run of the handler has classes of its own
        runtime.handle(event)
    return type(error.value).__name__


def test_articles_are_taken_and_the_order_says_so(
    update_inventory: Runtime, shop: Shop, order_id: str
) -> None:
    update_inventory.handle(events.step(RESERVE, order_id))

    assert shop.available() == {"TEA-1": 3, "CUP-7": 4}
    assert shop.order(order_id)["stock"] == "done"
    assert metrics(update_inventory.output()) == {"ColdStart": 1, "ReservationsMade": 1}


def test_they_are_taken_once_however_often_it_is_asked(
    update_inventory: Runtime, shop: Shop, order_id: str
) -> None:
    answers = [update_inventory.handle(events.step(RESERVE, order_id)) for _ in range(3)]

    assert answers == [{"reservation_id": order_id}] * 3
    assert shop.available() == {"TEA-1": 3, "CUP-7": 4}


@pytest.mark.parametrize("available", [{"TEA_1": 1, "CUP_7": 5}, {"TEA_1": 5}], ids=["too few", "unknown"])
def test_where_one_article_is_short_none_is_taken(
    update_inventory: Runtime, shop: Shop, available: dict[str, int]
) -> None:
    shop.fill(**available)
    before, order_id = shop.available(), shop.place(status="processing")

    assert raised(update_inventory, events.step(RESERVE, order_id)) == "OutOfStockError"

    assert shop.available() == before
    assert "stock" not in shop.order(order_id)
    assert shop.items(shop.reservations) == []


def test_the_last_one_is_sold_once(update_inventory: Runtime, shop: Shop) -> None:
    shop.fill(TEA_1=3, CUP_7=3)
    orders = [shop.place(status="processing") for _ in range(4)]

    def take(order_id: str) -> bool:
        stock: DynamoDbStock = update_inventory.wiring.stock
        try:
            stock.reserve(order_id, [Line(sku="TEA-1", quantity=1)])
        except Exception as error:
            if type(error).__name__ != OutOfStock.__name__:  # of the class that the handler was loaded with
                raise
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(take, orders)) == 3
    assert shop.available()["TEA-1"] == 0


def test_what_was_taken_is_given_back_once(update_inventory: Runtime, shop: Shop, order_id: str) -> None:
    update_inventory.handle(events.step(RESERVE, order_id))
    for _ in range(3):
        assert update_inventory.handle(events.step(RESERVE, order_id, UNDO)) == {"released": True}

    assert shop.available() == {"TEA-1": 5, "CUP-7": 5}
    assert shop.order(order_id)["stock"] == "undone"


def test_a_reservation_that_comes_after_its_release_takes_nothing(
    update_inventory: Runtime, shop: Shop, order_id: str
) -> None:
    update_inventory.handle(events.step(RESERVE, order_id, UNDO))

    assert raised(update_inventory, events.step(RESERVE, order_id)) == "ReservationReleasedError"
    assert shop.available() == {"TEA-1": 5, "CUP-7": 5}


def test_what_is_reserved_for_a_completed_order_is_not_given_back(
    update_inventory: Runtime, shop: Shop
) -> None:
    order_id = shop.place(status="completed", payment="done", stock="done")
    with pytest.raises(OrderStateError):
        update_inventory.handle(events.step(RESERVE, order_id, UNDO))


@pytest.mark.parametrize("lost", [1, 2])
def test_a_crash_between_its_writes_is_made_good_by_the_retry(
    update_inventory: Runtime, shop: Shop, order_id: str, lost: int
) -> None:
    """First the transaction, then the note at the order: whichever was the last thing done."""
    writes = 0

    def crash(_: events.JsonObject) -> AWSResponse | None:
        nonlocal writes
        writes += 1
        if writes == lost:
            raise SystemExit("the environment is gone")
        return None

    for operation in ("TransactWriteItems", "UpdateItem"):
        tap(update_inventory.wiring.dynamodb, operation, crash)
    with pytest.raises(SystemExit):
        update_inventory.handle(events.step(RESERVE, order_id))

    update_inventory.handle(events.step(RESERVE, order_id))
    assert shop.available() == {"TEA-1": 3, "CUP-7": 4}
    assert shop.order(order_id)["stock"] == "done"


def conflict(_: events.JsonObject) -> AWSResponse:
    """Another transaction is at the same item.

    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
    """
    reasons = [{"Code": "None"}, {"Code": "TransactionConflict", "Message": "in use"}, {"Code": "None"}]
    body: events.JsonObject = {
        "__type": "TransactionCanceledException",
        "Message": "cancelled",
        "CancellationReasons": reasons,
    }
    return answer(400, body, "TransactionCanceledException")


def test_a_conflict_is_tried_again_at_once(update_inventory: Runtime, shop: Shop, order_id: str) -> None:
    transactions = tap(update_inventory.wiring.dynamodb, "TransactWriteItems")
    transactions.answer = lambda each: conflict(each) if len(transactions.requests) <= 2 else None

    update_inventory.handle(events.step(RESERVE, order_id))

    assert len(transactions.requests) == 3
    assert shop.available() == {"TEA-1": 3, "CUP-7": 4}


def test_a_conflict_that_stays_is_one_that_the_workflow_tries_again_for(
    update_inventory: Runtime, shop: Shop, order_id: str
) -> None:
    tap(update_inventory.wiring.dynamodb, "TransactWriteItems", conflict)

    with pytest.raises(StepUnavailableError, match="TransactionBusyError"):
        update_inventory.handle(events.step(RESERVE, order_id))
    assert shop.available() == {"TEA-1": 5, "CUP-7": 5}


def test_what_is_given_back_goes_where_it_was_taken(
    update_inventory: Runtime, shop: Shop, order_id: str
) -> None:
    update_inventory.handle(events.step(RESERVE, order_id))
    elsewhere = DynamoDbStock(
        shop.dynamodb,
        stock_table=shop.stock,
        reservations_table=shop.reservations,
        warehouse="eu-west-1",
        retry=lambda once: once,
    )

    elsewhere.release(order_id)

    assert shop.available() == {"TEA-1": 5, "CUP-7": 5}
    assert {item["warehouse"]["S"] for item in shop.items(shop.stock)} == {REGION}
