"""The tables of the order service, in one Region or replicated to another."""

from dataclasses import dataclass
from typing import Self, cast

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb

from constructs_lib.checks import acknowledge
from constructs_lib.failover import (
    Consistency,
    EventualConsistency,
    ReadTable,
    ReplicatedTable,
    Replication,
    StrongConsistency,
)
from stacks.config import Config

__all__ = ["OrderTables"]


@dataclass(frozen=True, kw_only=True)
class OrderTables:
    """The tables, or one Region's replicas of them.

    Attributes:
        orders: the orders.
        idempotency: what requests in progress are known by; replicated as well, for the one that is tried again in the
            other Region.
        replicates: how far the other Region's replicas may be behind; none without another Region.
        strong: whether a write is in both Regions before it is answered.
    """

    orders: dynamodb.ITableV2
    idempotency: dynamodb.ITableV2
    replicates: tuple[Replication, ...] = ()
    strong: bool = False

    @classmethod
    def make(cls, stack: cdk.Stack, config: Config) -> Self:
        """Make the tables in the primary's stack, with replicas in the other Regions."""
        others = [str(each.region) for each in config.environments[1:]]
        strong = config.witness_region is not None
        consistency: Consistency = (
            StrongConsistency(witness=config.witness_region) if strong else EventualConsistency()
        )
        keep = config.removal_policy
        orders = ReplicatedTable(
            stack,
            "Orders",
            partition_key=_text("order_id"),
            replicas=others,
            consistency=consistency,
            removal_policy=keep,
        )
        idempotency = ReplicatedTable(
            stack,
            "Idempotency",
            partition_key=_text("id"),
            replicas=others,
            consistency=consistency,
            # Global tables with strong consistency know no time to live: there, expired records stay.
            time_to_live_attribute=None if strong else "expiration",
            point_in_time_recovery=False,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        reason = "Records of requests in progress live for a day at most; restoring old ones would be wrong."
        acknowledge(idempotency, {"AwsSolutions::AwsSolutions-DDB3": reason})
        return cls(
            orders=orders,
            idempotency=idempotency,
            replicates=tuple(each.replication for each in (orders, idempotency) if each.replication),
            strong=strong,
        )

    def replica(self, region: str) -> "OrderTables":
        """The same tables for a stack in `region`."""
        return OrderTables(
            orders=cast("dynamodb.TableV2", self.orders).replica(region),
            idempotency=cast("dynamodb.TableV2", self.idempotency).replica(region),
            replicates=self.replicates,
            strong=self.strong,
        )

    @property
    def reads(self) -> list[ReadTable]:
        """What a Region has to be able to read to take orders."""
        return [
            ReadTable(table=table, key={name: {"S": "health"}}, consistent_read=self.strong)
            for table, name in ((self.orders, "order_id"), (self.idempotency, "id"))
        ]


def _text(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
