"""What is there in the end: tables, the provider's charges, stock, files, queues, alarms, and the faults that came."""

import gzip
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import TypeDeserializer
from botocore.exceptions import ClientError

from local_cloud.chaos.faults import Fault
from local_cloud.chaos.plan import Plan
from local_cloud.chaos.site import Site
from local_cloud.chaos.traffic import Placed, Uploaded

__all__ = ["Charge", "Facts", "Letters", "Output", "read_facts"]

_BATCH = 10
_HIDDEN = 60

Item = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Charge:
    """What the provider has under one key."""

    outcome: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Letters:
    """What a queue of failed messages has, and whether somebody was told.

    Attributes:
        bodies: its messages, in the end.
        hidden: how many more it has, that somebody has received and not deleted.
        most: how many it has had at once.
        alarms: the alarms on its depth.
        rang: whether one of them rang.
        redriven: whether the redrive empties it; the others are for people.
        given_up: whether the redrive puts into it what it has given up.
    """

    bodies: Sequence[str] = ()
    hidden: int = 0
    most: int = 0
    alarms: Sequence[str] = ()
    rang: bool = False
    redriven: bool = False
    given_up: bool = False


@dataclass(frozen=True, kw_only=True)
class Output:
    """What was written of one file, as it can be read back."""

    rows: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Everything that claims are made about.

    Attributes:
        placed: what clients were told of each order.
        orders: the items of orders, by id.
        charges: what the provider has, by key.
        initial: the stock in the beginning, by article.
        stock: the stock in the end.
        reservations: what orders have reserved, by id.
        told: how often customers were told, by order.
        uploaded: the uploads.
        manifest: the records of files, by version; of each version all that there are.
        totals: revenue and number of files, by currency.
        outputs: what was written of each file, by the record's id.
        quarantined: the ids of the files in quarantine.
        queues: the queues of failed messages, by name.
        waiting: how many messages the queues have that functions read, by name.
        running: the workflows that still run.
        given_again: how often the redrive's audit says that a function took a dead letter, by the letter's id.
        faults: what went wrong.
        markers: of the poison.
        slow: what had not come to rest in time.
    """

    placed: Sequence[Placed] = ()
    orders: Mapping[str, Item] = field(default_factory=dict)
    charges: Mapping[str, Charge] = field(default_factory=dict)
    initial: Mapping[str, int] = field(default_factory=dict)
    stock: Mapping[str, int] = field(default_factory=dict)
    reservations: Mapping[str, Item] = field(default_factory=dict)
    told: Mapping[str, int] = field(default_factory=dict)
    uploaded: Sequence[Uploaded] = ()
    manifest: Mapping[str, Sequence[Item]] = field(default_factory=dict)
    totals: Mapping[str, tuple[Decimal, int]] = field(default_factory=dict)
    outputs: Mapping[str, Output] = field(default_factory=dict)
    quarantined: frozenset[str] = frozenset()
    queues: Mapping[str, Letters] = field(default_factory=dict)
    waiting: Mapping[str, int] = field(default_factory=dict)
    running: Sequence[str] = ()
    given_again: Mapping[str, int] = field(default_factory=dict)
    faults: Sequence[Fault] = ()
    markers: Sequence[str] = ()
    slow: Sequence[str] = ()

    @property
    def accepted(self) -> Mapping[str, Placed]:
        """By id: the orders that clients were told of."""
        return {order_id: each for each in self.placed for order_id in each.order_ids}

    def end_of(self, order_id: str) -> str:
        """The order's status; ``parked`` where a queue for people names it, whatever else is said of it."""
        return "parked" if self.parked(order_id) else str(self.orders.get(order_id, {}).get("status", "lost"))

    def parked(self, order_id: str) -> Sequence[str]:
        """The queues for people that name an order which somebody has to look after."""
        return [
            name
            for name, queue in self.queues.items()
            if not (queue.redriven or queue.given_up) and any(order_id in body for body in queue.bodies)
        ]


def read_facts(
    site: Site,
    plan: Plan,
    *,
    placed: Sequence[Placed],
    uploaded: Sequence[Uploaded],
    initial: Mapping[str, int],
    faults: Sequence[Fault],
    most: Mapping[str, int],
    rang: frozenset[str],
    slow: Sequence[str],
) -> Facts:
    """Read it all; what is read of queues is hidden for a while and stays there."""
    outputs = site.outputs
    manifest = [_plain(item) for item in site.items(outputs["ManifestTable"])]
    versions: dict[str, list[Item]] = {}
    for record in manifest:
        if "version_id" in record:
            versions.setdefault(record["version_id"], []).append(record)
    redriven = {event["queue_arn"].rpartition(":")[2] for _, event in site.routes}
    return Facts(
        placed=placed,
        orders=_by(site, "OrdersTable", "order_id"),
        charges={
            key: Charge(outcome=item["outcome"], amount=Decimal((item["amount"] or "0").split()[0]))
            for key, item in _by(site, "ChargesTable", "idempotency_key").items()
        },
        initial=initial,
        stock={sku: int(item["available"]) for sku, item in _by(site, "StockTable", "sku").items()},
        reservations=_by(site, "ReservationsTable", "order_id"),
        told=Counter(_confirmed(site)),
        uploaded=uploaded,
        manifest=versions,
        totals={
            record["file_id"].partition("#")[2]: (Decimal(record["revenue"]), int(record["files"]))
            for record in manifest
            if record["file_id"].startswith("total#")
        },
        outputs=dict(_outputs(site, manifest)),
        quarantined=frozenset(_quarantined(site)),
        queues={
            name: replace(
                _letters(site, url),
                most=most[name],
                alarms=site.alarms[name],
                rang=bool(rang & set(site.alarms[name])),
                redriven=name in redriven,
                given_up=name in site.given_up,
            )
            for name, url in site.queues.items()
        },
        waiting={url.rpartition("/")[2]: site.depth(url) for url in site.sources},
        running=site.running(),
        given_again=Counter(_given_again(site)),
        faults=faults,
        markers=[poison.marker for _, poison in plan.poison],
        slow=slow,
    )


def _plain(item: Item) -> Item:
    found: Item = TypeDeserializer().deserialize({"M": item})
    return found


def _by(site: Site, output: str, name: str) -> Mapping[str, Item]:
    return {item[name]: item for item in map(_plain, site.items(site.outputs[output]))}


def _letters(site: Site, url: str) -> Letters:
    hidden = site.depth(url)
    bodies = list(_messages(site, url))
    return Letters(bodies=bodies, hidden=hidden - len(bodies))


def _messages(site: Site, url: str) -> Iterator[str]:
    sqs = site.cloud.client("sqs")
    while found := sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=_BATCH, VisibilityTimeout=_HIDDEN
    ).get("Messages"):
        for message in found:
            yield message["Body"]


def _confirmed(site: Site) -> Iterator[str]:
    for body in _messages(site, site.service.inboxes["customer"]):
        yield json.loads(json.loads(body)["Message"])["order_id"]


def _given_again(site: Site) -> Iterator[str]:
    """What SQS moves by itself names no function, and may come back under the same id."""
    for table in site.ledgers:
        for item in map(_plain, site.items(table)):
            if item.get("outcome") == "redriven" and item.get("function"):
                yield item["letter"]


def _outputs(site: Site, manifest: Sequence[Item]) -> Iterator[tuple[str, Output]]:
    s3 = site.cloud.client("s3")
    for record in manifest:
        if record.get("status") != "processed":
            continue
        try:
            answer = s3.get_object(Bucket=site.outputs["OutputBucket"], Key=record["output"])
        except ClientError:
            continue  # which the claim about outputs tells
        text = gzip.decompress(answer["Body"].read())
        yield (
            record["file_id"],
            Output(rows=text.count(b"\n") - 1, sha256=hashlib.sha256(text).hexdigest()),
        )


def _quarantined(site: Site) -> Iterator[str]:
    """The ids of files whose copy and reason are both there."""
    pages = site.cloud.client("s3").get_paginator("list_objects_v2")
    seen: dict[str, set[str]] = {}
    for page in pages.paginate(Bucket=site.outputs["QuarantineBucket"]):
        for each in page.get("Contents", ()):
            file_id, _, name = each["Key"].partition("/")
            seen.setdefault(file_id, set()).add(name)
    for file_id, names in seen.items():
        if len(names) > 1 and "reason.json" in names:
            yield file_id
