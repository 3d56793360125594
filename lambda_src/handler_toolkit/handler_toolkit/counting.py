"""Metrics of the toolkit itself."""

import os
from typing import Final

__all__ = ["count"]

_NAMESPACE: Final = "POWERTOOLS_METRICS_NAMESPACE"
_SERVICE: Final = "POWERTOOLS_SERVICE_NAME"


def count(metric: str, value: float = 1, **dimensions: str) -> None:
    """Write one count to the log in CloudWatch's embedded metric format, by Powertools.

    Namespace and service are Powertools' own, from the environment. Without a namespace nothing is written.
    """
    if value and os.environ.get(_NAMESPACE):
        from aws_lambda_powertools.metrics import MetricUnit, single_metric  # noqa: PLC0415 - slow to import

        by = {"service": os.environ.get(_SERVICE, "service_undefined"), **dimensions}
        with single_metric(metric, MetricUnit.Count, value, default_dimensions=by):
            pass
