"""One set of clients and telemetry for the life of an execution environment."""

import os
from typing import Final

from handler_toolkit import client, make_logger, make_metrics, make_tracer

from payment_sandbox.data import DynamoDbCharges
from payment_sandbox.settings import Settings

__all__ = ["charges", "dynamodb", "logger", "metrics", "tracer"]

settings: Final = Settings.of(os.environ)
logger: Final = make_logger()
tracer: Final = make_tracer()
metrics: Final = make_metrics()

dynamodb: Final = client("dynamodb")
charges: Final = DynamoDbCharges(dynamodb, settings.charges_table)
