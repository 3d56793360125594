"""The function's entry: what it was called with, and the real world."""

import json
import logging
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import Any, Final

import boto3
from botocore.config import Config

from table_export.advancing import Advancer
from table_export.completing import Completer
from table_export.exports import Exports
from table_export.ledger import Ledger
from table_export.metrics import Publisher
from table_export.model import Kind, Settings, moment_of
from table_export.objects import BucketObjects
from table_export.running import Run

__all__ = ["handler"]

logging.getLogger("table_export").setLevel(logging.INFO)

_THREADS: Final = 10
# Every call may be repeated: requests for exports carry a token, and the ledger is written under a condition. The
# adaptive mode slows down where DynamoDB throttles, which for these calls is after few a second.
_AGAIN: Final = Config(
    connect_timeout=5,
    read_timeout=30,
    retries={"total_max_attempts": 8, "mode": "adaptive"},
    max_pool_connections=_THREADS,
)
_READING: Final = Config(
    connect_timeout=5,
    read_timeout=60,
    retries={"total_max_attempts": 5, "mode": "standard"},
    max_pool_connections=64,
)


def handler(event: Mapping[str, Any], _context: Any) -> dict[str, Any]:
    """Note that an export of ``kind`` is due for the time ``scheduled``, or look after all for ``{"look": true}``."""
    tables = _tables(event)
    run = _run(Settings(**json.loads(os.environ["TABLE_EXPORT"])))
    if event.get("look"):
        return run.look(tables)
    return run.ask(tables, Kind(event["kind"]), moment_of(event["scheduled"]))


def _tables(event: Mapping[str, Any]) -> Sequence[str]:
    given = event.get("tables")
    if not isinstance(given, list) or not given or not all(":table/" in str(each) for each in given):
        raise ValueError(f"tables is {given!r}: give the ARNs of tables.")
    return list(dict.fromkeys(given))


def _run(settings: Settings) -> Run:
    store = _client("s3")  # here, since clients can't be made by several threads at once
    ledger = Ledger(_client("dynamodb"), settings.ledger)
    return Run(
        settings=settings,
        ledger=ledger,
        advancer=Advancer(
            settings=settings,
            ledger=ledger,
            exports=Exports(_client("dynamodb"), settings),
            completer=Completer(settings=settings, objects=partial(_objects, store, settings)),
        ),
        publisher=Publisher(settings=settings, write=_write),
        threads=_THREADS,
        clock=time.time,
    )


def _objects(store: Any, settings: Settings, table: str) -> BucketObjects:
    return BucketObjects(store, settings.bucket, settings.root(table), owner=settings.owner)


@cache
def _client(service: str) -> Any:
    connect: Callable[..., Any] = boto3.client
    return connect(service, config=_READING if service == "s3" else _AGAIN)


def _write(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
