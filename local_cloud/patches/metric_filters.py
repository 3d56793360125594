"""Metric filters: every log event that reaches a log group is matched, and its metric recorded at the event's time.

The default value is recorded for each event that does not match. A dimension or a value that the event does not have
publishes nothing. A pattern that cannot be read, or is not understood here, is refused when the filter is put.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html
"""

import logging
import time
from collections.abc import Callable
from typing import Any

from local_cloud.filter_patterns import compile_pattern
from local_cloud.hooks import internal, replace
from local_cloud.json_patterns import PatternError, is_selector, parse_event, select
from local_cloud.patches import metric_store

Action = Callable[[dict[str, Any]], Any]

_LOG = logging.getLogger("local_cloud.metric_filters")
_MOST_DIMENSIONS = 3


def install() -> None:
    replace("services.cloudwatch_logs._put_metric_filter", _refusing(_check_pattern, _check_transformations))
    replace("services.cloudwatch_logs._filter_log_events", _refusing(_check_pattern))
    replace("services.cloudwatch_logs._fanout_to_subscription_filters", _with_metric_filters)
    replace("services.cloudwatch_logs._subscription_pattern_matches", lambda _: _matches)
    replace(
        "services.cloudwatch_logs._compile_filter_pattern", lambda _: lambda raw: compile_pattern(raw or "")
    )


def _refusing(*checks: Callable[[dict[str, Any]], None]) -> Callable[[Action], Action]:
    """Answer what CloudWatch Logs answers to a pattern that is not valid."""

    def build(original: Action) -> Action:
        def act(data: dict[str, Any]) -> Any:
            try:
                for check in checks:
                    check(data)
            except PatternError as error:
                refuse = internal("core.responses.error_response_json")
                return refuse("InvalidParameterException", str(error), 400)
            return original(data)

        return act

    return build


def _check_pattern(data: dict[str, Any]) -> None:
    compile_pattern(data.get("filterPattern") or "")


def _check_transformations(data: dict[str, Any]) -> None:
    for transformation in data.get("metricTransformations") or []:
        _check(transformation)


def _check(transformation: dict[str, Any]) -> None:
    value = str(transformation.get("metricValue", ""))
    if _number(value) is None and not is_selector(value):
        raise PatternError(f"metricValue {value!r} is neither a number nor a selector such as $.latency")
    dimensions = transformation.get("dimensions") or {}
    if dimensions and transformation.get("defaultValue") is not None:
        raise PatternError("a metric with dimensions takes no default value")
    if len(dimensions) > _MOST_DIMENSIONS:
        raise PatternError(f"a metric filter takes at most {_MOST_DIMENSIONS} dimensions")
    for name, selector in dimensions.items():
        if not is_selector(selector):
            raise PatternError(f"the dimension {name} needs a selector such as $.server, not {selector!r}")


def _with_metric_filters(original: Callable[..., None]) -> Callable[..., None]:
    def fan_out(group: str, stream: str, events: list[dict[str, Any]]) -> None:
        stored = internal("services.cloudwatch_logs._metric_filters").values()
        filters = [one for one in stored if one["logGroupName"] == group]
        for metric_filter in filters:
            try:
                _apply(metric_filter, events)
            except Exception:  # noqa: BLE001 - a filter must not stop the log
                _LOG.exception("metric filter %s of %s", metric_filter["filterName"], group)
        original(group, stream, events)

    return fan_out


def _apply(metric_filter: dict[str, Any], events: list[dict[str, Any]]) -> None:
    matches = compile_pattern(metric_filter.get("filterPattern") or "")
    for event in events:
        message = event.get("message") or ""
        matched = matches(message)
        document = parse_event(message) if matched else None
        for transformation in metric_filter["metricTransformations"]:
            value = _value(transformation, document) if matched else transformation.get("defaultValue")
            dimensions = _dimensions(transformation, document)
            if value is None or dimensions is None:
                continue
            metric_store.record(
                transformation["metricNamespace"],
                transformation["metricName"],
                float(value),
                unit=transformation.get("unit") or "None",
                dimensions=dimensions,
                moment=event.get("timestamp", time.time() * 1000) / 1000,
            )


def _value(transformation: dict[str, Any], document: Any) -> float | None:
    declared = str(transformation["metricValue"])
    number = _number(declared)
    if number is not None:
        return number
    found = select(declared, document)
    return _number(found[0]) if found and not isinstance(found[0], bool) else None


def _dimensions(transformation: dict[str, Any], document: Any) -> dict[str, str] | None:
    dimensions = {}
    for name, selector in (transformation.get("dimensions") or {}).items():
        found = select(selector, document)
        if not found or not isinstance(found[0], str | int | float):
            return None
        dimensions[name] = str(found[0])
    return dimensions


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _matches(pattern: str | None, message: str | None) -> bool:
    """For subscription filters and live tails; a pattern that cannot be read matches nothing."""
    try:
        return compile_pattern(pattern or "")(message or "")
    except PatternError as error:
        _LOG.warning("%s", error)
        return False
