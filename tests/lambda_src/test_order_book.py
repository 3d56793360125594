"""The states of an order: which change is possible from where, and that none is possible for another Region."""

from collections.abc import Callable
from functools import partial

import pytest
from order_book.book import OrderBook
from order_book.errors import OrderStateError, UnknownOrderError
from order_book.states import CANCEL, COMPLETE, OPEN, PARK, START, TAKE_BACK, Part, Status, Transition

from tests.lambda_src.conftest import REGION, Shop

TRANSITIONS = {
    "start": START,
    "complete": COMPLETE,
    "take back": TAKE_BACK,
    "cancel": CANCEL,
    "park": PARK,
}
ALLOWED = {
    "start": {"placed", "processing"},
    "complete": {"processing", "completed"},
    "take back": {"processing", "completed", "cancelling"},
    "cancel": {"placed", "processing", "cancelling", "cancelled"},
    "park": {"placed", "processing", "cancelling", "parked"},
}
DONE = {"payment": "done", "stock": "done"}


@pytest.fixture
def book(shop: Shop) -> OrderBook:
    return OrderBook(shop.dynamodb, shop.orders, REGION)


def refused(change: Callable[[], object]) -> bool:
    try:
        change()
    except OrderStateError:
        return True
    return False


@pytest.mark.parametrize("name", TRANSITIONS)
def test_an_order_moves_from_these_states_only(name: str, book: OrderBook, shop: Shop) -> None:
    transition = TRANSITIONS[name]
    for status in Status:
        order_id = shop.place(status=status.value, **DONE)
        was_refused = refused(partial(book.move, order_id, transition))

        assert was_refused is (status not in ALLOWED[name]), status
        expected = status.value if was_refused else transition.target.value
        assert shop.order(order_id)["status"] == expected


@pytest.mark.parametrize("name", TRANSITIONS)
def test_what_is_done_already_is_done(name: str, book: OrderBook, shop: Shop) -> None:
    order_id = shop.place(status=TRANSITIONS[name].sources[0].value, **DONE)
    first = book.move(order_id, TRANSITIONS[name])

    assert book.move(order_id, TRANSITIONS[name]) == first


@pytest.mark.parametrize("missing", ["payment", "stock"])
@pytest.mark.parametrize("how", ["absent", "undone"])
def test_an_order_that_is_unpaid_or_unreserved_is_never_completed(
    missing: str, how: str, book: OrderBook, shop: Shop
) -> None:
    parts = {name: value for name, value in DONE.items() if name != missing}
    order_id = shop.place(status="processing", **parts, **({} if how == "absent" else {missing: "undone"}))

    with pytest.raises(OrderStateError, match=missing):
        book.move(order_id, COMPLETE)
    assert shop.order(order_id)["status"] == "processing"


@pytest.mark.parametrize(
    "transition", [START, COMPLETE, TAKE_BACK, CANCEL, PARK], ids=lambda each: each.target
)
def test_an_order_is_in_the_index_while_somebody_has_to_look_after_it(
    transition: Transition, book: OrderBook, shop: Shop
) -> None:
    order_id = shop.place(status=transition.sources[0].value, **DONE)
    book.move(order_id, transition)

    # A parked order stays until somebody has been told.
    looked_after = transition.target in OPEN or transition is PARK
    assert ("open_in" in shop.order(order_id)) is looked_after


def test_an_order_that_is_taken_back_is_looked_after_again(book: OrderBook, shop: Shop) -> None:
    order_id = shop.place(status="processing", **DONE)
    book.move(order_id, COMPLETE)
    assert "open_in" not in shop.order(order_id)

    assert book.move(order_id, TAKE_BACK)["open_in"] == REGION


def test_an_order_whose_customer_knows_is_not_taken_back(book: OrderBook, shop: Shop) -> None:
    order_id = shop.place(status="completed", **DONE)
    book.tell(order_id)

    with pytest.raises(OrderStateError):
        book.move(order_id, TAKE_BACK)
    for part in Part:
        with pytest.raises(OrderStateError):
            book.undo_part(order_id, part)


def test_a_part_is_noted_with_its_reference_while_the_order_is_processed(book: OrderBook, shop: Shop) -> None:
    order_id = shop.place(status="processing")
    book.part_done(order_id, Part.PAYMENT, "pay_1")
    book.part_done(order_id, Part.PAYMENT, "pay_1")

    item = shop.order(order_id)
    assert (item["payment"], item["payment_id"]) == ("done", "pay_1")


@pytest.mark.parametrize("status", [each for each in Status if each is not Status.PROCESSING])
def test_a_part_comes_too_late_in_any_other_state(status: Status, book: OrderBook, shop: Shop) -> None:
    order_id = shop.place(status=status.value)
    with pytest.raises(OrderStateError):
        book.part_done(order_id, Part.STOCK, "late")


def test_a_part_that_is_being_undone_cannot_be_done_any_more(book: OrderBook, shop: Shop) -> None:
    order_id = shop.place(status="processing", **DONE)
    book.undo_part(order_id, Part.PAYMENT)

    with pytest.raises(OrderStateError):
        book.part_done(order_id, Part.PAYMENT, "late")
    with pytest.raises(OrderStateError):
        book.move(order_id, COMPLETE)


def test_a_part_of_a_completed_order_is_not_undone(book: OrderBook, shop: Shop) -> None:
    order_id = shop.place(status="completed", **DONE)
    with pytest.raises(OrderStateError, match="completed"):
        book.undo_part(order_id, Part.PAYMENT)


def test_another_region_changes_nothing_of_an_order(book: OrderBook, shop: Shop) -> None:
    order_id = shop.place(status="processing", region="eu-west-1", **DONE)
    before = shop.order(order_id)

    for transition in TRANSITIONS.values():
        with pytest.raises(OrderStateError, match="region eu-west-1"):
            book.move(order_id, transition)
    for part in Part:
        assert refused(partial(book.part_done, order_id, part, "theirs"))
        assert refused(partial(book.undo_part, order_id, part))
    assert shop.order(order_id) == before


def test_an_order_that_does_not_exist_is_said_to_be_unknown(book: OrderBook, shop: Shop) -> None:
    for change in (
        lambda: book.find("nowhere"),
        lambda: book.move("nowhere", START),
        lambda: book.part_done("nowhere", Part.STOCK, "it"),
        lambda: book.undo_part("nowhere", Part.STOCK),
        lambda: book.tell("nowhere"),
    ):
        with pytest.raises(UnknownOrderError, match="nowhere"):
            change()
    assert shop.items(shop.orders) == []


def test_what_is_refused_is_told_without_personal_data(book: OrderBook, shop: Shop) -> None:
    order_id = shop.place(status="cancelled")
    with pytest.raises(OrderStateError) as raised:
        book.move(order_id, COMPLETE)

    assert str(raised.value) == (
        f"{order_id}: completed is impossible in us-east-1: "
        "status cancelled, region us-east-1, payment none, stock none"
    )
