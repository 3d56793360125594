"""Whatever is sent to POST /orders, the answer is JSON and blames whom it should."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.lambda_src import events
from tests.lambda_src.runtimes import Runtime
from tests.lambda_src.wire import Tap

# One handler for all examples is the point: an environment serves many requests.
many = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
prices = st.one_of(
    st.decimals(allow_nan=True, allow_infinity=True).map(str),
    st.decimals("0", "9999999999.99", places=2).map(str),
    st.floats(),
    json_values,
)
lines = st.fixed_dictionaries(
    {"sku": st.from_regex(r"[A-Za-z0-9._-]{1,64}", fullmatch=True) | json_values}
    | {"quantity": st.integers() | st.integers(1, 10_000) | json_values, "unit_price": prices}
)
orders_of_sorts = st.fixed_dictionaries(
    {"customer_email": st.emails() | json_values, "currency": st.sampled_from(["EUR", "USD"]) | json_values}
    | {"items": st.lists(lines, max_size=3) | json_values},
    optional={"surprise": json_values},
)


@many
@given(body=st.text() | st.binary() | json_values.map(json.dumps) | orders_of_sorts.map(json.dumps))
def test_any_body_is_answered(create_order: Runtime, sent: Tap, body: str | bytes) -> None:
    check(create_order, sent, body)


@many
@given(order=orders_of_sorts)
def test_anything_like_an_order_is_answered(create_order: Runtime, sent: Tap, order: object) -> None:
    check(create_order, sent, json.dumps(order, ensure_ascii=False).encode(errors="surrogatepass"))


@many
@given(
    order=st.builds(
        events.order,
        items=st.lists(
            st.fixed_dictionaries(
                {
                    "sku": st.from_regex(r"[A-Za-z0-9._-]{1,64}", fullmatch=True),
                    "quantity": st.integers(1, 10_000),
                    "unit_price": st.decimals("0", "9999999999.99", places=2).map(str),
                }
            ),
            min_size=1,
            max_size=5,
        ),
    )
)
def test_any_valid_order_is_read_back_as_it_was_sent(
    create_order: Runtime, sent: Tap, order: events.JsonObject
) -> None:
    key = f"key-{len(sent.requests):08}"
    placed = create_order.http(events.post(order, key=key))
    assert placed.status == 201
    kept = create_order.http(events.get(str(placed.body["order_id"]))).body
    assert {name: kept[name] for name in order} == order
    assert create_order.http(events.post(order, key=key)).body == placed.body


@pytest.mark.usefixtures("sent")
@many
@given(key=st.text(), path=st.text())
def test_any_key_and_any_path_are_answered(create_order: Runtime, key: str, path: str) -> None:
    assert create_order.http(events.post(key=key)).status in {201, 400}
    assert create_order.http(events.get(path)).status == 404


def check(create_order: Runtime, sent: Tap, body: str | bytes) -> None:
    before = len(sent.requests)
    answer = create_order.http(events.post(body, key=f"key-{before:08}"))
    assert answer.status in {201, 400, 413, 422}
    assert len(sent.requests) - before == (answer.status == 201)
    if answer.status != 201:
        assert answer.body.keys() == {"error", "details"}
