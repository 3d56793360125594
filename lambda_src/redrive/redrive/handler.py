"""The function's entry: what it was called with, and the real world."""

import logging
import os
import sys
import time
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

import boto3
from botocore.config import Config

from redrive.ledger import Ledger
from redrive.metrics import line_of
from redrive.model import Route, WrittenBy
from redrive.parking import Parking
from redrive.ports import Clients
from redrive.running import run

__all__ = ["RESERVE", "SystemClock", "clients_for", "handler"]

logging.getLogger("redrive").setLevel(logging.INFO)

_THREADS: Final = 10
RESERVE: Final = 15.0
"""Seconds that an invocation keeps back, to release what it has received and for its metrics."""
_LONGEST_FUNCTION: Final = 905
# Only the ledger knows whether an event may be given once more, so that the SDK never repeats an invocation.
_ONCE: Final = Config(
    connect_timeout=5,
    read_timeout=_LONGEST_FUNCTION,
    retries={"total_max_attempts": 1},
    max_pool_connections=_THREADS,
    tcp_keepalive=True,
)
_AGAIN: Final = Config(
    connect_timeout=3,
    read_timeout=10,
    retries={"total_max_attempts": 4, "mode": "standard"},
    max_pool_connections=_THREADS,
)


class SystemClock:
    """The time of this machine."""

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Re-drive as the route in `event` says, and publish what was done.

    Raises:
        RouteError: the route can't be followed.
        MoveFailedError: SQS's last task could move nothing.
        Exception: nothing could be done at all.
    """
    route = Route.from_json(event)
    report = run(
        route,
        clients=clients_for(route, _client),
        ledger=Ledger(
            _client("dynamodb"),
            os.environ["LEDGER_TABLE_NAME"],
            route.queue_arn,
            run=getattr(context, "aws_request_id", ""),
            started_by=route.started_by,
        ),
        parking=Parking(_client("sqs"), os.environ["PARKING_QUEUE_URL"], route.queue_arn),
        clock=SystemClock(),
        deadline=lambda: context.get_remaining_time_in_millis() / 1000 - RESERVE,
        threads=_THREADS,
    )
    if not route.dry_run:
        sys.stdout.write(f"{line_of(report, time.time())}\n")
        sys.stdout.flush()
    return report.to_json()


def clients_for(route: Route, connect: Callable[[str], Any]) -> Clients:
    """The clients that `route` needs; `connect` makes one of a service."""
    if route.written_by is WrittenBy.QUEUE:
        return Clients(sqs=connect("sqs"))
    streams = route.written_by is WrittenBy.STREAM
    return Clients(
        sqs=connect("sqs"),
        functions=connect("lambda"),
        kinesis=connect("kinesis") if streams else None,
        table_streams=connect("dynamodbstreams") if streams else None,
    )


@cache
def _client(service: str) -> Any:
    connect: Callable[..., Any] = boto3.client
    return connect(service, config=_ONCE if service == "lambda" else _AGAIN)
