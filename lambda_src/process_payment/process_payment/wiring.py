"""One set of clients and telemetry for the life of an execution environment."""

import os
from typing import Final

from handler_toolkit import (
    CircuitBreaker,
    DynamoDbBreakerStore,
    Retry,
    client,
    make_logger,
    make_metrics,
    make_tracer,
)
from order_book.book import OrderBook

from process_payment.data import LambdaProvider
from process_payment.settings import Settings

__all__ = ["breaker", "dynamodb", "lambda_", "logger", "metrics", "orders", "provider", "tracer"]

settings: Final = Settings.of(os.environ)
logger: Final = make_logger()
tracer: Final = make_tracer()
metrics: Final = make_metrics()

dynamodb: Final = client("dynamodb")
orders: Final = OrderBook(dynamodb, settings.orders_table, settings.region)

# Longer than the provider may take, so that a slow answer is not taken for none. The retries are outside of the
# breaker, which so counts each attempt, and lets none through while the provider is down.
lambda_: Final = client("lambda", most=8.0, attempts=1)
breaker: Final = CircuitBreaker("payment-provider", DynamoDbBreakerStore(settings.breaker_table))
provider: Final = LambdaProvider(
    lambda_, settings.provider, protect=lambda ask: Retry(attempts=3, base=0.2).call(breaker.call, ask)
)
