"""What a function writes lands in its log group, with Lambda's own lines around it, and metrics are read out of it.

Metrics come from the embedded metric format, and from the metric filters of the log group.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import logging
import time
import uuid
from datetime import UTC, datetime
from typing import Any

from local_cloud import embedded_metrics
from local_cloud.hooks import internal, replace
from local_cloud.patches import platform_log
from local_cloud.patches.platform_log import Outcome

_LOG = logging.getLogger("local_cloud.lambda_logs")


def install() -> None:
    replace("services.lambda_svc._emit_lambda_logs", lambda _: _write)


def _write(
    func: dict[str, Any],
    request: str,
    text: str,
    error: bool,  # noqa: FBT001 - MiniStack's signature
    milliseconds: int,
    *,
    log_source: str | None = None,
) -> None:
    try:
        config = func.get("config") or func
        lines = [line.replace("\r", "\n") for line in text.splitlines() if line] if text else []
        done = platform_log.outcome.get() or _unmeasured(milliseconds, error=error)
        _store(config, lines if log_source == "rie" else platform_log.wrap(config, request, lines, done))
        for line in lines:
            _publish_embedded_metrics(line)
    except Exception:  # noqa: BLE001 - a lost log fails no invocation
        _LOG.exception("the log of a function was lost")


def _unmeasured(milliseconds: int, *, error: bool) -> Outcome:
    """What is known of an invocation outside the workers of this package."""
    status, error_type = ("error", "Runtime.Unknown") if error else ("success", None)
    started = time.time() - milliseconds / 1000
    return Outcome(started=started, duration=milliseconds, status=status, error_type=error_type)


def _store(config: dict[str, Any], lines: list[str]) -> None:
    groups = internal("services.cloudwatch_logs._log_groups")
    name = config["FunctionName"]
    group_name = (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{name}"
    now = int(time.time() * 1000)
    if group_name not in groups:
        groups[group_name] = {
            "arn": internal("services.cloudwatch_logs._make_group_arn")(group_name),
            "creationTime": now,
            "retentionInDays": None,
            "tags": {},
            "subscriptionFilters": {},
            "streams": {},
        }
    day = datetime.now(UTC).strftime("%Y/%m/%d")
    stream_name = f"{day}/[{config.get('Version', '$LATEST')}]{uuid.uuid4().hex}"
    stream = groups[group_name]["streams"].setdefault(
        stream_name,
        {
            "events": [],
            "uploadSequenceToken": "1",
            "creationTime": now,
            "firstEventTimestamp": None,
            "lastEventTimestamp": None,
            "lastIngestionTime": None,
        },
    )
    events = [{"timestamp": now, "message": line, "ingestionTime": now} for line in lines]
    internal("services.cloudwatch_logs._append_log_events")(stream, events)
    plain = [{"timestamp": now, "message": line} for line in lines]
    internal("services.cloudwatch_logs._fanout_to_subscription_filters")(group_name, stream_name, plain)


def _publish_embedded_metrics(line: str) -> None:
    record = internal("services.cloudwatch.record_metric")
    for metric in embedded_metrics.extract(line):
        for value in metric.values:
            record(metric.namespace, metric.name, value, metric.unit, metric.dimensions)
