"""Duplicates, throttles, crashes: a client that repeats its request gets one order."""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from aws_lambda_powertools.utilities.idempotency.exceptions import IdempotencyAlreadyInProgressError
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ReadTimeoutError

from tests.lambda_src import events
from tests.lambda_src.conftest import Shop
from tests.lambda_src.runtimes import Answer, Runtime, logs, metrics
from tests.lambda_src.wire import Answer as Fault
from tests.lambda_src.wire import Tap, accepted, tap, throttled_table, too_many_requests, unavailable

BOTO3_ATTEMPTS = 3


def test_a_repeated_request_gets_the_same_answer(create_order: Runtime, shop: Shop, sent: Tap) -> None:
    first = create_order.http(events.post())
    again = create_order.http(events.post())

    assert (again.status, again.body) == (first.status, first.body) == (201, first.body)
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(shop.items(shop.orders)) == len(sent.requests) == 1


def test_the_same_order_written_differently_is_the_same_request(create_order: Runtime, sent: Tap) -> None:
    def order(price: object) -> events.JsonObject:
        return events.order(items=[{"sku": "TEA-1", "quantity": 1, "unit_price": price}])

    answers = [create_order.http(events.post(order(price))) for price in ("10.00", "10", 10, 10.0, "1e1")]

    assert [answer.status for answer in answers] == [201] * 5
    assert len({answer.body["order_id"] for answer in answers}) == len(sent.requests) == 1


def test_a_key_used_for_another_order_is_refused(create_order: Runtime, shop: Shop, sent: Tap) -> None:
    create_order.http(events.post())
    answer = create_order.http(events.post(events.order(currency="USD")))
    assert answer.status == 422
    assert "another order" in str(answer.body["error"])
    assert len(shop.items(shop.orders)) == len(sent.requests) == 1


def test_a_key_whose_record_expired_still_belongs_to_its_order(
    create_order: Runtime, shop: Shop, sent: Tap
) -> None:
    first = create_order.http(events.post())
    (record,) = shop.items(shop.idempotency)
    shop.dynamodb.delete_item(TableName=shop.idempotency, Key={"id": record["id"]})

    assert create_order.http(events.post(events.order(currency="USD"))).status == 422
    assert create_order.http(events.post()).body == first.body
    assert len(shop.items(shop.orders)) == 1
    assert len(sent.requests) == 2  # its workflow has its id, and begins once


def test_other_keys_are_other_orders(create_order: Runtime, shop: Shop, sent: Tap) -> None:
    for key in ("key-00000001", "key-00000002"):
        assert create_order.http(events.post(key=key)).status == 201
    assert len(shop.items(shop.orders)) == len(sent.requests) == 2


def test_a_duplicate_of_a_request_in_progress_is_told_to_wait(
    start_create_order: Callable[[], Runtime], shop: Shop
) -> None:
    first, second = start_create_order(), start_create_order()
    answers: list[Answer] = []

    def while_invoking(_: events.JsonObject) -> AWSResponse:
        answers.append(second.http(events.post()))
        return accepted(_)

    sent = tap(first.wiring.sqs, "SendMessage", while_invoking)
    assert first.http(events.post()).status == 201

    (answer,) = answers
    assert (answer.status, answer.headers["Retry-After"]) == (409, "1")
    assert len(shop.items(shop.orders)) == len(sent.requests) == 1
    assert second.http(events.post()).headers["Idempotent-Replayed"] == "true"


def test_simultaneous_duplicates_make_one_order(
    start_create_order: Callable[[], Runtime], shop: Shop
) -> None:
    environments = [start_create_order().wiring for _ in range(8)]
    sent = [tap(each.sqs, "SendMessage", accepted) for each in environments]
    for each in environments:
        each.idempotency.register_lambda_context(events.Context())

    def place(number: int) -> str:
        wiring = environments[number]
        order = {"idempotency_key": "key-00000001", "order": events.order()}
        command = wiring.PlaceOrder.model_validate_json(json.dumps(order))
        try:
            return str(wiring.place_order(command=command, correlation_id="request-1").order_id)
        except IdempotencyAlreadyInProgressError:
            return "in progress"

    with ThreadPoolExecutor(len(environments)) as pool:
        answers = set(pool.map(place, range(len(environments))))
    assert len(answers - {"in progress"}) == 1
    assert len(shop.items(shop.orders)) == 1
    assert sum(len(each.requests) for each in sent) == 1


@pytest.mark.usefixtures("no_backoff")
@pytest.mark.parametrize("table", ["orders", "idempotency"])
def test_a_throttling_table_is_answered_with_try_again(
    create_order: Runtime, shop: Shop, sent: Tap, table: str
) -> None:
    name = getattr(shop, table)
    writes = tap(create_order.wiring.dynamodb, "PutItem", throttled_table(name))

    answer = create_order.http(events.post())

    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
    assert "repeat the same request" in str(answer.body["error"])
    attempts = [request for request in writes.requests if request["TableName"] == name]
    assert len(attempts) == BOTO3_ATTEMPTS
    output = create_order.output()
    assert metrics(output) == {"ColdStart": 1, "DependencyThrottled": 1}
    (line,) = logs(output)
    assert (line["level"], line["reason"]) == ("WARNING", "ProvisionedThroughputExceededException")
    assert shop.items(shop.orders) == shop.items(shop.idempotency) == sent.requests == []

    writes.answer = None
    assert create_order.http(events.post()).status == 201
    assert len(shop.items(shop.orders)) == len(sent.requests) == 1


@pytest.mark.usefixtures("no_backoff")
def test_a_write_that_another_region_gets_in_the_way_of_is_answered_with_try_again(
    create_order: Runtime, shop: Shop
) -> None:
    refused = throttled_table(shop.orders, "ReplicatedWriteConflictException")
    tap(create_order.wiring.dynamodb, "PutItem", refused)

    answer = create_order.http(events.post())

    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")


@pytest.mark.usefixtures("no_backoff")
def test_a_throttling_read_is_answered_with_try_again(create_order: Runtime, shop: Shop) -> None:
    tap(create_order.wiring.dynamodb, "GetItem", throttled_table(shop.orders))
    answer = create_order.http(events.get("6f6b7a51-5f0e-4f0b-9d0a-0c3f9b1f2c77"))
    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")


@pytest.mark.usefixtures("no_backoff")
@pytest.mark.parametrize(
    ("fault", "metric"), [(too_many_requests, "DependencyThrottled"), (unavailable, "DependencyUnavailable")]
)
def test_an_order_whose_fulfilment_was_refused_is_completed_by_the_retry(
    create_order: Runtime, shop: Shop, sent: Tap, fault: Fault, metric: str
) -> None:
    sent.answer = fault
    answer = create_order.http(events.post())
    assert answer.status == 503
    assert len(sent.requests) == BOTO3_ATTEMPTS
    assert metrics(create_order.output())[metric] == 1
    (item,) = shop.items(shop.orders)
    assert shop.items(shop.idempotency) == []

    sent.answer = accepted
    retried = create_order.http(events.post())
    assert (retried.status, {"S": retried.body["order_id"]}) == (201, item["order_id"])
    assert shop.items(shop.orders) == [item]
    assert len(sent.requests) == BOTO3_ATTEMPTS + 1


@pytest.mark.usefixtures("no_backoff")
def test_an_unreachable_service_is_answered_with_try_again(create_order: Runtime, sent: Tap) -> None:
    def no_answer(_: events.JsonObject) -> AWSResponse:
        raise ReadTimeoutError(endpoint_url="http://127.0.0.1")

    sent.answer = no_answer
    assert create_order.http(events.post()).status == 503
    assert metrics(create_order.output())["DependencyUnavailable"] == 1


def test_an_order_that_a_crash_interrupted_is_completed_by_the_retry(
    create_order: Runtime, shop: Shop, sent: Tap
) -> None:
    def crash(_: events.JsonObject) -> AWSResponse:
        raise SystemExit("the environment is gone")

    sent.answer = crash
    with pytest.raises(SystemExit):
        create_order.http(events.post(), events.Context(remaining_ms=1000))
    (item,) = shop.items(shop.orders)
    (record,) = shop.items(shop.idempotency)
    assert record["status"] == {"S": "INPROGRESS"}

    sent.answer = accepted
    assert create_order.http(events.post()).status == 409  # the crashed attempt might still be running
    time.sleep(1)
    retried = create_order.http(events.post())
    assert (retried.status, {"S": retried.body["order_id"]}) == (201, item["order_id"])
    assert shop.items(shop.orders) == [item]
    assert len(sent.requests) == 2  # the one that crashed, and the one that was accepted


@pytest.mark.usefixtures("no_backoff")
def test_a_receipt_that_could_not_be_kept_costs_no_second_order(
    create_order: Runtime, shop: Shop, sent: Tap
) -> None:
    updates = tap(create_order.wiring.dynamodb, "UpdateItem", throttled_table(shop.idempotency))
    assert create_order.http(events.post(), events.Context(remaining_ms=1)).status == 503

    updates.answer = None
    assert create_order.http(events.post()).status == 201
    assert len(shop.items(shop.orders)) == 1
    assert len(sent.requests) == 2  # its workflow begins with one of them
