"""The tables of the order service, in one Region or replicated to another."""

from dataclasses import dataclass, replace
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

__all__ = ["OPEN_INDEX", "OrderTables"]

OPEN_INDEX = "open"
"""The sparse index of the orders that are not finished: by Region, the oldest first."""


@dataclass(frozen=True, kw_only=True)
class OrderTables:
    """The tables, or one Region's replicas of them.

    Attributes:
        orders: the orders.
        charges: what the stand-in of the payment provider has charged and refunded.
        stock: what is in each Region's warehouse. It changes in transactions, which strong consistency does not know:
            it is always replicated eventually.
        reservations: what each order has taken from the stock; likewise.
        idempotency: what requests in progress are known by; replicated as well, for the one that is tried again in the
            other Region.
        replicates: how far the other Region's replicas of orders, charges and requests may be behind; none without
            another Region. Stock is not among them: no order and no money is lost with it, and a Region takes from its
            own warehouse only.
        strong: whether a write of these is in both Regions before it is answered.
    """

    orders: dynamodb.ITableV2
    charges: dynamodb.ITableV2
    stock: dynamodb.ITableV2
    reservations: dynamodb.ITableV2
    idempotency: dynamodb.ITableV2
    replicates: tuple[Replication, ...] = ()
    strong: bool = False

    @classmethod
    def make(cls, stack: cdk.Stack, config: Config) -> Self:
        """Make the tables in the primary's stack, with replicas in the other Regions."""
        others = [str(each.region) for each in config.environments[1:]]
        strong = config.witness_region is not None
        eventual = EventualConsistency()
        consistency: Consistency = StrongConsistency(witness=config.witness_region) if strong else eventual
        keep = config.removal_policy
        orders = ReplicatedTable(
            stack,
            "Orders",
            partition_key=_text("order_id"),
            global_secondary_indexes=[_open_index()],
            replicas=others,
            consistency=consistency,
            removal_policy=keep,
        )
        charges = ReplicatedTable(
            stack,
            "Charges",
            partition_key=_text("idempotency_key"),
            replicas=others,
            consistency=consistency,
            removal_policy=keep,
        )
        stock = ReplicatedTable(
            stack,
            "Stock",
            partition_key=_text("sku"),
            sort_key=_text("warehouse"),
            replicas=others,
            consistency=eventual,
            removal_policy=keep,
        )
        reservations = ReplicatedTable(
            stack,
            "Reservations",
            partition_key=_text("order_id"),
            replicas=others,
            consistency=eventual,
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
            charges=charges,
            stock=stock,
            reservations=reservations,
            idempotency=idempotency,
            replicates=tuple(
                each.replication for each in (orders, charges, idempotency) if each.replication is not None
            ),
            strong=strong,
        )

    def replica(self, region: str) -> "OrderTables":
        """The same tables for a stack in `region`."""

        def there(table: dynamodb.ITableV2) -> dynamodb.ITableV2:
            return cast("dynamodb.TableV2", table).replica(region)

        return replace(
            self,
            orders=there(self.orders),
            charges=there(self.charges),
            stock=there(self.stock),
            reservations=there(self.reservations),
            idempotency=there(self.idempotency),
        )

    @property
    def by_name(self) -> dict[str, dynamodb.ITableV2]:
        """All of them, by the ids under which they are made."""
        return {
            "Orders": self.orders,
            "Charges": self.charges,
            "Stock": self.stock,
            "Reservations": self.reservations,
            "Idempotency": self.idempotency,
        }

    @property
    def kept(self) -> list[dynamodb.ITableV2]:
        """Those that are worth a backup."""
        return [table for name, table in self.by_name.items() if name != "Idempotency"]

    @property
    def reads(self) -> list[ReadTable]:
        """What a Region has to be able to read to take orders."""
        return [
            ReadTable(table=table, key={name: {"S": "health"}}, consistent_read=self.strong)
            for table, name in ((self.orders, "order_id"), (self.idempotency, "id"))
        ]


def _open_index() -> dynamodb.GlobalSecondaryIndexPropsV2:
    # Only open orders have the attribute open_in. All of a Region are in one partition, which takes 1,000 writes a
    # second: more than the API lets in.
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-indexes-general-sparse-indexes.html
    return dynamodb.GlobalSecondaryIndexPropsV2(
        index_name=OPEN_INDEX,
        partition_key=_text("open_in"),
        sort_key=_text("open_since"),
        projection_type=dynamodb.ProjectionType.KEYS_ONLY,
    )


def _text(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
