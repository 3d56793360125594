"""The handler's own run, in this process."""

import math
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final

from botocore.config import Config
from redrive.handler import clients_for
from redrive.ledger import Ledger
from redrive.model import Route
from redrive.moves import MoveFailedError
from redrive.parking import Parking
from redrive.running import run
from redrive.to_queue import NoSourceError

from constructs_lib.dead_letters.command.failing import CommandError, ExitCode
from constructs_lib.dead_letters.command.queues import Known
from constructs_lib.dead_letters.command.results import Results
from constructs_lib.dead_letters.command.surroundings import Surroundings

__all__ = ["run_route"]

_THREADS: Final = 10
# An invocation is repeated by nobody but the ledger, and waits as long as a function may run.
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
_ONCE: Final = Config(
    connect_timeout=5,
    read_timeout=910,
    retries={"total_max_attempts": 1},
    max_pool_connections=_THREADS,
    tcp_keepalive=True,
)


@dataclass(frozen=True)
class _Clock:
    """The time of `surroundings`, as a run wants it."""

    surroundings: Surroundings

    def now(self) -> float:
        return self.surroundings.now()

    def sleep(self, seconds: float) -> None:
        self.surroundings.sleep(seconds)


def run_route(
    route: Route,
    *,
    known: Known,
    results: Results,
    surroundings: Surroundings,
    stopped: Callable[[], bool],
) -> None:
    """Re-drive what `route` selects, until somebody stops it.

    Raises:
        CommandError: nobody said where ledger or parking queue are, nobody has it as a dead-letter queue, or SQS's
            last task could move nothing.
    """
    for what, value, flag in (
        ("the ledger", known.ledger, "--ledger"),
        ("the parking queue", known.parking, "--parking-queue"),
    ):
        if not value:
            raise CommandError(f"{known.name} has no tag that says where {what} is: give {flag}.")
    connect = cache(lambda service: surroundings.connect(service, *([_ONCE] if service == "lambda" else [])))
    try:
        results.report = run(
            route,
            clients=clients_for(route, connect),
            ledger=Ledger(
                connect("dynamodb"),
                known.ledger,
                known.arn,
                run=uuid.uuid4().hex,
                started_by=route.started_by,
            ),
            parking=Parking(connect("sqs"), known.parking, known.arn),
            clock=_Clock(surroundings),
            deadline=lambda: 0.0 if stopped() else math.inf,
            progress=results,
            threads=_THREADS,
        )
    except MoveFailedError as error:
        raise CommandError(str(error), ExitCode.INCOMPLETE) from error
    except (NoSourceError, ValueError) as error:
        raise CommandError(f"{known.name} cannot be re-driven: {error}") from error
