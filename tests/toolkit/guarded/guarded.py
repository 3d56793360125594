"""Two functions that call the same dependency, behind one circuit breaker; the event says how the dependency is."""

import os
from typing import Any

from handler_toolkit import (
    CircuitBreaker,
    CircuitOpenError,
    DynamoDbBreakerStore,
    answers_warm_up,
    client,
    current_budget,
    make_logger,
    with_time_budget,
)

logger = make_logger("guarded")
breaker = CircuitBreaker(
    "payments",
    DynamoDbBreakerStore(os.environ["STATE_TABLE_NAME"], client("dynamodb")),
    failures=2,
    recovery=float(os.environ["RECOVERY"]),
    refresh=0.1,
)


@answers_warm_up
@with_time_budget()
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Call the dependency, and tell what became of it."""

    def depend() -> str:
        logger.info("Called", password=event["password"])
        if not event["works"]:
            raise ConnectionError
        return "works"

    budget = current_budget()
    left = budget.remaining() if budget else None
    try:
        return {"answer": breaker.call(depend), "left": left}
    except CircuitOpenError as refused:
        return {"answer": "refused", "wait": refused.retry_after, "left": left}
    except ConnectionError:
        return {"answer": "failed", "left": left}
