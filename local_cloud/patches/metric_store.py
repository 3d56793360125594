"""The store of metrics, made safe for the threads that write to it while a request reads."""

import time
from typing import Any

from local_cloud.hooks import internal, replace

_KEPT = 14 * 24 * 3600.0


def install() -> None:
    replace("services.cloudwatch._metric_bucket", lambda _: _bucket)
    replace("services.cloudwatch._evict_old_metrics", lambda _: _evict)


def record(
    namespace: str, name: str, value: float, *, unit: str, dimensions: dict[str, str], moment: float
) -> None:
    """Record one datapoint at a time of one's own (seconds since 1970)."""
    key = (namespace, name, internal("services.cloudwatch._dims_key")(dimensions))
    point = {"Timestamp": moment, "Value": value, "Unit": unit, "Dimensions": dict(dimensions)}
    _bucket(key).append(point)


def _bucket(key: tuple[str, str, str]) -> Any:
    """One list for a metric, also when two threads ask for it at once."""
    return internal("services.cloudwatch._metrics").setdefault(key, [])


def _evict() -> None:
    """Drop what is too old from the list itself: a filtered copy would lose what is written meanwhile."""
    oldest = time.time() - _KEPT
    for points in internal("services.cloudwatch._metrics").all_values():
        while points and points[0]["Timestamp"] < oldest:
            del points[0]
