"""A local AWS with the tables, queues and topic of the order service, and its handlers started on it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3
import pytest
from order_book.book import opened, pack, unpack

from local_cloud import LocalCloud
from tests.lambda_src.runtimes import Runtime, load
from tests.lambda_src.wire import Tap, tap

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient


@pytest.fixture
def endpoint(cloud: LocalCloud) -> str:
    """The address of the local cloud."""
    return cloud.endpoint


REGION = "us-east-1"
KEYS = {
    "orders": ("order_id",),
    "charges": ("idempotency_key",),
    "stock": ("sku", "warehouse"),
    "reservations": ("order_id",),
    "idempotency": ("id",),
    "breakers": ("id",),
}


def _schema(*names: str) -> list[Any]:
    return [
        {"AttributeName": name, "KeyType": kind} for name, kind in zip(names, ("HASH", "RANGE"), strict=False)
    ]


OPEN = {
    "IndexName": "open",
    "KeySchema": _schema("open_in", "open_since"),
    "Projection": {"ProjectionType": "KEYS_ONLY"},
}


@dataclass(frozen=True)
class Shop:
    """What the stack makes for the handlers."""

    dynamodb: "DynamoDBClient"
    sns: "SNSClient"
    sqs: "SQSClient"
    orders: str
    charges: str
    stock: str
    reservations: str
    idempotency: str
    breakers: str
    topic: str
    inbox: str
    queue: str
    parking: str

    def items(self, table: str) -> list[dict[str, "AttributeValueTypeDef"]]:
        """All items of `table`, as DynamoDB writes them."""
        return self.dynamodb.scan(TableName=table)["Items"]

    def open_topic(self) -> None:
        """Make the topic, with the inbox listening to it."""
        self.sns.create_topic(Name=self.topic.split(":")[-1])
        attributes = self.sqs.get_queue_attributes(QueueUrl=self.inbox, AttributeNames=["QueueArn"])
        queue = attributes["Attributes"]["QueueArn"]
        raw = {"RawMessageDelivery": "true"}
        self.sns.subscribe(TopicArn=self.topic, Protocol="sqs", Endpoint=queue, Attributes=raw)

    def received(self) -> list[dict[str, object]]:
        """What came through the topic since the last call."""
        return self.messages(self.inbox)

    def messages(self, queue: str) -> list[dict[str, object]]:
        """What came into `queue` since the last call."""
        messages = self.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(message["Body"]) for message in messages]

    def place(self, **changes: object) -> str:
        """An order in the table as create_order leaves it, with `changes`; its id."""
        order_id = str(uuid4())
        lines = [
            {"sku": "TEA-1", "quantity": 2, "unit_price": Decimal("4.50")},
            {"sku": "CUP-7", "quantity": 1, "unit_price": Decimal("12.00")},
        ]
        since = "2026-03-12T19:03:58+00:00"
        item = {
            "order_id": order_id,
            "created_at": since,
            "customer_email": "ada@example.com",
            "currency": "EUR",
            "items": lines,
            **opened(region=REGION, since=since, correlation_id="request-1"),
            **changes,
        }
        self.dynamodb.put_item(TableName=self.orders, Item=pack(item))
        return order_id

    def order(self, order_id: str) -> dict[str, Any]:
        """The order's item."""
        answer = self.dynamodb.get_item(TableName=self.orders, Key={"order_id": {"S": order_id}})
        return unpack(answer["Item"])

    def fill(self, **available: int) -> None:
        """Put so many of each article into the warehouse; an underscore in a name stands for a dash."""
        for sku, quantity in available.items():
            item = {"sku": sku.replace("_", "-"), "warehouse": REGION, "available": quantity}
            self.dynamodb.put_item(TableName=self.stock, Item=pack(item))

    def available(self) -> dict[str, int]:
        """What is in the warehouse."""
        return {item["sku"]["S"]: int(item["available"]["N"]) for item in self.items(self.stock)}


@pytest.fixture
def shop(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """Fresh tables, a fresh topic, and a queue that listens to it."""
    for name, value in {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    dynamodb, sns, sqs = boto3.client("dynamodb"), boto3.client("sns"), boto3.client("sqs")
    tail = uuid4().hex[:8]
    for name, keys in KEYS.items():
        index: dict[str, Any] = {"GlobalSecondaryIndexes": [OPEN]} if name == "orders" else {}
        attributes = [*keys, *(["open_in", "open_since"] if index else [])]
        dynamodb.create_table(
            TableName=f"{name}-{tail}",
            KeySchema=_schema(*keys),
            AttributeDefinitions=[{"AttributeName": each, "AttributeType": "S"} for each in attributes],
            BillingMode="PAY_PER_REQUEST",
            **index,
        )
    shop = Shop(
        dynamodb=dynamodb,
        sns=sns,
        sqs=sqs,
        **{name: f"{name}-{tail}" for name in KEYS},
        topic=f"arn:aws:sns:us-east-1:000000000000:confirmations-{tail}",
        **{
            name: sqs.create_queue(QueueName=f"{name}-{tail}")["QueueUrl"]
            for name in ("inbox", "queue", "parking")
        },
    )
    shop.open_topic()
    yield shop
    for client in (dynamodb, sns, sqs):
        client.close()


@pytest.fixture
def start_create_order(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Runtime]]:
    """Starts one more execution environment of create_order."""
    started: list[Runtime] = []

    def start() -> Runtime:
        names = {
            "ORDERS_TABLE_NAME": shop.orders,
            "IDEMPOTENCY_TABLE_NAME": shop.idempotency,
            "ORDER_QUEUE_URL": shop.queue,
        }
        started.append(load("create_order", names, monkeypatch))
        return started[-1]

    yield start
    for runtime in started:
        runtime.wiring.dynamodb.close()
        runtime.wiring.sqs.close()


@pytest.fixture
def create_order(start_create_order: Callable[[], Runtime]) -> Runtime:
    """The handler create_order."""
    return start_create_order()


@pytest.fixture
def sent(create_order: Runtime) -> Tap:
    """What create_order sends to the queue of orders."""
    return tap(create_order.wiring.sqs, "SendMessage")


@pytest.fixture
def start(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Runtime]]:
    """Starts an execution environment of a handler, by its name and what of its environment is its own."""
    started: list[Runtime] = []

    def start(name: str, **environment: str) -> Runtime:
        tables = {f"{each.upper()}_TABLE_NAME": getattr(shop, each) for each in KEYS}
        names = {**tables, "BREAKER_TABLE_NAME": shop.breakers, **environment}
        started.append(load(name, names, monkeypatch))
        return started[-1]

    yield start
    for runtime in started:
        for client in ("dynamodb", "lambda_", "sns", "sqs", "stepfunctions"):
            if hasattr(runtime.wiring, client):
                getattr(runtime.wiring, client).close()


@pytest.fixture
def send_notification(shop: Shop, start: Callable[..., Runtime]) -> Runtime:
    """The handler send_notification."""
    return start("send_notification", CONFIRMATIONS_TOPIC_ARN=shop.topic)


@pytest.fixture
def no_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    """boto3 retries at once."""
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
