"""Which of Lambda's own log events each filter counts, by the events as AWS describes them.

https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
"""

import json
from typing import Any

import pytest

from constructs_lib.alarms.functions.function_log_rows import LAMBDA_LOG_ALARMS
from constructs_lib.alarms.table.definition import LogFilter
from local_cloud.filter_patterns import compile_pattern
from local_cloud.json_patterns import select

METRICS = {"billedDurationMs": 694, "durationMs": 693.92, "maxMemoryUsedMB": 84, "memorySizeMB": 128}


def report(*, status: str = "success", error_type: str | None = None, **metrics: float) -> dict[str, Any]:
    record = {"requestId": "6d68ca91", "metrics": METRICS | metrics, "status": status}
    more = {} if error_type is None else {"errorType": error_type}
    return {"time": "2022-10-12T00:01:15.000Z", "type": "platform.report", "record": record | more}


EVENTS: dict[str, dict[str, Any]] = {
    "warm": report(),
    "cold": report(initDurationMs=397.68),
    "restored": report(restoreDurationMs=12.5),
    "timeout": report(status="timeout"),
    "out of memory": report(status="error", error_type="Runtime.OutOfMemory", maxMemoryUsedMB=128),
    "crashed": report(status="error", error_type="Runtime.ExitError"),
    "runtime done": {
        "type": "platform.runtimeDone",
        "record": {"requestId": "6d68ca91", "status": "timeout", "metrics": {"durationMs": 3000.0}},
    },
    "start": {"type": "platform.initStart", "record": {"initializationType": "on-demand", "phase": "init"}},
    "a line of the function": {
        "level": "INFO",
        "message": "platform.report",
        "record": {"status": "timeout"},
    },
}
REPORTS = {name for name, event in EVENTS.items() if event.get("type") == "platform.report"}


def filter_of(row_name: str) -> LogFilter:
    row = next(each for each in LAMBDA_LOG_ALARMS if each.name == row_name)
    filters = [row.log_filter, *(getattr(operand, "log_filter", None) for operand in row.operands.values())]
    (found,) = (each for each in filters if each is not None)
    return found


@pytest.mark.parametrize(
    ("row", "counted"),
    [
        ("timeouts", {"timeout"}),
        ("out_of_memory", {"out of memory"}),
        ("memory_used", REPORTS),
        ("cold_start_rate", {"cold", "restored"}),
    ],
)
def test_a_filter_counts_the_events_that_it_is_about(row: str, counted: set[str]) -> None:
    matches = compile_pattern(filter_of(row).pattern)

    assert {name for name, event in EVENTS.items() if matches(json.dumps(event))} == counted


def test_the_memory_is_read_out_of_the_report() -> None:
    value = filter_of("memory_used").value

    assert select(value, EVENTS["out of memory"]) == [128]


@pytest.mark.parametrize("row", ["timeouts", "out_of_memory", "cold_start_rate"])
def test_an_event_counts_as_one(row: str) -> None:
    assert filter_of(row).value == "1"


@pytest.mark.parametrize("row", LAMBDA_LOG_ALARMS, ids=lambda row: row.name)
def test_a_pattern_is_one_that_cloudwatch_takes(row: Any) -> None:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html"""
    pattern = filter_of(row.name).pattern

    assert len(pattern) <= 1024
    assert pattern.count("*") == 0
    assert "EXISTS" not in pattern
