"""Handlers as Lambda runs them: from a zip with what they share, behind an alias."""

import io
import json
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest

from tests.lambda_src import events
from tests.lambda_src.conftest import Shop

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

SOURCES = Path(__file__).parents[2] / "lambda_src"
SHARED = ("handler_toolkit", "order_book")


@pytest.fixture
def functions(shop: Shop, endpoint: str) -> Iterator["LambdaClient"]:
    """Two functions, each with an alias `live`."""
    lambda_: LambdaClient = boto3.client("lambda")
    common = {
        "ORDERS_TABLE_NAME": shop.orders,
        "IDEMPOTENCY_TABLE_NAME": shop.idempotency,
        "AWS_ENDPOINT_URL": endpoint,
    }
    deploy(lambda_, "send_notification", CONFIRMATIONS_TOPIC_ARN=shop.topic, **common)
    deploy(lambda_, "create_order", ORDER_QUEUE_URL=shop.queue, **common)
    yield lambda_
    for name in ("send_notification", "create_order"):
        lambda_.delete_function(FunctionName=name)
    lambda_.close()


def deploy(lambda_: "LambdaClient", name: str, **environment: str) -> None:
    powertools = {"POWERTOOLS_SERVICE_NAME": name, "POWERTOOLS_METRICS_NAMESPACE": "Shop"}
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        for folder in (name, *SHARED):
            for file in sorted((SOURCES / folder).rglob("*.py")):
                archive.write(file, file.relative_to(SOURCES / folder))
    lambda_.create_function(
        FunctionName=name,
        Runtime="python3.14",
        Handler=f"{name}.handler.handler",
        Role="arn:aws:iam::000000000000:role/handler",
        Code={"ZipFile": package.getvalue()},
        Timeout=20,
        Environment={"Variables": powertools | environment},
        Publish=True,
    )
    lambda_.create_alias(FunctionName=name, Name="live", FunctionVersion="1")


def test_an_order_placed_twice_reaches_the_queue_once(functions: "LambdaClient", shop: Shop) -> None:
    answers = [
        functions.invoke(
            FunctionName="create_order",
            Qualifier="live",
            Payload=json.dumps(events.post(request_id=f"request-{number}")),
        )
        for number in range(2)
    ]
    replies = [json.loads(answer["Payload"].read()) for answer in answers]
    assert [reply["statusCode"] for reply in replies] == [201, 201], replies

    order_id = json.loads(replies[0]["body"])["order_id"]
    assert shop.messages(shop.queue) == [{"order_id": order_id, "correlation_id": "request-0"}]


def test_an_order_confirmed_twice_reaches_the_topic_once(functions: "LambdaClient", shop: Shop) -> None:
    order_id = shop.place(status="completed")
    for _ in range(2):
        functions.invoke(
            FunctionName="send_notification",
            Qualifier="live",
            Payload=json.dumps(events.step("NotifyCustomer", order_id)),
        )

    received: list[dict[str, object]] = []
    deadline = time.monotonic() + 20
    while not received and time.monotonic() < deadline:
        time.sleep(0.1)
        received = shop.received()
    assert received == [events.confirmation(order_id=order_id)]
    assert shop.received() == []
