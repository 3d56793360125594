"""The deployed order service as its users and its operators see it: HTTP in front, queues and alarms behind."""

import json
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session
from tenacity import RetryError, Retrying, retry_if_result, stop_after_delay, wait_fixed

from local_cloud.server import LocalCloud

_NAME = re.compile(r".*?-(?:\w+-)??([A-Za-z]+)[0-9A-F]{8}-[0-9A-F]+")

__all__ = ["ARTICLE", "Answer", "DeployedOrderService", "an_order", "eventually"]

ARTICLE = "TEA-GREEN-100G"
"""What `an_order` is about."""

T = TypeVar("T")


def eventually(look: Callable[[], T | None], what: str, *, seconds: float = 60) -> T:
    """The first truthy result of `look`, asked again and again for at most `seconds`.

    Raises:
        TimeoutError: nothing came; the message says `what` was waited for.
    """
    attempts = Retrying(
        stop=stop_after_delay(seconds), wait=wait_fixed(0.2), retry=retry_if_result(lambda found: not found)
    )
    try:
        found = attempts(look)
    except RetryError:
        raise TimeoutError(f"waited {seconds:g} s in vain for {what}") from None
    assert found is not None  # noqa: S101 - what retry_if_result let through; tells the type checker
    return found


@dataclass(frozen=True)
class Answer:
    """What the API said."""

    status: int
    body: Any
    headers: Mapping[str, str]


def an_order(**changes: object) -> dict[str, object]:
    """A valid order, with `changes`."""
    item = {"sku": ARTICLE, "quantity": 2, "unit_price": "8.50"}
    return {"customer_email": "customer@example.com", "currency": "EUR", "items": [item], **changes}


class DeployedOrderService:
    """One deployed order service stack in a local cloud.

    `outputs` are the stack's outputs: names, addresses and ARNs of what it made.
    """

    def __init__(self, cloud: LocalCloud, outputs: Mapping[str, str], region: str = "us-east-1") -> None:
        self.cloud = cloud
        self.outputs = outputs
        self.region = region
        self._http = URLLib3Session()

    def request(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        """Send one signed request to the API."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        url = self.cloud.url(self.outputs["ApiUrl"] + path)
        request = AWSRequest(method, url, data=body, headers={"content-type": "application/json", **names})
        credentials = Credentials("test", "test")  # the local cloud takes any
        SigV4Auth(credentials, "execute-api", self.region).add_auth(request)
        answer = self._http.send(request.prepare())
        text = answer.text
        return Answer(answer.status_code, json.loads(text) if text else None, dict(answer.headers))

    def place(self, order: Mapping[str, object], key: str | None = None) -> Answer:
        """Place `order` under an idempotency key; a new one unless given."""
        body = json.dumps(order).encode()
        return self.request("POST", "/orders", body, idempotency_key=key or str(uuid.uuid4()))

    def fill_warehouse(self, articles: Mapping[str, int]) -> None:
        """Put so many of each article into the warehouse of this Region."""
        table = self.cloud.client("dynamodb", self.region)
        for sku, quantity in articles.items():
            item = {
                "sku": {"S": sku},
                "warehouse": {"S": self.region},
                "available": {"N": str(quantity)},
            }
            table.put_item(TableName=self.outputs["StockTable"], Item=item)

    def available(self, sku: str) -> int:
        """How many of an article are in the warehouse."""
        key = {"sku": {"S": sku}, "warehouse": {"S": self.region}}
        return int(self._item("StockTable", key)["available"]["N"])

    def status(self, order_id: str) -> str:
        """The state of an order."""
        return str(self._item("OrdersTable", {"order_id": {"S": order_id}})["status"]["S"])

    def payment(self, order_id: str) -> str:
        """What the payment provider says of an order."""
        return str(self._item("ChargesTable", {"idempotency_key": {"S": order_id}})["outcome"]["S"])

    def lose_message_of(self, order_id: str) -> str:
        """Leave an order like `order_id` as if its message had been lost as soon as it was written; the new id."""
        table = self.cloud.client("dynamodb", self.region)
        item = dict(self._item("OrdersTable", {"order_id": {"S": order_id}}))
        lost = str(uuid.uuid4())
        for name in ("payment", "payment_id", "stock", "stock_id", "told"):
            item.pop(name, None)
        state = {"order_id": lost, "status": "placed", "open_in": self.region}
        table.put_item(
            TableName=self.outputs["OrdersTable"],
            Item=item | {name: {"S": value} for name, value in state.items()},
        )
        return lost

    def check_orders(self, **hurry: float) -> dict[str, int]:
        """Look for orders that nobody has finished, as the clock does; what was done."""
        answer = self.cloud.client("lambda", self.region).invoke(
            FunctionName=self.outputs["CheckOrdersAlias"], Payload=json.dumps(hurry)
        )
        said: dict[str, int] = json.loads(answer["Payload"].read())
        return said

    def _item(self, output: str, key: Mapping[str, Any]) -> Mapping[str, Any]:
        client = self.cloud.client("dynamodb", self.region)
        item: Mapping[str, Any] = client.get_item(
            TableName=self.outputs[output], Key=key, ConsistentRead=True
        ).get("Item", {})
        return item

    @cached_property
    def inboxes(self) -> dict[str, str]:
        """Queue URLs of two subscribers: the one who is on call, and the customer."""
        return {
            name: self._subscribe(f"{name}-inbox", self.outputs[output])
            for name, output in (("on-call", "AlarmTopicArn"), ("customer", "ConfirmationsTopicArn"))
        }

    def _subscribe(self, name: str, topic_arn: str) -> str:
        sqs, sns = self.cloud.client("sqs", self.region), self.cloud.client("sns", self.region)
        url: str = sqs.create_queue(QueueName=name)["QueueUrl"]
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
        sns.subscribe(TopicArn=topic_arn, Protocol="sqs", Endpoint=attributes["QueueArn"])
        return url

    def take(self, queue_url: str) -> dict[str, Any] | None:
        """The next message of a queue, as JSON, removed from it; None when there is none."""
        sqs = self.cloud.client("sqs", self.region)
        for message in sqs.receive_message(QueueUrl=queue_url).get("Messages", []):
            sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
            body: dict[str, Any] = json.loads(message["Body"])
            return body
        return None

    def look_at_dead_letter(self) -> dict[str, Any] | None:
        """The first dead letter, left where it is; None when there is none."""
        sqs = self.cloud.client("sqs", self.region)
        url = self.outputs["DeadLetterQueueUrl"]
        for message in sqs.receive_message(QueueUrl=url, VisibilityTimeout=0).get("Messages", []):
            body: dict[str, Any] = json.loads(message["Body"])
            return body
        return None

    def break_confirmations(self) -> None:
        """Take away the topic that confirmations are published to."""
        self.cloud.client("sns", self.region).delete_topic(TopicArn=self.outputs["ConfirmationsTopicArn"])

    def mend_confirmations(self) -> None:
        """Bring the topic back under its name, with its subscriber."""
        arn = self.outputs["ConfirmationsTopicArn"]
        sns = self.cloud.client("sns", self.region)
        sns.create_topic(Name=arn.rpartition(":")[2])
        sqs = self.cloud.client("sqs", self.region)
        attributes = sqs.get_queue_attributes(QueueUrl=self.inboxes["customer"], AttributeNames=["QueueArn"])
        sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=attributes["Attributes"]["QueueArn"])

    def redrive(self) -> dict[str, int]:
        """Have the stack's own function give the dead letters of confirmations again; how many had which outcome."""
        url = self.outputs["DeadLetterQueueUrl"]
        attributes = self.cloud.client("sqs", self.region).get_queue_attributes(
            QueueUrl=url, AttributeNames=["QueueArn"]
        )
        route = {
            "queue_url": url,
            "queue_arn": attributes["Attributes"]["QueueArn"],
            "written_by": "asynchronous",
            "function": self.outputs["SendNotificationAlias"],
        }
        answer = self.cloud.client("lambda", self.region).invoke(
            FunctionName=self.outputs["RedriveAlias"], Payload=json.dumps(route)
        )
        outcomes: dict[str, int] = json.loads(answer["Payload"].read())["outcomes"]
        return outcomes

    def ringing(self) -> tuple[list[str], int]:
        """The metric alarms that ring, each by its place in the app, and how many there are."""
        pages = self.cloud.client("cloudwatch", self.region).get_paginator("describe_alarms").paginate()
        alarms = [alarm for page in pages for alarm in page["MetricAlarms"]]
        ringing = [alarm["AlarmName"] for alarm in alarms if alarm["StateValue"] == "ALARM"]
        # stack-name, place in the app and a hash of it, and what CloudFormation adds
        return sorted(_NAME.sub(r"\1", name) for name in ringing), len(alarms)

    def alarm_is(self, state: str, output: str) -> bool:
        """Whether the alarm whose name the stack put out as `output` is in `state`."""
        found = self.cloud.client("cloudwatch", self.region).describe_alarms(
            AlarmNames=[self.outputs[output]], AlarmTypes=["MetricAlarm", "CompositeAlarm"]
        )
        alarms = found["MetricAlarms"] + found["CompositeAlarms"]
        return bool(alarms[0]["StateValue"] == state)
