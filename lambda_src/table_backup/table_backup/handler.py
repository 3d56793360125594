"""The function's entry: what it was called with, and the real world."""

import json
import logging
import os
import random
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final
from uuid import uuid4

import boto3
from botocore.config import Config

from table_backup.backups import Backups
from table_backup.keeping import Keeper
from table_backup.ledger import Ledger
from table_backup.making import CALL, Maker
from table_backup.metrics import Publisher
from table_backup.model import Settings, stamp
from table_backup.rounds import Rounds
from table_backup.running import Run

__all__ = ["handler"]

logging.getLogger("table_backup").setLevel(logging.INFO)

_THREADS: Final = 10
_CONNECT: Final = 5.0
# A call that makes or deletes a backup is never repeated by the SDK: only the ledger knows whether it may be.
_ONCE: Final = Config(
    connect_timeout=_CONNECT,
    read_timeout=CALL - _CONNECT,
    retries={"total_max_attempts": 1},
    max_pool_connections=_THREADS,
)
_AGAIN: Final = Config(
    connect_timeout=3,
    read_timeout=5,
    retries={"total_max_attempts": 4, "mode": "standard"},
    max_pool_connections=_THREADS,
)
_RESERVE: Final = 30.0
"""Seconds that an invocation keeps back, for calls that it has begun and for its metrics."""
_LOCAL_LIMIT: Final = 300.0


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Back up ``tables`` for the time ``scheduled``, or publish what there is of them for ``{"look": true}``."""
    tables = _tables(event)
    run = _run(Settings.from_json(json.loads(os.environ["TABLE_BACKUP"])), context)
    if event.get("look"):
        return run.look(tables)
    return run.back_up(tables, stamp(event["scheduled"]))


def _tables(event: Mapping[str, Any]) -> Sequence[str]:
    given = event.get("tables")
    if not isinstance(given, list) or not given or not all(":table/" in str(each) for each in given):
        raise ValueError(f"tables is {given!r}: give the ARNs of tables.")
    return list(dict.fromkeys(given))


def _run(settings: Settings, context: Any) -> Run:
    ledger = Ledger(_client(again=True), settings.ledger)
    backups = Backups(_client(again=False), elapsed=time.monotonic, sleep=time.sleep)
    remaining = _remaining(context)
    return Run(
        ledger=ledger,
        maker=Maker(settings, ledger, backups, uuid4().hex, time.monotonic),
        keeper=Keeper(settings=settings, ledger=ledger, backups=backups, remaining=remaining),
        publisher=Publisher(settings=settings, write=_write),
        rounds=Rounds(threads=_THREADS, remaining=remaining, sleep=time.sleep, jitter=random.random),
        elapsed=time.monotonic,
        clock=time.time,
    )


@cache
def _client(*, again: bool) -> Any:
    connect: Callable[..., Any] = boto3.client
    return connect("dynamodb", config=_AGAIN if again else _ONCE)


def _write(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _remaining(context: Any) -> Callable[[], float]:
    left = getattr(context, "get_remaining_time_in_millis", None)
    if left:
        return lambda: left() / 1000 - _RESERVE
    ends = time.monotonic() + _LOCAL_LIMIT
    return lambda: ends - time.monotonic()
