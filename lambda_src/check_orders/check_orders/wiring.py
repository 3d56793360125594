"""One set of clients and telemetry for the life of an execution environment."""

import os
from typing import Final

from handler_toolkit import client, make_logger, make_metrics, make_tracer

from check_orders.data import OpenOrders, OrderQueue, OrderWorkflows, ParkingQueue
from check_orders.settings import Settings

__all__ = [
    "dynamodb",
    "logger",
    "metrics",
    "orders",
    "parking",
    "queue",
    "settings",
    "sqs",
    "stepfunctions",
    "tracer",
    "workflows",
]

settings: Final = Settings.of(os.environ)
logger: Final = make_logger()
tracer: Final = make_tracer()
metrics: Final = make_metrics()

dynamodb: Final = client("dynamodb")
stepfunctions: Final = client("stepfunctions")
sqs: Final = client("sqs")
orders: Final = OpenOrders(dynamodb, settings.orders_table, settings.region)
workflows: Final = OrderWorkflows(stepfunctions, settings.state_machine)
queue: Final = OrderQueue(sqs, settings.queue_url)
parking: Final = ParkingQueue(sqs, settings.parking_queue_url)
