"""Confirming an order: once, loudly when it cannot be done, under the request's correlation id."""

import json

import pytest
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyAlreadyInProgressError,
    IdempotencyPersistenceLayerError,
)
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError
from pydantic import ValidationError

from tests.lambda_src import events
from tests.lambda_src.conftest import Shop
from tests.lambda_src.runtimes import Runtime, logs, metrics
from tests.lambda_src.wire import tap, throttled_table


def done(shop: Shop) -> str:
    """An order that is complete; its id."""
    return shop.place(status="completed")


def wanted(order_id: str, **changes: object) -> events.JsonObject:
    return events.step("NotifyCustomer", order_id) | changes


def test_a_confirmation_is_published(send_notification: Runtime, shop: Shop) -> None:
    order_id = done(shop)
    answer = send_notification.handle(wanted(order_id))

    assert answer == {"order_id": order_id, "message_id": answer["message_id"]}
    assert shop.received() == [events.confirmation(order_id=order_id)]


def test_it_is_counted_and_logged_under_the_requests_id_without_personal_data(
    send_notification: Runtime, shop: Shop
) -> None:
    order_id = done(shop)
    send_notification.handle(
        wanted(order_id, input={"order_id": order_id, "correlation_id": "the-http-request"})
    )
    output = send_notification.output()
    assert metrics(output) == {"ColdStart": 1, "ConfirmationsSent": 1}
    (line,) = logs(output)
    assert line["correlation_id"] == "the-http-request"
    assert "ada@example.com" not in json.dumps(output)


def test_an_event_delivered_twice_is_sent_once(send_notification: Runtime, shop: Shop) -> None:
    event = wanted(done(shop))
    first = send_notification.handle(event)
    send_notification.output()

    assert send_notification.handle(event) == first
    assert metrics(send_notification.output()) == {"DuplicateConfirmations": 1}
    assert len(shop.received()) == 1


def test_other_orders_are_confirmed_too(send_notification: Runtime, shop: Shop) -> None:
    orders = [done(shop), done(shop)]
    for order_id in orders:
        send_notification.handle(wanted(order_id))
    assert [message["order_id"] for message in shop.received()] == orders
    assert len(shop.items(shop.idempotency)) == 2


@pytest.mark.parametrize("status", ["placed", "processing", "cancelling", "cancelled", "parked"])
def test_an_order_that_is_not_complete_is_not_confirmed(
    send_notification: Runtime, shop: Shop, status: str
) -> None:
    order_id = shop.place(status=status)

    assert send_notification.handle(wanted(order_id)) == {"order_id": order_id}
    assert metrics(send_notification.output()) == {"ColdStart": 1, "NotificationsDropped": 1}
    assert shop.received() == []


def test_an_order_that_does_not_exist_is_raised(send_notification: Runtime) -> None:
    with pytest.raises(Exception, match="nowhere"):
        send_notification.handle(wanted("nowhere"))


def test_a_missing_topic_is_raised_and_the_redriven_event_is_sent_once(
    send_notification: Runtime, shop: Shop
) -> None:
    order_id = done(shop)
    shop.sns.delete_topic(TopicArn=shop.topic)
    with pytest.raises(ClientError, match="NotFound"):
        send_notification.handle(wanted(order_id))
    assert shop.items(shop.idempotency) == []
    output = send_notification.output()
    assert "ConfirmationsSent" not in metrics(output)
    assert "ada@example.com" not in json.dumps(output)

    shop.open_topic()
    send_notification.handle(wanted(order_id))
    send_notification.handle(wanted(order_id))
    assert shop.received() == [events.confirmation(order_id=order_id)]


def test_an_attempt_in_progress_elsewhere_is_raised_so_that_lambda_tries_later(
    send_notification: Runtime, shop: Shop
) -> None:
    event = wanted(done(shop))

    def meanwhile(_: events.JsonObject) -> AWSResponse | None:
        with pytest.raises(IdempotencyAlreadyInProgressError):
            send_notification.handle(event)
        return None

    tap(send_notification.wiring.sns, "Publish", meanwhile)
    send_notification.handle(event)
    assert len(shop.received()) == 1


@pytest.mark.usefixtures("no_backoff")
def test_a_throttling_table_is_raised_so_that_lambda_tries_later(
    send_notification: Runtime, shop: Shop
) -> None:
    event = wanted(done(shop))
    writes = tap(send_notification.wiring.dynamodb, "PutItem", throttled_table(shop.idempotency))
    with pytest.raises(IdempotencyPersistenceLayerError):
        send_notification.handle(event)
    assert shop.received() == []

    writes.answer = None
    send_notification.handle(event)
    assert len(shop.received()) == 1


def test_fields_that_a_newer_sender_adds_are_ignored(send_notification: Runtime, shop: Shop) -> None:
    send_notification.handle(wanted(done(shop), locale="fr"))
    assert len(shop.received()) == 1


@pytest.mark.parametrize(
    "event",
    [{}, {"customer_email": "ada@example.com"}, events.step("NotifyCustomer", ""), {"Records": []}],
    ids=["empty", "another event", "no order", "records"],
)
def test_an_event_that_names_no_order_is_raised_without_repeating_it(
    send_notification: Runtime, shop: Shop, event: events.JsonObject
) -> None:
    with pytest.raises(ValidationError) as raised:
        send_notification.handle(event)
    assert "ada@example.com" not in str(raised.value)
    assert shop.items(shop.idempotency) == []
