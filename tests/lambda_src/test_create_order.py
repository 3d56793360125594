"""Placing and reading orders over HTTP: what is answered, kept, asked for, counted and logged."""

import json
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from pydantic import ValidationError

from tests.lambda_src import events
from tests.lambda_src.conftest import Shop
from tests.lambda_src.runtimes import Runtime, logs, metrics
from tests.lambda_src.wire import Tap

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef


def test_an_order_is_kept_and_its_fulfilment_asked_for(create_order: Runtime, shop: Shop) -> None:
    answer = create_order.http(events.post(request_id="correlate-me"))

    assert answer.status == 201
    order_id = str(UUID(str(answer.body["order_id"])))
    assert answer.body == {
        "order_id": order_id,
        "created_at": answer.body["created_at"],
        "currency": "EUR",
        "total": "21.00",
    }
    assert answer.headers["Location"] == f"/orders/{order_id}"
    (item,) = shop.items(shop.orders)
    assert item["order_id"] == {"S": order_id}
    assert shop.messages(shop.queue) == [{"order_id": order_id, "correlation_id": "correlate-me"}]


@pytest.mark.usefixtures("sent")
def test_the_order_is_open_in_its_region_until_somebody_finishes_it(
    create_order: Runtime, shop: Shop
) -> None:
    created = create_order.http(events.post(request_id="correlate-me")).body["created_at"]

    (item,) = shop.items(shop.orders)
    assert {name: value for name, value in item.items() if name not in events.order()} == {
        "order_id": item["order_id"],
        "created_at": {"S": created},
        "status": {"S": "placed"},
        "region": {"S": "us-east-1"},
        "correlation_id": {"S": "correlate-me"},
        "open_in": {"S": "us-east-1"},
        "open_since": {"S": created},
        "sent_again": {"N": "0"},
    }


def test_an_order_of_more_articles_than_a_transaction_takes_is_refused(
    create_order: Runtime, shop: Shop, sent: Tap
) -> None:
    def order(articles: int) -> events.JsonObject:
        lines = [{"sku": f"TEA-{n}", "quantity": 1, "unit_price": "1.00"} for n in range(articles)]
        return events.post(events.order(items=lines), key=f"{articles}-articles")

    refused, taken = create_order.http(order(100)), create_order.http(order(99))

    assert (refused.status, _fields(refused.body)) == (422, {"items"})
    assert taken.status == 201
    assert len(shop.items(shop.orders)) == len(sent.requests) == 1


@pytest.mark.usefixtures("sent")
def test_an_order_is_read_as_it_was_placed(create_order: Runtime) -> None:
    placed = create_order.http(events.post())

    answer = create_order.http(events.get(str(placed.body["order_id"])))

    assert answer.status == 200
    created = {name: placed.body[name] for name in ("order_id", "created_at")}
    assert answer.body == events.order() | created


@pytest.mark.parametrize("order_id", ["00000000-0000-5000-8000-000000000000", "no-uuid", "x" * 3000])
def test_an_order_that_is_not_there_is_not_found(create_order: Runtime, order_id: str) -> None:
    answer = create_order.http(events.get(order_id))
    assert (answer.status, answer.body) == (404, {"error": "There is no such order.", "details": []})


@pytest.mark.parametrize(("method", "path"), [("GET", "/"), ("DELETE", "/orders"), ("POST", "/orders/1")])
def test_other_paths_and_methods_are_not_found(create_order: Runtime, method: str, path: str) -> None:
    answer = create_order.http(events.http(method, path))
    assert (answer.status, answer.body) == (404, {"error": "There is no such resource.", "details": []})


def test_a_base64_body_is_a_body(create_order: Runtime, sent: Tap) -> None:
    assert create_order.http(events.post(json.dumps(events.order()).encode())).status == 201
    assert len(sent.requests) == 1


def test_a_body_that_is_not_base64_although_it_should_be_is_malformed(create_order: Runtime) -> None:
    event = events.post(b"{}") | {"body": "§"}
    answer = create_order.http(event)
    assert (answer.status, answer.body["error"]) == (400, "The body cannot be decoded.")


@pytest.mark.parametrize("body", ["", "{", "not json", '{"a": 1,}', b"\xff\xfe", "[" * 5000, '"\\ud800"'])
def test_malformed_json_is_a_bad_request(create_order: Runtime, shop: Shop, body: str | bytes) -> None:
    answer = create_order.http(events.post(body))
    assert (answer.status, answer.body) == (400, {"error": "The body is not valid JSON.", "details": []})
    assert shop.items(shop.orders) == []


def test_no_body_is_a_bad_request(create_order: Runtime) -> None:
    event = events.post()
    del event["body"]
    assert create_order.http(event).status == 400


def _line(**changes: object) -> dict[str, object]:
    return {"items": [{"sku": "TEA-1", "quantity": 1, "unit_price": "1.00"} | changes]}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"customer_email": "nobody"}, "customer_email"),
        ({"customer_email": "a@b.c" + "d" * 250}, "customer_email"),
        ({"currency": "euro"}, "currency"),
        ({"items": []}, "items"),
        ({"items": [_line()["items"]] * 101}, "items"),
        ({"coupon": "FREE"}, "coupon"),
        ({"total": "0.01"}, "total"),
        (_line(quantity=0), "items.0.quantity"),
        (_line(quantity=True), "items.0.quantity"),
        (_line(quantity="1"), "items.0.quantity"),
        (_line(quantity=1.5), "items.0.quantity"),
        (_line(quantity=10**30), "items.0.quantity"),
        (_line(unit_price="-0.01"), "items.0.unit_price"),
        (_line(unit_price="0.001"), "items.0.unit_price"),
        (_line(unit_price="NaN"), "items.0.unit_price"),
        (_line(unit_price=float("inf")), "items.0.unit_price"),
        (_line(unit_price="1e999999"), "items.0.unit_price"),
        (_line(unit_price=None), "items.0.unit_price"),
        (_line(sku=""), "items.0.sku"),
        (_line(sku="a b"), "items.0.sku"),
        (_line(discount=1), "items.0.discount"),
    ],
)
def test_what_is_wrong_with_an_order_is_named(
    create_order: Runtime, shop: Shop, changes: dict[str, object], field: str
) -> None:
    answer = create_order.http(events.post(events.order(**changes)))

    assert (answer.status, answer.body["error"]) == (422, "The body is not a valid order.")
    assert field in _fields(answer.body)
    assert shop.items(shop.orders) == shop.items(shop.idempotency) == []


def test_all_missing_fields_are_named_at_once(create_order: Runtime) -> None:
    answer = create_order.http(events.post({}))
    assert answer.status == 422
    assert _fields(answer.body) == {"customer_email", "currency", "items"}


@pytest.mark.parametrize("body", ["null", "[]", "3", '"text"', "true"])
def test_json_that_is_no_object_is_no_order(create_order: Runtime, body: str) -> None:
    answer = create_order.http(events.post(body))
    assert (answer.status, _fields(answer.body)) == (422, {"body"})


def _fields(body: events.JsonObject) -> set[str]:
    details = body["details"]
    assert isinstance(details, list)
    return {detail["field"] for detail in details}


@pytest.mark.parametrize("encode", [str, str.encode])
def test_an_oversize_body_is_refused_before_it_is_parsed(create_order: Runtime, encode: type[str]) -> None:
    padded = json.dumps(events.order()).ljust(64 * 1024)
    assert create_order.http(events.post(encode(padded + " "))).status == 413
    assert create_order.http(events.post(encode("é" * 40_000))).status == 413
    assert create_order.http(events.post(encode("x" * 6_000_000))).status == 413


@pytest.mark.usefixtures("sent")
def test_the_largest_body_is_accepted(create_order: Runtime) -> None:
    padded = json.dumps(events.order()).ljust(64 * 1024)
    assert create_order.http(events.post(padded)).status == 201


def test_the_largest_order_is_accepted(create_order: Runtime, shop: Shop, sent: Tap) -> None:
    line = {"sku": "S" * 64, "quantity": 10_000, "unit_price": "9999999999.99"}
    answer = create_order.http(events.post(events.order(items=[line] * 100)))
    assert (answer.status, answer.body["total"]) == (201, str(Decimal("9999999999.99") * 10_000 * 100))
    assert len(shop.items(shop.orders)) == len(sent.requests) == 1


@pytest.mark.parametrize("key", [None, "", "short", "x" * 129, "spaces are bad", "ümlaut-key"])
def test_a_request_without_a_proper_key_is_refused(
    create_order: Runtime, shop: Shop, key: str | None
) -> None:
    answer = create_order.http(events.post(key=key))
    assert answer.status == 400
    assert "Idempotency-Key" in str(answer.body["error"])
    assert shop.items(shop.idempotency) == []


@pytest.mark.usefixtures("sent")
def test_orders_are_counted_and_their_values_summed_by_currency(create_order: Runtime) -> None:
    create_order.http(events.post())
    output = create_order.output()
    assert metrics(output) == {"ColdStart": 1, "OrdersCreated": 1, "OrderValue": 21.0}
    (value,) = [line for line in output if "OrderValue" in line]
    assert (value["currency"], value["service"]) == ("EUR", create_order.wiring.settings.service)

    create_order.http(events.post())
    assert metrics(create_order.output()) == {"DuplicateOrders": 1}

    create_order.http(events.post("{"))
    assert metrics(create_order.output()) == {"RequestsRefused": 1}


@pytest.mark.usefixtures("sent")
def test_every_log_line_carries_the_request_id_and_no_personal_data(create_order: Runtime) -> None:
    email = "grace.hopper@example.com"
    bodies: list[object] = [
        events.order(customer_email=email),
        events.order(customer_email=email, **{email: email}),
        events.order(customer_email=email + " "),
        events.order(currency=email),
        f'{{"customer_email": "{email}"',
    ]
    for number, body in enumerate(bodies):
        create_order.http(events.post(body, request_id=f"request-{number}"))
        output = create_order.output()
        assert [line["correlation_id"] for line in logs(output)] == [f"request-{number}"]
        assert email not in json.dumps(output)


@pytest.mark.usefixtures("sent")
def test_the_idempotency_table_holds_no_personal_data(create_order: Runtime, shop: Shop) -> None:
    create_order.http(events.post())
    (record,) = shop.items(shop.idempotency)
    assert record["status"] == {"S": "COMPLETED"}
    assert "example.com" not in json.dumps(record)


def test_what_nobody_expects_is_raised_for_lambda_to_count(create_order: Runtime, shop: Shop) -> None:
    shop.dynamodb.delete_table(TableName=shop.orders)
    with pytest.raises(create_order.wiring.dynamodb.exceptions.ResourceNotFoundException):
        create_order.http(events.post())
    assert shop.items(shop.idempotency) == []
    assert "ada@example.com" not in json.dumps(create_order.output())


def test_a_broken_idempotency_table_is_raised_too(create_order: Runtime, shop: Shop) -> None:
    shop.dynamodb.delete_table(TableName=shop.idempotency)
    with pytest.raises(Exception, match="Failed to save in progress record"):
        create_order.http(events.post())
    assert shop.items(shop.orders) == []


@pytest.mark.usefixtures("sent")
def test_an_item_that_is_no_order_is_raised_without_repeating_it(create_order: Runtime, shop: Shop) -> None:
    order_id = str(create_order.http(events.post()).body["order_id"])
    (item,) = shop.items(shop.orders)
    broken: dict[str, AttributeValueTypeDef] = item | {"customer_email": {"S": "ada@example.com is away"}}
    shop.dynamodb.put_item(TableName=shop.orders, Item=broken)
    with pytest.raises(ValidationError) as raised:
        create_order.http(events.get(order_id))
    assert "ada@example.com" not in str(raised.value)
