"""Every kind of alarm is driven to ALARM and back by data, and its notifications arrive."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local_cloud import LocalCloud
from local_cloud.service import eventually
from tests.cloud import deploy
from tests.local_cloud.alarming import (
    NAMESPACE,
    actions,
    custom,
    describe,
    is_in,
    notifications,
    notified,
    put,
    put_by_server,
    put_until,
    topic,
)
from tests.local_cloud.resources import att, function, ref, resource


def _stat(identifier: str, name: str, *, shown: bool) -> dict[str, Any]:
    metric = {"Metric": {"Namespace": NAMESPACE, "MetricName": name}, "Period": 10, "Stat": "Sum"}
    return {"Id": identifier, "MetricStat": metric, "ReturnData": shown}


RATE = resource(
    "CloudWatch::Alarm",
    Metrics=[
        _stat("errors", "RateErrors", shown=False),
        _stat("calls", "RateCalls", shown=False),
        {"Id": "rate", "Expression": "IF(calls > 2, 100 * errors / calls, 0)"},
    ],
    EvaluationPeriods=1,
    ComparisonOperator="GreaterThanThreshold",
    Threshold=50,
    **notified(),
)
ANOMALY = resource(
    "CloudWatch::Alarm",
    Metrics=[
        _stat("m", "Odd", shown=True),
        {"Id": "band", "Expression": "ANOMALY_DETECTION_BAND(m, 3)", "ReturnData": True},
    ],
    ThresholdMetricId="band",
    EvaluationPeriods=1,
    ComparisonOperator="GreaterThanUpperThreshold",
    **notified(),
)
QUERY = resource(
    "CloudWatch::Alarm",
    Metrics=[{"Id": "q", "Expression": "SELECT MAX(Spread) FROM Test", "Period": 60}],
    EvaluationPeriods=1,
    ComparisonOperator="GreaterThanThreshold",
    Threshold=0,
    **notified(),
)
LARGEST = resource(
    "CloudWatch::Alarm",
    Metrics=[
        _stat("small", "LargestA", shown=False),
        _stat("large", "LargestB", shown=False),
        {"Id": "largest", "Expression": "AVG(SLICE(SORT(METRICS(), MAX, DESC), 0, 1))"},
    ],
    EvaluationPeriods=1,
    ComparisonOperator="GreaterThanThreshold",
    Threshold=5,
    **notified(),
)


def _extended(name: str, statistic: str, **properties: Any) -> dict[str, Any]:
    alarm = custom(name, ExtendedStatistic=statistic, **properties)
    del alarm["Properties"]["Statistic"]
    return alarm


KINDS = {
    "threshold": (custom("Plain", **notified()), {"Plain": 1}, {"Plain": 0}),
    "rate": (RATE, {"RateErrors": 3, "RateCalls": 4}, {"RateErrors": 0, "RateCalls": 4}),
    "rate-of-little-traffic": (RATE, {"RateErrors": 3, "RateCalls": 4}, {"RateCalls": 0}),
    "sorted-metrics": (LARGEST, {"LargestA": 1, "LargestB": 2_000}, {"LargestA": 1, "LargestB": 2}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_alarm_rings_and_recovers_and_is_heard_both_times(cloud: LocalCloud, kind: str) -> None:
    alarm, bad, good = KINDS[kind]
    stack = deploy(cloud, f"kind-{kind}", {**topic(), "Alarm": alarm}, Alarm=ref("Alarm"), Inbox=ref("Inbox"))
    put_until(cloud, stack["Alarm"], "OK", good)
    notifications(cloud, stack["Inbox"])

    put_until(cloud, stack["Alarm"], "ALARM", bad)
    rang = notifications(cloud, stack["Inbox"])
    put_until(cloud, stack["Alarm"], "OK", good)
    recovered = notifications(cloud, stack["Inbox"])

    assert [(n["OldStateValue"], n["NewStateValue"]) for n in rang] == [("OK", "ALARM")]
    assert [(n["OldStateValue"], n["NewStateValue"]) for n in recovered] == [("ALARM", "OK")]


def test_anomaly_alarm_rings_and_recovers_and_is_heard_both_times(cloud: LocalCloud) -> None:
    stack = deploy(
        cloud, "kind-anomaly", {**topic(), "Alarm": ANOMALY}, Alarm=ref("Alarm"), Inbox=ref("Inbox")
    )
    for ago in range(40, 600, 10):
        put(cloud, "Odd", 100 + ago % 3, ago=ago)

    put_until(cloud, stack["Alarm"], "ALARM", {"Odd": 500})
    assert [n["NewStateValue"] for n in notifications(cloud, stack["Inbox"])] == ["ALARM"]
    put_until(cloud, stack["Alarm"], "OK", {"Odd": 1})
    assert [n["NewStateValue"] for n in notifications(cloud, stack["Inbox"])] == ["OK"]


def test_heartbeat_that_stops_rings_and_recovers_with_the_next_beat(cloud: LocalCloud) -> None:
    too_little = {"ComparisonOperator": "LessThanThreshold", "Threshold": 1}
    alarm = custom("Beat", **notified(TreatMissingData="breaching", **too_little))
    stack = deploy(cloud, "kind-beat", {**topic(), "Alarm": alarm}, Alarm=ref("Alarm"), Inbox=ref("Inbox"))
    put(cloud, "Beat", 1, ago=15)
    eventually(is_in(cloud, stack["Alarm"], "OK"), "the first look")
    notifications(cloud, stack["Inbox"])

    eventually(is_in(cloud, stack["Alarm"], "ALARM"), "the missing beat")
    assert [n["NewStateValue"] for n in notifications(cloud, stack["Inbox"])] == ["ALARM"]
    put(cloud, "Beat", 1)
    eventually(is_in(cloud, stack["Alarm"], "OK"), "the next beat")
    assert [n["NewStateValue"] for n in notifications(cloud, stack["Inbox"])] == ["OK"]


def test_end_of_data_executes_the_actions_for_insufficient_data(cloud: LocalCloud) -> None:
    resources = {**topic(), "Alarm": custom("Silent", **notified())}
    stack = deploy(cloud, "kind-insufficient", resources, Alarm=ref("Alarm"), Inbox=ref("Inbox"))
    put(cloud, "Silent", 0, ago=15)
    eventually(is_in(cloud, stack["Alarm"], "OK"), "the first look")
    notifications(cloud, stack["Inbox"])

    eventually(is_in(cloud, stack["Alarm"], "INSUFFICIENT_DATA"), "the end of the data")

    assert [n["NewStateValue"] for n in notifications(cloud, stack["Inbox"])] == ["INSUFFICIENT_DATA"]


def _put_times(cloud: LocalCloud, name: str, **times: int) -> None:
    """Put the values of the names `v...`, each so many times."""
    datum = {
        "MetricName": name,
        "Values": [float(value.removeprefix("v")) for value in times],
        "Counts": [float(count) for count in times.values()],
    }
    cloud.client("cloudwatch").put_metric_data(Namespace=NAMESPACE, MetricData=[datum])


@pytest.mark.parametrize(
    ("name", "statistic", "rings"),
    [("median", "p50", False), ("tail", "p99", True), ("trimmed", "TM(:90%)", False)],
)
def test_statistics_of_the_samples_decide(
    cloud: LocalCloud, name: str, statistic: str, *, rings: bool
) -> None:
    metric = f"Spread-{name}"
    stack = deploy(
        cloud, f"kind-{name}", {"Alarm": _extended(metric, statistic, Period=60)}, Alarm=ref("Alarm")
    )

    _put_times(cloud, metric, v0=90, v100=10)

    eventually(is_in(cloud, stack["Alarm"], "ALARM" if rings else "OK"), statistic)


def test_statistics_of_the_api_are_those_of_alarms(cloud: LocalCloud) -> None:
    _put_times(cloud, "SpreadOfTheApi", v10=90, v100=10)
    now = datetime.now(UTC)

    answer = cloud.client("cloudwatch").get_metric_statistics(
        Namespace=NAMESPACE,
        MetricName="SpreadOfTheApi",
        StartTime=now - timedelta(minutes=2),
        EndTime=now + timedelta(minutes=2),
        Period=3600,
        ExtendedStatistics=["p90", "p91", "TM(:95%)", "PR(:50)"],
    )

    (datapoint,) = answer["Datapoints"]
    assert datapoint["ExtendedStatistics"] == pytest.approx(
        {"p90": 10, "p91": 100, "TM(:95%)": (90 * 10 + 5 * 100) / 95, "PR(:50)": 90}
    )


def test_a_percentile_of_few_samples_may_leave_the_state_as_it_is(cloud: LocalCloud) -> None:
    """10 / (1 - 0.9) samples are enough.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/percentiles-with-low-samples.html
    """
    resources = {
        "Patient": _extended("Few", "p90", Period=3600, EvaluateLowSampleCountPercentile="ignore"),
        "Hasty": _extended("Few", "p90", Period=3600),
    }
    stack = deploy(cloud, "kind-few-samples", resources, Patient=ref("Patient"), Hasty=ref("Hasty"))

    _put_times(cloud, "Few", v1=99)
    eventually(is_in(cloud, stack["Hasty"], "ALARM"), "the alarm that evaluates few samples")
    assert is_in(cloud, stack["Patient"], "INSUFFICIENT_DATA")()
    _put_times(cloud, "Few", v1=1)

    eventually(is_in(cloud, stack["Patient"], "ALARM"), "the alarm that waits for more")


def test_samples_of_another_unit_do_not_count(cloud: LocalCloud) -> None:
    resources = {"Counts": custom("Units", Unit="Count"), "Any": custom("Units")}
    stack = deploy(cloud, "kind-unit", resources, Counts=ref("Counts"), Any=ref("Any"))

    put_until(cloud, stack["Any"], "ALARM", {"Units": 1})

    assert is_in(cloud, stack["Counts"], "INSUFFICIENT_DATA")()


def test_what_is_not_evaluated_says_why_and_keeps_its_state(cloud: LocalCloud) -> None:
    search = {"Id": "found", "Expression": "SUM(SEARCH('Orders', 'Sum', 60))"}
    settings: dict[str, Any] = {
        "EvaluationPeriods": 1,
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 1,
    }
    resources = {
        "Alarm": resource("CloudWatch::Alarm", Metrics=[search], **settings),
        "Other": custom("AfterTheSearch"),
    }
    stack = deploy(cloud, "kind-search", resources, Alarm=ref("Alarm"), Other=ref("Other"))

    put_until(cloud, stack["Other"], "ALARM", {"AfterTheSearch": 1})

    found = describe(cloud, stack["Alarm"])
    assert found["StateValue"] == "INSUFFICIENT_DATA"
    assert "SEARCH is not evaluated here" in found["StateReason"]


def test_query_without_groups_is_one_series(cloud: LocalCloud) -> None:
    stack = deploy(cloud, "kind-query", {**topic(), "Alarm": QUERY}, Alarm=ref("Alarm"), Inbox=ref("Inbox"))
    put_by_server(cloud, "Spread", {"a": 0, "b": 0}, ago=60)
    eventually(is_in(cloud, stack["Alarm"], "OK"), "the first look")
    notifications(cloud, stack["Inbox"])

    put_by_server(cloud, "Spread", {"b": 1})

    eventually(is_in(cloud, stack["Alarm"], "ALARM"), "the alarm on the query")
    assert [n["NewStateValue"] for n in notifications(cloud, stack["Inbox"])] == ["ALARM"]


def test_rule_on_the_state_change_reaches_queue_topic_and_function(cloud: LocalCloud) -> None:
    pattern = {
        "source": ["aws.cloudwatch"],
        "detail-type": ["CloudWatch Alarm State Change"],
        "resources": [att("Alarm")],
        "detail": {"state": {"value": ["ALARM"]}},
    }
    code = "def handler(event, context):\n    print('heard', event['detail']['alarmName'])"
    targets = [
        {"Id": name, "Arn": arn}
        for name, arn in (("q", att("Caught")), ("t", ref("Topic")), ("f", att("Function")))
    ]
    may_publish = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": ref("Topic"),
    }
    document = {"Version": "2012-10-17", "Statement": [may_publish]}
    resources = {
        **topic(),
        **function(code),
        "Policy": resource("SNS::TopicPolicy", Topics=[ref("Topic")], PolicyDocument=document),
        "Alarm": custom("Ruled"),
        "Other": custom("RuledOther"),
        "Caught": resource("SQS::Queue"),
        "Rule": resource("Events::Rule", EventPattern=pattern, Targets=targets),
    }
    names: dict[str, Any] = {name: ref(name) for name in ("Alarm", "Inbox", "Caught", "Function")}
    stack = deploy(cloud, "kind-rule", resources, **names)

    put(cloud, "RuledOther", 1)
    put_until(cloud, stack["Alarm"], "ALARM", {"Ruled": 1})

    for name in ("Caught", "Inbox"):
        answer = cloud.client("sqs").receive_message(
            QueueUrl=stack[name], WaitTimeSeconds=5, MaxNumberOfMessages=10
        )
        bodies = [json.loads(message["Body"]) for message in answer["Messages"]]
        events = [json.loads(body["Message"]) if "Message" in body else body for body in bodies]
        assert [event["detail"]["alarmName"] for event in events] == [stack["Alarm"]]
    group = f"/aws/lambda/{stack['Function']}"
    logs = cloud.client("logs")

    def heard() -> list[Any]:
        groups = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
        found = logs.filter_log_events(logGroupName=group, filterPattern="heard") if groups else {}
        return list(found.get("events", []))

    (line,) = eventually(heard, "the function")
    assert line["message"] == f"heard {stack['Alarm']}"


def test_alarm_invokes_a_function_itself(cloud: LocalCloud) -> None:
    code = "def handler(event, context):\n    raise ValueError(event['alarmData']['state']['value'])"
    resources = {**function(code), "Alarm": custom("Invoking", AlarmActions=[ref("Live")])}
    stack = deploy(cloud, "kind-function", resources, Alarm=ref("Alarm"), Function=ref("Function"))

    put_until(cloud, stack["Alarm"], "ALARM", {"Invoking": 1})

    logs, group = cloud.client("logs"), f"/aws/lambda/{stack['Function']}"
    eventually(lambda: logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"], "a log")
    said = logs.filter_log_events(logGroupName=group, filterPattern='"ValueError: ALARM"')["events"]
    assert said


def test_ops_item_is_not_executed_and_the_history_says_so(cloud: LocalCloud) -> None:
    action = "arn:aws:ssm:us-east-1:000000000000:opsitem:3#CATEGORY=Availability"
    stack = deploy(cloud, "kind-ops", {"Alarm": custom("Ops", AlarmActions=[action])}, Alarm=ref("Alarm"))

    put_until(cloud, stack["Alarm"], "ALARM", {"Ops": 1})

    assert actions(cloud, stack["Alarm"]) == [
        f"Not executed: {action}: an action of ssm is not executed here"
    ]
    assert describe(cloud, stack["Alarm"])["StateValue"] == "ALARM"
