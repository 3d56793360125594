"""Who is told what: queues that listen to the topics of alarms and of confirmations, emptied as the drill goes on."""

import json
import logging
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from botocore.exceptions import BotoCoreError, ClientError

from local_cloud.drill.client import key_of
from local_cloud.drill.site import Site

__all__ = ["Confirmation", "Notice", "Watch"]

_LOG = logging.getLogger(__name__)

_LOOK_SECONDS = 0.5
_BATCH = 10


@dataclass(frozen=True, kw_only=True)
class Notice:
    """An alarm that told people of its state.

    Attributes:
        at: when it arrived, in seconds since 1970.
        region: whose topic it came by.
        alarm: the name of the alarm.
        state: the new state.
    """

    at: float
    region: str
    alarm: str
    state: str


@dataclass(frozen=True, kw_only=True)
class Confirmation:
    """A customer was told.

    Attributes:
        at: when, in seconds since 1970.
        region: whose topic it came by.
        order_id: of the order.
        key: the order's idempotency key.
    """

    at: float
    region: str
    order_id: str
    key: str


class Watch:
    """Listens from when it is entered until it is left."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._stopping = threading.Event()
        self._notices: list[Notice] = []
        self._confirmations: list[Confirmation] = []
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
        self._alarms = {
            region: self._listen(region, arn, "on-call") for region, arn in site.alarm_topics.items()
        }
        self._customers = {
            region: self._listen(region, outputs["ConfirmationsTopicArn"], "customers")
            for region, outputs in site.outputs.items()
        }

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()

    @property
    def notices(self) -> Sequence[Notice]:
        """What alarms said so far."""
        return tuple(self._notices)

    @property
    def confirmations(self) -> Sequence[Confirmation]:
        """What customers were told so far."""
        return tuple(self._confirmations)

    def ringing(self) -> Mapping[str, Sequence[str]]:
        """Region to the alarms that ring and tell people."""
        return {region: tuple(self._ringing(region)) for region in self._alarms}

    def _ringing(self, region: str) -> Iterator[str]:
        client = self._site.cloud.client("cloudwatch", region)
        kinds = ["MetricAlarm", "CompositeAlarm"]
        for page in client.get_paginator("describe_alarms").paginate(AlarmTypes=kinds, StateValue="ALARM"):
            for alarm in page["MetricAlarms"] + page["CompositeAlarms"]:
                if alarm.get("AlarmActions"):
                    yield alarm["AlarmName"]

    def _listen(self, region: str, topic: str, name: str) -> str:
        sqs, sns = (self._site.cloud.client(service, region) for service in ("sqs", "sns"))
        url: str = sqs.create_queue(QueueName=f"drill-{name}")["QueueUrl"]
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=attributes["QueueArn"])
        return url

    def _run(self) -> None:
        while not self._stopping.wait(_LOOK_SECONDS):
            try:
                self._look()
            except (
                BotoCoreError,
                ClientError,
            ) as error:  # a busy machine; what is not taken now is taken later
                _LOG.warning("Nobody looked into the inboxes: %s", error)

    def _look(self) -> None:
        for region, url in self._alarms.items():
            for said in self._take(region, url):
                notice = Notice(
                    at=time.time(), region=region, alarm=said["AlarmName"], state=said["NewStateValue"]
                )
                self._notices.append(notice)
        for region, url in self._customers.items():
            for said in self._take(region, url):
                if key := key_of(said["customer_email"]):
                    self._confirmations.append(
                        Confirmation(at=time.time(), region=region, order_id=said["order_id"], key=key)
                    )

    def _take(self, region: str, url: str) -> Iterator[Mapping[str, Any]]:
        sqs = self._site.cloud.client("sqs", region)
        while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=_BATCH).get("Messages"):
            for message in found:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                yield json.loads(json.loads(message["Body"])["Message"])
            if len(found) < _BATCH:
                return
