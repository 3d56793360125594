"""One set of clients and telemetry for the life of an execution environment."""

import os
import warnings
from datetime import UTC, datetime
from typing import Final, Protocol

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.idempotency.persistence.datarecord import DataRecord
from aws_lambda_powertools.utilities.idempotency.serialization.pydantic import PydanticSerializer
from handler_toolkit import make_session

from create_order import logic
from create_order.data import CLIENT_CONFIG, DynamoDbOrders, SqsFulfilment
from create_order.models import PlaceOrder, Receipt
from create_order.settings import Settings

__all__ = ["idempotency", "logger", "metrics", "orders", "place_order", "settings", "tracer"]

settings: Final = Settings.of(os.environ)
logger: Final = Logger()
tracer: Final = Tracer(patch_modules=("botocore",))
metrics: Final = Metrics()
# A read of an order counts nothing, which is no mistake.
warnings.filterwarnings("ignore", message="No application metrics to publish")

session: Final = make_session()
dynamodb: Final = session.client("dynamodb", config=CLIENT_CONFIG)
sqs: Final = session.client("sqs", config=CLIENT_CONFIG)
orders: Final = DynamoDbOrders(dynamodb, settings.orders_table, settings.region)
fulfilment: Final = SqsFulfilment(sqs, settings.queue_url)


class _PlaceOrder(Protocol):
    def __call__(self, *, command: PlaceOrder, correlation_id: str) -> Receipt: ...


def _replayed(response: Receipt, idempotent_data: DataRecord) -> Receipt:  # noqa: ARG001 - Powertools passes it
    return response.model_copy(update={"replayed": True})


@tracer.capture_method(capture_response=False)
def _place_order(*, command: PlaceOrder, correlation_id: str) -> Receipt:
    return logic.place_order(
        command,
        correlation_id=correlation_id,
        orders=orders,
        fulfilment=fulfilment,
        clock=lambda: datetime.now(UTC),
    )


idempotency: Final = IdempotencyConfig(
    event_key_jmespath="idempotency_key",
    payload_validation_jmespath="order",
    raise_on_no_idempotency_key=True,
    expires_after_seconds=24 * 60 * 60,
    hash_function="sha256",
    response_hook=_replayed,
)

# Placed once for each idempotency key; later calls get the first one's receipt. A failure releases the key,
# so that the client's retry does what is left to do. The prefix is a constant: the key must mean the same after
# the function is replaced, and in another Region.
place_order: Final[_PlaceOrder] = idempotent_function(
    _place_order,
    data_keyword_argument="command",
    persistence_store=DynamoDBPersistenceLayer(settings.idempotency_table, boto3_client=dynamodb),
    config=idempotency,
    key_prefix="create_order",
    output_serializer=PydanticSerializer(model=Receipt),
)
