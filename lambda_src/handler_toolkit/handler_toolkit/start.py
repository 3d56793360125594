"""Metrics of each invocation: whether it was a cold start, and the memory that the function needed so far."""

import functools
import os
import resource
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

if TYPE_CHECKING:
    from aws_lambda_powertools import Metrics

__all__ = ["start_metrics"]

F = TypeVar("F", bound=Callable[..., Any])

# https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
_MEMORY_SIZE: Final = "AWS_LAMBDA_FUNCTION_MEMORY_SIZE"
# Linux counts KiB, macOS bytes. https://man7.org/linux/man-pages/man2/getrusage.2.html
_UNITS_IN_MB: Final = 1024 * 1024 if sys.platform == "darwin" else 1024


def start_metrics(metrics: "Metrics") -> Callable[[F], F]:
    """Flush `metrics` after each invocation, as its ``log_metrics`` does, with three of the toolkit's in them.

    ColdStart is Powertools' own: 1 for the first invocation of an execution environment. MaxMemoryUsed is the
    most that the process has used in MB since it started, and MemoryUtilization that as percent of the function's
    memory, where Lambda says how much it has. Lambda's REPORT line tells a little more, for it also counts what
    runs beside the process.

    Args:
        metrics: of `make_metrics`, or Powertools' own.
    """

    def decorate(handler: F) -> F:
        @functools.wraps(handler)
        def measured(*args: Any, **kwargs: Any) -> Any:
            try:
                return handler(*args, **kwargs)
            finally:
                _add_memory(metrics)

        return cast(F, metrics.log_metrics(measured, capture_cold_start_metric=True))

    return decorate


def _add_memory(metrics: "Metrics") -> None:
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _UNITS_IN_MB
    metrics.add_metric("MaxMemoryUsed", "Megabytes", used)
    if size := int(os.environ.get(_MEMORY_SIZE, "0")):
        metrics.add_metric("MemoryUtilization", "Percent", 100 * used / size)
