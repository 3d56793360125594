"""What every handler needs so that it fails loudly and loses nothing; each utility is loaded on first use."""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from handler_toolkit.batches import DeadlineError as DeadlineError
    from handler_toolkit.batches import process_queue as process_queue
    from handler_toolkit.batches import process_stream as process_stream
    from handler_toolkit.breaker import CircuitBreaker as CircuitBreaker
    from handler_toolkit.breaker_store import BreakerStore as BreakerStore
    from handler_toolkit.breaker_store import DynamoDbBreakerStore as DynamoDbBreakerStore
    from handler_toolkit.breaker_store import MemoryBreakerStore as MemoryBreakerStore
    from handler_toolkit.budget import BudgetExpiredError as BudgetExpiredError
    from handler_toolkit.budget import TimeBudget as TimeBudget
    from handler_toolkit.budget import current_budget as current_budget
    from handler_toolkit.budget import with_time_budget as with_time_budget
    from handler_toolkit.clients import client as client
    from handler_toolkit.failures import CircuitOpenError as CircuitOpenError
    from handler_toolkit.failures import Failure as Failure
    from handler_toolkit.failures import classify as classify
    from handler_toolkit.failures import retry_after as retry_after
    from handler_toolkit.idempotency import idempotent as idempotent
    from handler_toolkit.imports import quick_start as quick_start
    from handler_toolkit.redaction import Redaction as Redaction
    from handler_toolkit.retry import Retry as Retry
    from handler_toolkit.sessions import make_session as make_session
    from handler_toolkit.start import start_metrics as start_metrics
    from handler_toolkit.telemetry import make_logger as make_logger
    from handler_toolkit.telemetry import make_metrics as make_metrics
    from handler_toolkit.telemetry import make_tracer as make_tracer
    from handler_toolkit.warm_up import answers_warm_up as answers_warm_up
    from handler_toolkit.warm_up import is_warm_up as is_warm_up

# Importing one utility must not pay for the others: a cold start imports only what its handler uses.
_HOMES: Final = {
    "BreakerStore": "breaker_store",
    "BudgetExpiredError": "budget",
    "CircuitBreaker": "breaker",
    "CircuitOpenError": "failures",
    "DeadlineError": "batches",
    "DynamoDbBreakerStore": "breaker_store",
    "Failure": "failures",
    "MemoryBreakerStore": "breaker_store",
    "Redaction": "redaction",
    "Retry": "retry",
    "TimeBudget": "budget",
    "answers_warm_up": "warm_up",
    "classify": "failures",
    "client": "clients",
    "current_budget": "budget",
    "idempotent": "idempotency",
    "is_warm_up": "warm_up",
    "make_logger": "telemetry",
    "make_metrics": "telemetry",
    "make_session": "sessions",
    "make_tracer": "telemetry",
    "process_queue": "batches",
    "process_stream": "batches",
    "quick_start": "imports",
    "retry_after": "failures",
    "start_metrics": "start",
    "with_time_budget": "budget",
}

__all__ = sorted(_HOMES)  # noqa: PLE0605 - one list of names, not two


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value  # asked once
    return value


def __dir__() -> list[str]:
    return __all__
