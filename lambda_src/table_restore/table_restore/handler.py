"""The function's entry: what it was called with, and the real world."""

import json
import logging
import os
import sys
import time
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import boto3
from botocore.config import Config

from table_restore.ledger import Ledger
from table_restore.metrics import Publisher
from table_restore.options import Options
from table_restore.reading import Clients
from table_restore.reapplying import Reapplier
from table_restore.reports import stamp
from table_restore.sampling import Reader
from table_restore.steps import Steps
from table_restore.sweeping import Sweeper
from table_restore.temporary import Temporary
from table_restore.trial import Trial

__all__ = ["handler"]

logging.getLogger("table_restore").setLevel(logging.INFO)

_CONFIG: Final = Config(
    connect_timeout=5, read_timeout=20, retries={"total_max_attempts": 6, "mode": "standard"}
)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:  # noqa: ARG001 - Lambda's
    """Do the ``step`` of the test that an execution is at, or look at ``tables`` for ``{"look": true}``."""
    options = Options.from_json(json.loads(os.environ["TABLE_RESTORE"]))
    if event.get("look"):
        return _sweeper(options).look(event["tables"])
    given = event["given"]
    table, run = given["table"], stamp(given["scheduled"])
    if ":table/" not in table or table.rpartition(":table/")[2].startswith(options.prefix):
        raise ValueError(f"table is {table!r}: give the ARN of a table that is no temporary one.")
    steps = _steps(options)
    test = (table, run, event["execution"])
    match event["step"]:
        case "begin":
            return steps.begin(*test)
        case "work":
            return steps.work(*test)
        case "heard":
            return steps.heard(*test, given)
        case "tear_down":
            return steps.tear_down(*test, given)
        case "report":
            return steps.report(*test)
    raise ValueError(f"step is {event['step']!r}: give begin, work, heard, tear_down or report.")


def _steps(options: Options) -> Steps:
    ledger = Ledger(_client("dynamodb"), options.ledger)
    temporary = Temporary(client=_client("dynamodb"), ledger=ledger, options=options)
    trial = Trial(
        options=options,
        ledger=ledger,
        temporary=temporary,
        reader=Reader(client=_client("dynamodb"), sleep=time.sleep),
        reapplier=Reapplier(clients=Clients.made_by(_client), clock=time.time),
        clock=time.time,
    )
    return Steps(
        options=options,
        ledger=ledger,
        temporary=temporary,
        trial=trial,
        publisher=_publisher(options),
        clock=time.time,
    )


def _sweeper(options: Options) -> Sweeper:
    ledger = Ledger(_client("dynamodb"), options.ledger)
    return Sweeper(
        ledger=ledger,
        temporary=Temporary(client=_client("dynamodb"), ledger=ledger, options=options),
        publisher=_publisher(options),
        machine=_client("stepfunctions"),
        clock=time.time,
    )


def _publisher(options: Options) -> Publisher:
    return Publisher(options=options, write=_write, clock=time.time)


@cache
def _client(service: str) -> Any:
    return boto3.client(service, config=_CONFIG)  # type: ignore[call-overload] # one of a few names


def _write(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
