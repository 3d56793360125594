"""What Lambda itself writes into a function's log, by log format, system log level and fate of the invocation."""

import json
import re
import time
from typing import Any

import pytest

from local_cloud import LocalCloud
from tests.cloud import deploy
from tests.local_cloud.resources import function, ref, resource

HANDLER = """
import os, signal, sys, time
kept = []

def handler(event, context):
    print("working")
    kept.append(bytearray(event.get("megabytes", 0) * 1024 * 1024))
    time.sleep(event.get("sleep", 0))
    if event.get("fail"):
        raise ValueError("no")
    if event.get("exit"):
        sys.exit(1)
    if event.get("dies"):
        os.kill(os.getpid(), signal.SIGABRT)
"""


def _function(log_format: str = "JSON", level: str | None = None, **properties: Any) -> dict[str, Any]:
    logging = {"LogFormat": log_format, "LogGroup": ref("Log")}
    if level:
        logging["SystemLogLevel"] = level
    settings = {"Timeout": 4, "MemorySize": 160, "LoggingConfig": logging, **properties}
    return {**function(HANDLER, **settings), "Log": resource("Logs::LogGroup")}


def _lines(cloud: LocalCloud, name: str, resources: dict[str, Any], *events: dict[str, Any]) -> list[str]:
    """What stands in the log after these invocations, of which the last one is returned."""
    stack = deploy(cloud, f"platform-{name}", resources, Function=ref("Function"), Log=ref("Log"))
    logs, seen = cloud.client("logs"), 0
    lines: list[str] = []
    for event in events:
        cloud.client("lambda").invoke(
            FunctionName=stack["Function"], Qualifier="live", Payload=json.dumps(event)
        )
        written = logs.filter_log_events(logGroupName=stack["Log"])["events"]
        lines, seen = [e["message"] for e in written][seen:], len(written)
    return lines


def _platform(lines: list[str]) -> dict[str, dict[str, Any]]:
    """The platform events by type; each may stand there once."""
    events = [json.loads(line) for line in lines if line.startswith("{")]
    found = [(event["type"], event["record"]) for event in events if "type" in event]
    assert len(dict(found)) == len(found)
    return dict(found)


def test_cold_start_reports_its_initialization_and_a_warm_one_does_not(cloud: LocalCloud) -> None:
    cold = _platform(_lines(cloud, "cold", _function(), {}))
    warm = _platform(_lines(cloud, "warm", _function(), {}, {}))

    assert list(cold) == ["platform.initStart", "platform.start", "platform.report"]
    assert cold["platform.initStart"]["initializationType"] == "on-demand"
    assert cold["platform.initStart"]["phase"] == "init"
    assert cold["platform.report"]["metrics"]["initDurationMs"] > 0
    assert cold["platform.report"]["metrics"]["billedDurationMs"] >= 1
    assert list(warm) == ["platform.start", "platform.report"]
    assert "initDurationMs" not in warm["platform.report"]["metrics"]
    assert warm["platform.report"]["status"] == "success"
    assert "errorType" not in warm["platform.report"]


def test_provisioned_environment_is_no_on_demand_cold_start(cloud: LocalCloud) -> None:
    resources = _function()
    concurrency = {"ProvisionedConcurrentExecutions": 1}
    resources["Live"]["Properties"]["ProvisionedConcurrencyConfig"] = concurrency

    events = _platform(_lines(cloud, "provisioned", resources, {}))

    assert events["platform.initStart"]["initializationType"] == "provisioned-concurrency"
    assert "platform.initReport" in events
    assert "initDurationMs" not in events["platform.report"]["metrics"]


def test_memory_is_measured_and_grows_with_use(cloud: LocalCloud) -> None:
    def used(name: str, *events: dict[str, Any]) -> int:
        report = _platform(_lines(cloud, name, _function(), *events))["platform.report"]
        assert report["metrics"]["memorySizeMB"] == 160
        most: int = report["metrics"]["maxMemoryUsedMB"]
        return most

    idle, busy = used("idle", {}), used("busy", {"megabytes": 100}, {})

    assert 5 < idle < 50
    assert 100 <= busy - idle < 110


@pytest.mark.parametrize(
    ("event", "status", "error_type"),
    [
        ({"sleep": 9}, "timeout", None),
        ({"megabytes": 180}, "error", "Runtime.OutOfMemory"),
        ({"megabytes": 180, "sleep": 9}, "error", "Runtime.OutOfMemory"),
        ({"fail": True}, "error", "Runtime.Unknown"),
        ({"exit": True}, "error", "Runtime.ExitError"),
        ({"dies": True}, "error", "Runtime.ExitError"),
    ],
    ids=lambda value: json.dumps(value) if isinstance(value, dict) else None,
)
def test_failed_invocation_says_how_it_failed(
    cloud: LocalCloud,
    request: pytest.FixtureRequest,
    event: dict[str, Any],
    status: str,
    error_type: str | None,
) -> None:
    name = re.sub(r"\W+", "-", f"failed {request.node.callspec.id}").strip("-")

    lines = _lines(cloud, name, _function(), event)

    assert any("working" in line for line in lines)
    events = _platform(lines)
    for kind in ("platform.runtimeDone", "platform.report"):
        assert events[kind]["status"] == status
        assert events[kind].get("errorType") == error_type
    memory = events["platform.report"]["metrics"].get("maxMemoryUsedMB")
    if error_type == "Runtime.OutOfMemory":
        assert memory == 160
    elif "dies" not in event:
        assert 5 < memory < 100


def test_function_is_killed_for_its_memory_and_serves_again(cloud: LocalCloud) -> None:
    stack = deploy(cloud, "platform-killed", _function(), Function=ref("Function"))
    client = cloud.client("lambda")

    answer = client.invoke(FunctionName=stack["Function"], Payload=b'{"megabytes": 180}')

    body = json.loads(answer["Payload"].read())
    assert body["errorType"] == "Runtime.OutOfMemory"
    assert body["errorMessage"].endswith("Error: Runtime exited with error: signal: killed")
    assert "FunctionError" not in client.invoke(FunctionName=stack["Function"])


PATTERNS = {
    "Timeouts": ('{ $.type = "platform.report" && $.record.status = "timeout" }', "1"),
    "OutOfMemory": ('{ $.type = "platform.report" && $.record.errorType = "Runtime.OutOfMemory" }', "1"),
    "ColdStarts": (
        '{ $.type = "platform.initStart" && $.record.initializationType = "on-demand" }',
        "1",
    ),
    "Memory": ('{ $.type = "platform.report" }', "$.record.metrics.maxMemoryUsedMB"),
}


def test_metric_filters_count_timeouts_memory_and_cold_starts(cloud: LocalCloud) -> None:
    filters = {
        name: resource(
            "Logs::MetricFilter",
            LogGroupName=ref("Log"),
            FilterPattern=pattern,
            MetricTransformations=[{"MetricNamespace": "Platform", "MetricName": name, "MetricValue": value}],
        )
        for name, (pattern, value) in PATTERNS.items()
    }
    events: list[dict[str, Any]] = [{}, {}, {"megabytes": 180}, {"sleep": 9}]
    _lines(cloud, "filters", {**_function(), **filters}, *events)

    def figures(name: str) -> dict[str, float]:
        answer = cloud.client("cloudwatch").get_metric_statistics(
            Namespace="Platform",
            MetricName=name,
            StartTime=time.time() - 600,
            EndTime=time.time() + 60,
            Period=3600,
            Statistics=["Sum", "Maximum"],
        )
        return {key: answer["Datapoints"][0][key] for key in ("Sum", "Maximum")}

    assert figures("Timeouts")["Sum"] == 1
    assert figures("OutOfMemory")["Sum"] == 1
    assert figures("ColdStarts")["Sum"] == 2  # at first, and after the process was killed
    assert figures("Memory")["Maximum"] == 160


@pytest.mark.parametrize(
    ("level", "event", "kinds"),
    [
        ("WARN", {}, []),
        ("WARN", {"fail": True}, ["platform.runtimeDone", "platform.report"]),
        (
            "DEBUG",
            {},
            [
                "platform.initStart",
                "platform.initRuntimeDone",
                "platform.initReport",
                "platform.start",
                "platform.runtimeDone",
                "platform.report",
            ],
        ),
    ],
)
def test_system_log_level_lets_through_its_events(
    cloud: LocalCloud, level: str, event: dict[str, Any], kinds: list[str]
) -> None:
    name = f"{level}-{len(kinds)}"
    assert list(_platform(_lines(cloud, name, _function(level=level), event))) == kinds


def test_text_log_reports_the_same_in_lines(cloud: LocalCloud) -> None:
    lines = _lines(cloud, "text", _function("Text"), {"sleep": 9})

    start, working, timed_out, end, report = lines
    assert start.startswith("START RequestId: ")
    assert working == "working"
    assert " Task timed out after 4." in timed_out
    assert end.startswith("END RequestId: ")
    fields = dict(field.split(": ") for field in report.split("\t"))
    assert fields["Memory Size"] == "160 MB"
    assert 5 < int(fields["Max Memory Used"].split()[0]) < 100
    assert float(fields["Init Duration"].split()[0]) > 0
    assert fields["Status"] == "timeout"
