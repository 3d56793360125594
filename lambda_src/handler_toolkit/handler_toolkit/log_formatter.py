"""Powertools' log formatter, with nothing in its lines that is redacted."""

from collections.abc import Mapping
from typing import Any, Final

from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

from handler_toolkit.redaction import Redaction

__all__ = ["RedactingFormatter"]

# Made by the runtime and by Powertools: nothing of the application can be in them.
_OURS: Final = frozenset(
    {
        "cold_start",
        "function_arn",
        "function_memory_size",
        "function_name",
        "function_request_id",
        "level",
        "location",
        "service",
        "timestamp",
        "xray_trace_id",
    }
)


class RedactingFormatter(LambdaPowertoolsFormatter):
    """Redacts each record as a whole, after everything was added to it and before it becomes JSON."""

    def __init__(self, redaction: Redaction | None = None, **options: Any) -> None:
        """Redact by `redaction`. Left out, by its defaults."""
        super().__init__(**options)
        self._redaction = redaction or Redaction()

    def serialize(self, log: Mapping[str, Any]) -> str:
        """The log line."""
        ours = {key: log[key] for key in log if key in _OURS}
        theirs = {key: log[key] for key in log if key not in _OURS}
        return super().serialize(log=ours | self._redaction.of(theirs))
