"""One set of clients and telemetry for the life of an execution environment."""

import os
import warnings
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
from order_book.book import OrderBook

from send_notification import logic
from send_notification.data import CLIENT_CONFIG, SnsMessages
from send_notification.models import Confirmation, Sent
from send_notification.settings import Settings

__all__ = ["confirm", "idempotency", "logger", "metrics", "orders", "tracer"]

settings: Final = Settings.of(os.environ)
logger: Final = Logger()
tracer: Final = Tracer(patch_modules=("botocore",))
metrics: Final = Metrics()
# A failed attempt counts nothing: Lambda's own Errors does.
warnings.filterwarnings("ignore", message="No application metrics to publish")

session: Final = make_session()
dynamodb: Final = session.client("dynamodb", config=CLIENT_CONFIG)
sns: Final = session.client("sns", config=CLIENT_CONFIG)
orders: Final = OrderBook(dynamodb, settings.orders_table, settings.region)
messages: Final = SnsMessages(sns, settings.confirmations_topic)


class _Confirm(Protocol):
    def __call__(self, *, confirmation: Confirmation) -> Sent: ...


def _replayed(response: Sent, idempotent_data: DataRecord) -> Sent:  # noqa: ARG001 - Powertools passes it
    return response.model_copy(update={"replayed": True})


@tracer.capture_method(capture_response=False)
def _confirm(*, confirmation: Confirmation) -> Sent:
    return logic.confirm(confirmation, messages=messages)


idempotency: Final = IdempotencyConfig(
    event_key_jmespath="order_id",
    raise_on_no_idempotency_key=True,
    # Longer than a dead-letter queue keeps an event (14 days at most), so that no re-drive sends twice.
    expires_after_seconds=15 * 24 * 60 * 60,
    hash_function="sha256",
    response_hook=_replayed,
)
# Sent once for each order; a failure releases the order, so that the next attempt sends.
confirm: Final[_Confirm] = idempotent_function(
    _confirm,
    data_keyword_argument="confirmation",
    persistence_store=DynamoDBPersistenceLayer(settings.idempotency_table, boto3_client=dynamodb),
    config=idempotency,
    key_prefix="send_notification",
    output_serializer=PydanticSerializer(model=Sent),
)
