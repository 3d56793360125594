"""Metric filters turn log events into metrics, and alarms ring on them."""

import json
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_cloud import LocalCloud
from local_cloud.service import eventually
from tests.cloud import deploy
from tests.local_cloud.alarming import notifications, notified, topic
from tests.local_cloud.resources import ref, resource


def _write(cloud: LocalCloud, group: str, *messages: str, ago: float = 0) -> None:
    logs = cloud.client("logs")
    if not logs.describe_log_streams(logGroupName=group)["logStreams"]:
        logs.create_log_stream(logGroupName=group, logStreamName="s")
    moment = int((time.time() - ago) * 1000)
    events = [{"timestamp": moment, "message": message} for message in messages]
    logs.put_log_events(logGroupName=group, logStreamName="s", logEvents=events)


def _values(
    cloud: LocalCloud, name: str, statistic: str = "Sum", dimensions: dict[str, str] | None = None
) -> list[float]:
    answer = cloud.client("cloudwatch").get_metric_statistics(
        Namespace="App",
        MetricName=name,
        Dimensions=[{"Name": key, "Value": value} for key, value in (dimensions or {}).items()],
        StartTime=time.time() - 3600,
        EndTime=time.time() + 60,
        Period=3600,
        Statistics=[statistic],
    )
    return [point[statistic] for point in answer["Datapoints"]]


@pytest.fixture
def group(cloud: LocalCloud, request: pytest.FixtureRequest) -> str:
    name = f"/test/{request.node.name}"
    cloud.client("logs").create_log_group(logGroupName=name)
    return name


def _put(cloud: LocalCloud, group: str, pattern: str, **transformation: Any) -> None:
    settings = {"metricNamespace": "App", "metricValue": "1", **transformation}
    cloud.client("logs").put_metric_filter(
        logGroupName=group, filterName="f", filterPattern=pattern, metricTransformations=[settings]
    )


def test_matching_events_are_counted_and_the_others_are_not(cloud: LocalCloud, group: str) -> None:
    _put(cloud, group, '{ $.level = "ERROR" }', metricName="Counted")

    _write(cloud, group, '{"level": "ERROR"}', '{"level": "INFO"}', "ERROR", '{"level": "ERROR"}')

    assert _values(cloud, "Counted") == [2]
    assert _values(cloud, "Counted", "SampleCount") == [2]


def test_value_unit_and_dimensions_come_from_the_event(cloud: LocalCloud, group: str) -> None:
    dimensions = {"Server": "$.server"}
    _put(
        cloud,
        group,
        "{ $.ms = * }",
        metricName="Latency",
        metricValue="$.ms",
        unit="Milliseconds",
        dimensions=dimensions,
    )

    _write(cloud, group, '{"ms": 12.5, "server": "a"}', '{"ms": 99}', '{"ms": "slow", "server": "a"}')

    assert _values(cloud, "Latency", "Maximum", {"Server": "a"}) == [12.5]
    listed = cloud.client("cloudwatch").list_metrics(Namespace="App", MetricName="Latency")["Metrics"]
    assert [metric["Dimensions"] for metric in listed] == [[{"Name": "Server", "Value": "a"}]]


def test_default_value_is_recorded_for_events_that_do_not_match(cloud: LocalCloud, group: str) -> None:
    _put(cloud, group, "ERROR", metricName="WithDefault", defaultValue=0)

    _write(cloud, group, "all is well")

    assert _values(cloud, "WithDefault") == [0]


def test_without_a_default_value_nothing_is_recorded_for_them(cloud: LocalCloud, group: str) -> None:
    _put(cloud, group, "ERROR", metricName="WithoutDefault")

    _write(cloud, group, "all is well")

    assert _values(cloud, "WithoutDefault") == []


def test_metric_has_the_time_of_the_event(cloud: LocalCloud, group: str) -> None:
    _put(cloud, group, "ERROR", metricName="Late")

    _write(cloud, group, "ERROR", ago=7200)

    assert _values(cloud, "Late") == []


@pytest.mark.parametrize(
    ("pattern", "transformation", "reason"),
    [
        ("{ $.a ~ 1 }", {}, "filter pattern"),
        ("[ip, status]", {}, "space-delimited"),
        ("ERROR", {"metricValue": "many"}, "neither a number nor a selector"),
        ("ERROR", {"dimensions": {"A": "$.a"}, "defaultValue": 0}, "takes no default value"),
        ("ERROR", {"dimensions": {"A": "a"}}, "needs a selector"),
        ("ERROR", {"dimensions": dict.fromkeys("ABCD", "$.a")}, "at most 3 dimensions"),
    ],
)
def test_filter_that_cannot_work_is_refused(
    cloud: LocalCloud, group: str, pattern: str, transformation: dict[str, Any], reason: str
) -> None:
    with pytest.raises(ClientError, match=reason) as refused:
        _put(cloud, group, pattern, metricName="Refused", **transformation)
    assert refused.value.response["Error"]["Code"] == "InvalidParameterException"


def test_events_are_searched_with_the_same_patterns(cloud: LocalCloud, group: str) -> None:
    _write(cloud, group, '{"ms": 7}', '{"ms": 70}', "ms")

    found = cloud.client("logs").filter_log_events(logGroupName=group, filterPattern="{ $.ms > 10 }")

    assert [event["message"] for event in found["events"]] == ['{"ms": 70}']
    with pytest.raises(ClientError, match="InvalidParameterException"):
        cloud.client("logs").filter_log_events(logGroupName=group, filterPattern="{ $.ms }")


def test_alarm_on_a_log_rings_and_recovers_and_is_heard_both_times(cloud: LocalCloud) -> None:
    resources = {
        "Log": resource("Logs::LogGroup"),
        "Filter": resource(
            "Logs::MetricFilter",
            LogGroupName=ref("Log"),
            FilterPattern='{ $.level = "ERROR" }',
            MetricTransformations=[
                {"MetricNamespace": "App", "MetricName": "Errors", "MetricValue": "1", "DefaultValue": 0}
            ],
        ),
        "Alarm": resource(
            "CloudWatch::Alarm",
            Namespace="App",
            MetricName="Errors",
            Statistic="Sum",
            Period=10,
            EvaluationPeriods=1,
            ComparisonOperator="GreaterThanThreshold",
            Threshold=0,
            **notified(),
        ),
        **topic(),
    }
    names: dict[str, Any] = {name: ref(name) for name in ("Log", "Alarm", "Inbox")}
    stack = deploy(cloud, "log-alarm", resources, **names)

    def write_until(level: str, state: str) -> None:
        def look() -> bool:
            _write(cloud, stack["Log"], json.dumps({"level": level}))
            found = cloud.client("cloudwatch").describe_alarms(AlarmNames=[stack["Alarm"]])
            return bool(found["MetricAlarms"][0]["StateValue"] == state)

        eventually(look, f"the log alarm in {state}")

    write_until("ERROR", "ALARM")
    assert [n["NewStateValue"] for n in notifications(cloud, stack["Inbox"])] == ["ALARM"]
    write_until("INFO", "OK")
    assert [n["NewStateValue"] for n in notifications(cloud, stack["Inbox"])] == ["OK"]
