"""One set of clients and telemetry for the life of an execution environment."""

import os
from typing import Final

from handler_toolkit import client, make_logger, make_metrics, make_tracer
from order_book.book import OrderBook

from track_order.settings import Settings

__all__ = ["dynamodb", "logger", "metrics", "orders", "tracer"]

settings: Final = Settings.of(os.environ)
logger: Final = make_logger()
tracer: Final = make_tracer()
metrics: Final = make_metrics()

dynamodb: Final = client("dynamodb")
orders: Final = OrderBook(dynamodb, settings.orders_table, settings.region)
