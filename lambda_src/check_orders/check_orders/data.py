"""Open orders in DynamoDB, their workflows in Step Functions, and the queues where they go on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from order_book.book import OPEN_INDEX, OrderBook
from order_book.errors import OrderStateError
from order_book.states import Status

from check_orders.models import Found, Workflow

if TYPE_CHECKING:  # the stubs are not in the bundle
    from collections.abc import Iterator, Mapping

    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_stepfunctions import SFNClient

__all__ = ["OpenOrders", "OrderQueue", "OrderWorkflows", "ParkingQueue"]

_RUNNING: Final = frozenset({"RUNNING", "PENDING_REDRIVE"})


@dataclass(frozen=True)
class OpenOrders(OrderBook):
    """The orders' table, and its index of those that are open."""

    def open_since(self, region: str, before: str) -> Iterator[Found]:
        """The open orders of `region` that were placed before then, the oldest first."""
        pages = self.client.get_paginator("query").paginate(
            TableName=self.table,
            IndexName=OPEN_INDEX,
            KeyConditionExpression="open_in = :region AND open_since < :before",
            ExpressionAttributeValues={":region": {"S": region}, ":before": {"S": before}},
        )
        for page in pages:
            for item in page["Items"]:
                yield Found(order_id=item["order_id"]["S"], since=item["open_since"]["S"])

    def count_sending(self, order_id: str, sent_again: int) -> None:
        """Note that the order is sent again, `sent_again` times before."""
        self._update(
            order_id,
            "SET sent_again = :now",
            "sent_again = :before AND #region = :here",
            {":now": {"N": str(sent_again + 1)}, ":before": {"N": str(sent_again)}, ":here": self._here},
            names={"#region": "region"},
        )

    def take_over(self, order_id: str, region: str) -> None:
        """Make an open order of `region` this Region's."""
        self._update(
            order_id,
            "SET #region = :here, open_in = :here, sent_again = :zero",
            "#region = :region AND open_in = :region",
            {":here": self._here, ":region": {"S": region}, ":zero": {"N": "0"}},
            names={"#region": "region"},
        )

    def close(self, order_id: str) -> None:
        """Take a parked order out of the index."""
        self._update(
            order_id,
            "REMOVE open_in",
            "#status = :parked",
            {":parked": {"S": Status.PARKED}},
            names={"#status": "status"},
        )

    @property
    def _here(self) -> dict[str, str]:
        return {"S": self.region}

    def _update(
        self,
        order_id: str,
        change: str,
        condition: str,
        values: Mapping[str, Any],
        names: Mapping[str, str],
    ) -> None:
        try:
            self.client.update_item(
                TableName=self.table,
                Key={"order_id": {"S": order_id}},
                UpdateExpression=change,
                ConditionExpression=condition,
                ExpressionAttributeValues=values,
                ExpressionAttributeNames=names,
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            raise OrderStateError(order_id) from None


class OrderWorkflows:
    """The executions of one standard state machine, each named after its order."""

    def __init__(self, client: SFNClient, state_machine: str) -> None:
        """Look at executions of `state_machine`, an ARN."""
        self._client = client
        self._executions = state_machine.replace(":stateMachine:", ":execution:", 1)

    def state(self, order_id: str) -> tuple[Workflow, str]:
        """Where the order's execution is, and in Step Functions' words."""
        try:
            found = self._client.describe_execution(executionArn=f"{self._executions}:{order_id}")
        except self._client.exceptions.ExecutionDoesNotExist:
            return Workflow.NONE, ""
        status = found["status"]
        return (Workflow.RUNNING if status in _RUNNING else Workflow.ENDED), status


class OrderQueue:
    """The queue of orders that are to be fulfilled."""

    def __init__(self, client: SQSClient, url: str) -> None:
        """Send to the queue at `url`."""
        self._client = client
        self._url = url

    def send(self, order_id: str, correlation_id: str) -> None:
        """Send the same message as the one that the order began with."""
        body = json.dumps({"order_id": order_id, "correlation_id": correlation_id})
        self._client.send_message(QueueUrl=self._url, MessageBody=body)


class ParkingQueue:
    """The queue of orders that need a person."""

    def __init__(self, client: SQSClient, url: str) -> None:
        """Send to the queue at `url`."""
        self._client = client
        self._url = url

    def tell(self, item: Mapping[str, Any], reason: str) -> None:
        """Say which order it is and how far it came; nothing personal."""
        known = (
            "order_id",
            "status",
            "region",
            "open_since",
            "correlation_id",
            "payment",
            "payment_id",
            "stock",
        )
        body = {name: item[name] for name in known if name in item} | {"reason": reason}
        self._client.send_message(QueueUrl=self._url, MessageBody=json.dumps(body))
