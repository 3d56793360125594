"""Powertools' logger, tracer and metrics, with what the toolkit adds to each."""

import warnings
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger, Metrics, Tracer

__all__ = ["make_logger", "make_metrics", "make_tracer"]


def make_logger(
    service: str | None = None, *, fields: Iterable[str] = (), patterns: Iterable[str] = (), **options: Any
) -> "Logger":
    """Powertools' `Logger`, which logs nothing that `Redaction` takes out, in exceptions neither.

    Args:
        service: left out, the environment's POWERTOOLS_SERVICE_NAME.
        fields: more names of fields to redact.
        patterns: more regular expressions to redact.
        options: what else `Logger` takes, but for its formatter.
    """
    from aws_lambda_powertools import Logger  # noqa: PLC0415 - each factory imports its own part

    from handler_toolkit.log_formatter import RedactingFormatter  # noqa: PLC0415 - likewise
    from handler_toolkit.redaction import Redaction  # noqa: PLC0415 - likewise

    formatter = RedactingFormatter(Redaction(fields=fields, patterns=patterns))
    return Logger(service, logger_formatter=formatter, **options)


def make_tracer(service: str | None = None, **options: Any) -> "Tracer":
    """Powertools' `Tracer`, which patches botocore only: patching everything imports everything.

    A trace is no log, and nothing in it is redacted. Decorate with ``capture_response=False``, and with
    ``capture_error=False`` where errors may quote what is secret.

    Args:
        service: left out, the environment's POWERTOOLS_SERVICE_NAME.
        options: what else `Tracer` takes.
    """
    from aws_lambda_powertools import Tracer  # noqa: PLC0415 - each factory imports its own part

    options.setdefault("patch_modules", ("botocore",))
    return Tracer(service, **options)


def make_metrics(namespace: str | None = None, service: str | None = None, **options: Any) -> "Metrics":
    """Powertools' `Metrics`; an invocation that counts nothing is no warning.

    Args:
        namespace: left out, the environment's POWERTOOLS_METRICS_NAMESPACE.
        service: left out, the environment's POWERTOOLS_SERVICE_NAME.
        options: what else `Metrics` takes.
    """
    from aws_lambda_powertools import Metrics  # noqa: PLC0415 - each factory imports its own part

    warnings.filterwarnings("ignore", message="No application metrics to publish")
    return Metrics(namespace=namespace, service=service, **options)
