"""The handler of the example charges once, leaves what fails in the queue, and stops asking a provider that is down."""

import importlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import ModuleType
from typing import Any
from uuid import uuid4

import pytest

from local_cloud import LocalCloud
from tests.handler_toolkit.contexts import FakeContext, lambda_context

IBAN = "DE89370400440532013000"


class Provider(ThreadingHTTPServer):
    """Charges what it is asked to, unless it is down."""

    daemon_threads = True

    def __init__(self) -> None:
        self.down = False
        self.asked: list[str] = []
        super().__init__(("127.0.0.1", 0), _Charging)


class _Charging(BaseHTTPRequestHandler):
    server: Provider

    def do_POST(self) -> None:
        order = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(self.headers["Idempotency-Key"])
        status = "refused" if order["amount"] > 1000 else "charged"
        body = json.dumps({"id": f"charge-{order['order_id']}", "status": status}).encode()
        self.send_response(503 if self.server.down else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider() as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


@pytest.fixture
def payments(cloud: LocalCloud, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The handler's module, as a cold start loads it."""
    table = f"state-{uuid4().hex}"
    dynamodb = cloud.client("dynamodb")
    dynamodb.create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    environment = {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": cloud.endpoint,
        "STATE_TABLE_NAME": table,
        "PROVIDER_URL": f"http://127.0.0.1:{provider.server_port}/charges",
        "POWERTOOLS_SERVICE_NAME": f"payments-{uuid4().hex}",
        "POWERTOOLS_METRICS_NAMESPACE": "Shop",
        "POWERTOOLS_TRACE_DISABLED": "true",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    yield importlib.reload(importlib.import_module("examples.handlers.payments.payments"))
    dynamodb.delete_table(TableName=table)


def event(*orders: dict[str, Any]) -> dict[str, Any]:
    return {
        "Records": [
            {
                "messageId": order["order_id"],
                "body": json.dumps(order),
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:payments",
                "attributes": {},
            }
            for order in orders
        ]
    }


def order(name: str, amount: int = 5) -> dict[str, Any]:
    return {"order_id": name, "amount": amount, "day": "2026-11-22", "iban": IBAN}


def failed(payments: ModuleType, *orders: dict[str, Any]) -> list[str]:
    answer = payments.handler(event(*orders), lambda_context(FakeContext()))
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def test_an_order_is_charged_once_however_often_its_message_comes(
    payments: ModuleType, provider: Provider, capsys: pytest.CaptureFixture[str]
) -> None:
    assert failed(payments, order("a"), order("b")) == []
    assert failed(payments, order("a")) == []
    assert provider.asked == ["a", "b"]
    assert IBAN not in capsys.readouterr().out


def test_a_card_that_is_refused_is_not_asked_for_again(payments: ModuleType, provider: Provider) -> None:
    assert failed(payments, order("poor", amount=2000), order("rich")) == ["poor"]
    assert provider.asked == ["poor", "rich"]


def test_a_provider_that_is_down_is_left_alone_and_nothing_is_lost(
    payments: ModuleType, provider: Provider
) -> None:
    provider.down = True
    names = [f"order-{number}" for number in range(5)]
    assert failed(payments, *map(order, names)) == names
    assert len(provider.asked) == 5  # where without a breaker it would be 15
    provider.down = False
    assert failed(payments, order("order-0")) == ["order-0"]
    assert len(provider.asked) == 5
