"""Topics deliver: to queues, functions and HTTP, with metrics, and a subscription's dead-letter queue for what fails.

A delivery fails when the queue or function is gone or the HTTP endpoint does not answer well; it is tried once. E-mail,
SMS and mobile push go nowhere, and are neither delivered nor failed.
https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html
https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html
"""

import contextvars
import json
import logging
import threading
from dataclasses import dataclass
from typing import Any

from local_cloud.hooks import internal, replace
from local_cloud.patches import deliveries, scope

_LOG = logging.getLogger("local_cloud.topic_deliveries")
_BAD_STATUS = 300


def install() -> None:
    replace("services.sns._fanout", lambda _: _fan_out)


def _fan_out(  # noqa: PLR0917 - MiniStack's signature
    topic_arn: str,
    msg_id: str,
    message: str,
    subject: str,
    message_structure: str = "",
    message_attributes: dict[str, Any] | None = None,
    message_group_id: str = "",
    message_dedup_id: str = "",
) -> None:
    topic = internal("services.sns._topic_by_arn_any_scope")(topic_arn)
    if topic is None:
        return
    *_, region, account, name = topic_arn.split(":")
    attributes = message_attributes or {}
    with scope.scoped(account, region):
        _count(name, "NumberOfMessagesPublished")
        for subscription in topic["subscriptions"]:
            if not subscription.get("confirmed"):
                continue
            protocol = subscription["protocol"]
            text = internal("services.sns._resolve_message_for_protocol")(
                message, message_structure, protocol
            )
            if not internal("services.sns._matches_filter_policy")(subscription, attributes, text):
                _count(name, "NumberOfNotificationsFilteredOut")
                continue
            raw = subscription["attributes"].get("RawMessageDelivery") == "true"
            build = internal("services.sns._build_envelope")
            envelope = build(topic_arn, msg_id, text, subject, attributes, raw)
            fifo = {"message_group_id": message_group_id, "message_dedup_id": message_dedup_id}
            _Delivery(subscription, topic_arn, msg_id, text, envelope, attributes, raw, fifo).start()


@dataclass(frozen=True)
class _Delivery:
    """One message on its way to one subscription."""

    subscription: dict[str, Any]
    topic: str
    identifier: str
    text: str
    envelope: str
    attributes: dict[str, Any]
    raw: bool
    fifo: dict[str, str]

    def start(self) -> None:
        """Deliver, in a thread of its own where that may take time."""
        protocol = self.subscription["protocol"]
        if protocol == "sqs":
            self.run()
        elif protocol in ("lambda", "http", "https"):
            context = contextvars.copy_context()
            threading.Thread(target=context.run, args=(self.run,), daemon=True).start()
        else:
            _LOG.info("nothing is sent to %s %s", protocol, self.subscription["endpoint"])

    def run(self) -> None:
        name = self.topic.rpartition(":")[2]
        try:
            self.deliver()
        except deliveries.DeliveryError as error:
            _LOG.warning("subscription %s: %s", self.subscription["arn"], error)
            _count(name, "NumberOfNotificationsFailed")
            self.redrive(name)
        else:
            _count(name, "NumberOfNotificationsDelivered")

    def deliver(self) -> None:
        endpoint, protocol = self.subscription["endpoint"], self.subscription["protocol"]
        if protocol == "sqs":
            if internal("services.sqs._queue_by_arn")(endpoint) is None:
                raise deliveries.DeliveryError(f"there is no queue {endpoint}")
            send = internal("services.sns._deliver_to_sqs")
            named: dict[str, Any] = {"message_attributes": self.attributes, "topic_arn": self.topic}
            send(endpoint, self.envelope, self.raw, self.text, **self.fifo, **named)
        elif protocol == "lambda":
            record = {
                "EventVersion": "1.0",
                "EventSubscriptionArn": self.subscription["arn"],
                "EventSource": "aws:sns",
            }
            event = {"Records": [{**record, "Sns": json.loads(self.envelope)}]}
            deliveries.invoke_function(endpoint, event)
        else:
            self.post(endpoint)

    def post(self, endpoint: str) -> None:
        body = self.text if self.raw else self.envelope
        try:
            status = internal("services.sns._http_post_sync")(endpoint, body, "Notification")
        except OSError as error:  # no connection, or an answer that is an error
            raise deliveries.DeliveryError(f"{endpoint}: {error}") from error
        if status >= _BAD_STATUS:
            raise deliveries.DeliveryError(f"{endpoint} answered {status}")

    def redrive(self, name: str) -> None:
        policy = self.subscription["attributes"].get("RedrivePolicy")
        queue = json.loads(policy).get("deadLetterTargetArn") if policy else None
        if not queue:
            return
        try:
            deliveries.send(queue, self.text if self.raw else self.envelope)
        except deliveries.DeliveryError as error:
            _LOG.warning("dead letter of %s: %s", self.subscription["arn"], error)
            _count(name, "NumberOfNotificationsFailedToRedriveToDlq")
        else:
            _count(name, "NumberOfNotificationsRedrivenToDlq")


def _count(topic: str, metric: str) -> None:
    record = internal("services.cloudwatch.record_metric")
    record("AWS/SNS", metric, 1, "Count", {"TopicName": topic})
