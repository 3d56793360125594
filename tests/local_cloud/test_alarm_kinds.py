"""Every kind of alarm is driven to ALARM and back by data, and its notifications arrive."""

import json
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
KINDS = {
    "threshold": (custom("Plain", **notified()), {"Plain": 1}, {"Plain": 0}),
    "rate": (RATE, {"RateErrors": 3, "RateCalls": 4}, {"RateErrors": 0, "RateCalls": 4}),
    "rate-of-little-traffic": (RATE, {"RateErrors": 3, "RateCalls": 4}, {"RateCalls": 0}),
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
