"""A local AWS with the tables and the topic of the order service, and the two handlers started on it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

import boto3
import pytest

from local_cloud import LocalCloud
from tests.lambda_src.runtimes import Runtime, load
from tests.lambda_src.wire import Tap, accepted, tap

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient


@pytest.fixture
def endpoint(cloud: LocalCloud) -> str:
    """The address of the local cloud."""
    return cloud.endpoint


@dataclass(frozen=True)
class Shop:
    """What the stack makes for the handlers."""

    dynamodb: "DynamoDBClient"
    sns: "SNSClient"
    sqs: "SQSClient"
    orders: str
    idempotency: str
    topic: str
    inbox: str

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
        messages = self.sqs.receive_message(QueueUrl=self.inbox, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(message["Body"]) for message in messages]


@pytest.fixture
def shop(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """Fresh tables, a fresh topic, and a queue that listens to it."""
    for name, value in {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    dynamodb, sns, sqs = boto3.client("dynamodb"), boto3.client("sns"), boto3.client("sqs")
    tail = uuid4().hex[:8]
    for table, key in ((f"orders-{tail}", "order_id"), (f"idempotency-{tail}", "id")):
        dynamodb.create_table(
            TableName=table,
            KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
    topic = f"arn:aws:sns:us-east-1:000000000000:confirmations-{tail}"
    inbox = sqs.create_queue(QueueName=f"inbox-{tail}")["QueueUrl"]
    shop = Shop(dynamodb, sns, sqs, f"orders-{tail}", f"idempotency-{tail}", topic, inbox)
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
            "SEND_CONFIRMATION_ARN": "arn:aws:lambda:us-east-1:000000000000:function:send_confirmation:live",
        }
        started.append(load("create_order", names, monkeypatch))
        return started[-1]

    yield start
    for runtime in started:
        runtime.wiring.dynamodb.close()
        runtime.wiring.lambda_.close()


@pytest.fixture
def create_order(start_create_order: Callable[[], Runtime]) -> Runtime:
    """The handler create_order."""
    return start_create_order()


@pytest.fixture
def invocations(create_order: Runtime) -> Tap:
    """What create_order asks of send_confirmation, accepted in its place."""
    return tap(create_order.wiring.lambda_, "Invoke", accepted)


@pytest.fixture
def send_confirmation(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runtime]:
    """The handler send_confirmation."""
    names = {"CONFIRMATIONS_TOPIC_ARN": shop.topic, "IDEMPOTENCY_TABLE_NAME": shop.idempotency}
    runtime = load("send_confirmation", names, monkeypatch)
    yield runtime
    runtime.wiring.dynamodb.close()
    runtime.wiring.sns.close()


@pytest.fixture
def no_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    """boto3 retries at once."""
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
