"""The stand-in of a payment provider: one charge a key, declines by amount, and no charge after a refund."""

from collections.abc import Callable

import pytest
from pydantic import ValidationError

from tests.lambda_src import events
from tests.lambda_src.conftest import Shop
from tests.lambda_src.runtimes import Runtime, metrics


@pytest.fixture
def sandbox(start: Callable[..., Runtime]) -> Runtime:
    return start("payment_sandbox")


def charge(amount: str = "21.00", key: str = "order-1", currency: str = "EUR") -> events.JsonObject:
    return {"operation": "charge", "idempotency_key": key, "amount": amount, "currency": currency}


def refund(key: str = "order-1") -> events.JsonObject:
    return {"operation": "refund", "idempotency_key": key}


def test_a_charge_is_made_once_for_each_key(sandbox: Runtime, shop: Shop) -> None:
    first, again, other = (sandbox.handle(each) for each in (charge(), charge(), charge(key="order-2")))

    assert first["outcome"] == "charged"
    assert again == first
    assert other["payment_id"] != first["payment_id"]
    assert len(shop.items(shop.charges)) == 2
    assert metrics(sandbox.output()) == {"ColdStart": 1, "PaymentsCharged": 3}


@pytest.mark.parametrize(
    ("amount", "reason"),
    [("20.05", "do_not_honor"), ("20.51", "insufficient_funds"), ("0.54", "expired_card")],
)
def test_test_amounts_are_declined_each_time(sandbox: Runtime, amount: str, reason: str) -> None:
    for _ in range(2):
        answer = sandbox.handle(charge(amount))
        assert (answer["outcome"], answer["reason"]) == ("declined", reason)


def test_a_charge_is_given_back_once(sandbox: Runtime) -> None:
    charged = sandbox.handle(charge())
    answers = [sandbox.handle(refund()) for _ in range(2)]

    assert answers == [{**charged, "outcome": "refunded"}] * 2
    assert sandbox.handle(charge())["outcome"] == "refunded"


def test_what_was_never_charged_cannot_be_charged_after_its_refund(sandbox: Runtime) -> None:
    assert sandbox.handle(refund())["outcome"] == "voided"
    assert sandbox.handle(charge())["outcome"] == "voided"
    assert sandbox.handle(refund())["outcome"] == "voided"


def test_the_refund_of_a_declined_charge_changes_nothing(sandbox: Runtime) -> None:
    declined = sandbox.handle(charge("20.51"))
    assert sandbox.handle(refund()) == declined


@pytest.mark.parametrize("other", [charge("22.00"), charge(currency="USD")], ids=["amount", "currency"])
def test_a_key_that_is_used_for_another_amount_is_refused(sandbox: Runtime, other: events.JsonObject) -> None:
    sandbox.handle(charge())
    with pytest.raises(Exception, match="order-1") as raised:
        sandbox.handle(other)
    assert type(raised.value).__name__ == "KeyReusedError"


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"operation": "steal", "idempotency_key": "order-1"},
        charge("21"),
        charge("-21.00"),
        charge(currency="euro"),
        charge(key=""),
        refund() | {"amount": "1.00"},
    ],
)
def test_what_is_no_request_is_refused(sandbox: Runtime, shop: Shop, event: events.JsonObject) -> None:
    with pytest.raises(ValidationError):
        sandbox.handle(event)
    assert shop.items(shop.charges) == []
