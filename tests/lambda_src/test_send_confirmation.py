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


def test_a_confirmation_is_published(send_confirmation: Runtime, shop: Shop) -> None:
    event = events.confirmation()
    answer = send_confirmation.handle(event)

    assert answer == {"order_id": event["order_id"], "message_id": answer["message_id"]}
    assert shop.received() == [event]


def test_it_is_counted_and_logged_under_the_requests_id_without_personal_data(
    send_confirmation: Runtime,
) -> None:
    send_confirmation.handle(events.confirmation(correlation_id="the-http-request"))
    output = send_confirmation.output()
    assert metrics(output) == {"ColdStart": 1, "ConfirmationsSent": 1}
    (line,) = logs(output)
    assert line["correlation_id"] == "the-http-request"
    assert "ada@example.com" not in json.dumps(output)


def test_an_event_delivered_twice_is_sent_once(send_confirmation: Runtime, shop: Shop) -> None:
    event = events.confirmation()
    first = send_confirmation.handle(event)
    send_confirmation.output()

    assert send_confirmation.handle(event) == first
    assert metrics(send_confirmation.output()) == {"DuplicateConfirmations": 1}
    assert len(shop.received()) == 1


def test_an_order_is_what_is_sent_once_not_a_request(send_confirmation: Runtime, shop: Shop) -> None:
    first, other = events.confirmation(), events.confirmation()
    for event in (first, first | {"correlation_id": "a-later-retry"}, other):
        send_confirmation.handle(event)
    assert shop.received() == [first, other]
    assert len(shop.items(shop.idempotency)) == 2


def test_a_missing_topic_is_raised_and_the_redriven_event_is_sent_once(
    send_confirmation: Runtime, shop: Shop
) -> None:
    event = events.confirmation()
    shop.sns.delete_topic(TopicArn=shop.topic)
    with pytest.raises(ClientError, match="NotFound"):
        send_confirmation.handle(event)
    assert shop.items(shop.idempotency) == []
    output = send_confirmation.output()
    assert "ConfirmationsSent" not in metrics(output)
    assert "ada@example.com" not in json.dumps(output)

    shop.open_topic()
    send_confirmation.handle(event)
    send_confirmation.handle(event)
    assert shop.received() == [event]


def test_an_attempt_in_progress_elsewhere_is_raised_so_that_lambda_tries_later(
    send_confirmation: Runtime, shop: Shop
) -> None:
    event = events.confirmation()

    def meanwhile(_: events.JsonObject) -> AWSResponse | None:
        with pytest.raises(IdempotencyAlreadyInProgressError):
            send_confirmation.handle(event)
        return None

    tap(send_confirmation.wiring.sns, "Publish", meanwhile)
    send_confirmation.handle(event)
    assert len(shop.received()) == 1


@pytest.mark.usefixtures("no_backoff")
def test_a_throttling_table_is_raised_so_that_lambda_tries_later(
    send_confirmation: Runtime, shop: Shop
) -> None:
    event = events.confirmation()
    writes = tap(send_confirmation.wiring.dynamodb, "PutItem", throttled_table(shop.idempotency))
    with pytest.raises(IdempotencyPersistenceLayerError):
        send_confirmation.handle(event)
    assert shop.received() == []

    writes.answer = None
    send_confirmation.handle(event)
    assert shop.received() == [event]


def test_fields_that_a_newer_sender_adds_are_ignored(send_confirmation: Runtime, shop: Shop) -> None:
    event = events.confirmation()
    send_confirmation.handle(event | {"locale": "fr"})
    assert shop.received() == [event]


@pytest.mark.parametrize(
    "event", [{}, {"customer_email": "ada@example.com"}, events.confirmation(order_id=7), {"Records": []}]
)
def test_an_event_that_is_no_confirmation_is_raised_without_repeating_it(
    send_confirmation: Runtime, shop: Shop, event: events.JsonObject
) -> None:
    with pytest.raises(ValidationError) as raised:
        send_confirmation.handle(event)
    assert "ada@example.com" not in str(raised.value)
    assert shop.items(shop.idempotency) == []
