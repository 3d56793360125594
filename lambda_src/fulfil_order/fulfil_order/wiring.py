"""One set of clients and telemetry for the life of an execution environment."""

import os
from typing import Final

from handler_toolkit import client, make_logger, make_metrics, make_tracer

from fulfil_order.data import OrderExecutions
from fulfil_order.settings import Settings

__all__ = ["executions", "logger", "metrics", "stepfunctions", "tracer"]

settings: Final = Settings.of(os.environ)
logger: Final = make_logger()
tracer: Final = make_tracer()
metrics: Final = make_metrics()

stepfunctions: Final = client("stepfunctions")
executions: Final = OrderExecutions(stepfunctions, settings.state_machine)
