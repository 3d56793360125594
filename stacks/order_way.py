"""Whether orders get through: each part of their way, which at least one a day has to go."""

from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from constructs_lib.alarms import AlarmRoute, CombinedAlarm, HeartbeatAlarm, Severity
from stacks.order_functions import METRICS_NAMESPACE

__all__ = ["OrderWay"]

_WAY: Final = (
    ("NoOrders", "CreateOrder", "OrdersCreated", "Nobody has ordered anything"),
    ("NoFulfilments", "FulfilOrder", "FulfilmentsBegun", "No workflow of an order has begun"),
    ("NoPayments", "ProcessPayment", "PaymentsTaken", "Nobody has paid anything"),
    ("NoReservations", "UpdateInventory", "ReservationsMade", "Nothing was taken from stock"),
    ("NoCompletions", "TrackOrder", "OrdersCompleted", "No order was completed"),
    ("NoConfirmations", "SendNotification", "ConfirmationsSent", "No customer was told of an order"),
)
"""In the order of an order's way: id, what counts it, as what, and what it means that it counts nothing for a day."""


class OrderWay(Construct):
    """One page for a day in which no order was taken, paid, completed or confirmed.

    A shop whose orders are all refused, one by one, has no fault that another alarm would know.

    Attributes:
        parts: an alarm on each part of the way; they tell nobody by themselves.
        standstill: rings while any of them does.
    """

    def __init__(self, scope: Construct, construct_id: str) -> None:
        """Watch the way, where a day without any order is a fault."""
        super().__init__(scope, construct_id)
        self.parts = [
            HeartbeatAlarm(
                self,
                name,
                metric=cloudwatch.Metric(
                    namespace=METRICS_NAMESPACE, metric_name=counted, dimensions_map={"service": by}
                ),
                every=cdk.Duration.days(1),
                means=f"{means} for a day.",
                severity=Severity.CRITICAL,
                route=AlarmRoute.silent(),
            )
            for name, by, counted, means in _WAY
        ]
        self.standstill = CombinedAlarm(
            self,
            "Standstill",
            children=self.parts,
            means="For a day no order has gone all its way.",
            cause="customers that cannot reach the shop, a provider that declines every payment, or empty shelves.",
            query="which alarms ring: orders stop at the first of them, in the order of its rule. Then place an order.",
            severity=Severity.CRITICAL,
        )
