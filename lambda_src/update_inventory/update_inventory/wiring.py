"""One set of clients and telemetry for the life of an execution environment."""

import os
from typing import Final

from handler_toolkit import Retry, client, make_logger, make_metrics, make_tracer
from order_book.book import OrderBook

from update_inventory.data import DynamoDbStock
from update_inventory.settings import Settings

__all__ = ["dynamodb", "logger", "metrics", "orders", "stock", "tracer"]

settings: Final = Settings.of(os.environ)
logger: Final = make_logger()
tracer: Final = make_tracer()
metrics: Final = make_metrics()

dynamodb: Final = client("dynamodb")
orders: Final = OrderBook(dynamodb, settings.orders_table, settings.region)
# Orders of the same article get in each other's way, which DynamoDB tells instead of waiting.
stock: Final = DynamoDbStock(
    dynamodb,
    stock_table=settings.stock_table,
    reservations_table=settings.reservations_table,
    warehouse=settings.region,
    retry=Retry(attempts=6, base=0.05, cap=1.0),
)
