"""Alarms ring on what a function does, composites follow, and a notification comes only where policies let it."""

import json
import time
from typing import Any

import pytest

from local_cloud import LocalCloud
from local_cloud.service import eventually
from tests.cloud import deploy
from tests.local_cloud.alarming import actions, is_in, notifications, subscribed_queue
from tests.local_cloud.resources import att, function, ref, resource

ALARM_OF_ALIAS: dict[str, Any] = {
    "EvaluationPeriods": 1,
    "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    "Threshold": 1,
    "TreatMissingData": "notBreaching",
}


def _alias_metric(name: str) -> dict[str, Any]:
    by_alias = {"Name": "Resource", "Value": {"Fn::Sub": "${Function}:live"}}
    dimensions = [{"Name": "FunctionName", "Value": ref("Function")}, by_alias]
    return {"Namespace": "AWS/Lambda", "MetricName": name, "Dimensions": dimensions}


def _errors(**properties: Any) -> dict[str, Any]:
    metric: dict[str, Any] = {**_alias_metric("Errors"), "Period": 60, "Statistic": "Sum"}
    return resource("CloudWatch::Alarm", **metric, **ALARM_OF_ALIAS, **properties)


def _ring(cloud: LocalCloud, stack: dict[str, str]) -> None:
    cloud.client("lambda").invoke(
        FunctionName=stack["Function"], Qualifier="live", Payload=b'{"fail": "now"}'
    )
    eventually(is_in(cloud, stack["Errors"], "ALARM"), "the alarm on errors")


def test_composite_follows_the_alarm_on_an_alias_and_its_subscriber_hears_of_it(cloud: LocalCloud) -> None:
    metrics: list[dict[str, Any]] = [
        {"Id": "errors", "MetricStat": {"Metric": _alias_metric("Errors"), "Period": 60, "Stat": "Sum"}},
        {"Id": "calls", "MetricStat": {"Metric": _alias_metric("Invocations"), "Period": 60, "Stat": "Sum"}},
    ]
    for metric in metrics:
        metric["ReturnData"] = False
    rate = {"Id": "rate", "Expression": "IF(calls > 0, 100 * errors / calls, 0)", "Label": "error rate"}
    rule = {
        "Fn::Sub": 'ALARM("${Errors}") AND (NOT OK("${Rate}") OR AT_LEAST(2, ALARM, ("${Errors}", "${Rate}")))'
    }
    resources = {
        **function(),
        "Topic": resource("SNS::Topic"),
        **subscribed_queue(),
        "Errors": _errors(),
        "Rate": resource(
            "CloudWatch::Alarm", Metrics=[*metrics, rate], **(ALARM_OF_ALIAS | {"Threshold": 50})
        ),
        "Health": resource(
            "CloudWatch::CompositeAlarm",
            AlarmRule=rule,
            AlarmActions=[ref("Topic")],
            AlarmName="health-of-the-alias",
        ),
    }
    names: dict[str, Any] = {
        key: ref(key) for key in ("Function", "Errors", "Rate", "Health", "Inbox", "Topic")
    }
    stack = deploy(cloud, "ringing", resources, **names)
    cloud.client("lambda").invoke(
        FunctionName=stack["Function"], Payload=b'{"fail": "not through the alias"}'
    )
    eventually(is_in(cloud, stack["Errors"], "OK"), "the first look")

    _ring(cloud, stack)
    eventually(is_in(cloud, stack["Rate"], "ALARM"), "the alarm on the error rate")
    eventually(is_in(cloud, stack["Health"], "ALARM"), "the composite")

    (notification,) = notifications(cloud, stack["Inbox"])
    assert notification["AlarmName"] == "health-of-the-alias"
    assert (notification["OldStateValue"], notification["NewStateValue"]) == ("OK", "ALARM")
    triggering = {child["Arn"].rpartition(":")[2] for child in notification["TriggeringChildren"]}
    assert triggering == {stack["Errors"], stack["Rate"]}
    assert actions(cloud, stack["Health"]) == [f"Successfully executed action {stack['Topic']}"]
    described = cloud.client("cloudwatch").describe_alarms(AlarmNames=[stack["Rate"]])["MetricAlarms"][0]
    assert [query["Id"] for query in described["Metrics"]] == ["errors", "calls", "rate"]
    assert described["Metrics"][0]["ReturnData"] is False


def test_alarm_on_the_depth_of_a_queue_rings_and_recovers(cloud: LocalCloud) -> None:
    depth = resource(
        "CloudWatch::Alarm",
        Namespace="AWS/SQS",
        MetricName="ApproximateNumberOfMessagesVisible",
        Dimensions=[{"Name": "QueueName", "Value": att("Queue", "QueueName")}],
        Period=60,
        Statistic="Maximum",
        **ALARM_OF_ALIAS,
    )
    stack = deploy(
        cloud,
        "depth",
        {"Queue": resource("SQS::Queue"), "Depth": depth},
        Url=ref("Queue"),
        Depth=ref("Depth"),
    )
    eventually(is_in(cloud, stack["Depth"], "OK"), "the first look")

    cloud.client("sqs").send_message(QueueUrl=stack["Url"], MessageBody="dead")

    eventually(is_in(cloud, stack["Depth"], "ALARM"), "the alarm on the depth")


def _topic_policy(effect: str, **statement: Any) -> dict[str, Any]:
    full = {"Effect": effect, "Action": "sns:Publish", "Resource": ref("Topic"), **statement}
    return {"Version": "2012-10-17", "Statement": [full]}


TLS_ONLY = _topic_policy("Deny", Principal="*", Condition={"Bool": {"aws:SecureTransport": "false"}})
CLOUDWATCH = {"Service": "cloudwatch.amazonaws.com"}
IN_ACCOUNT = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
ELSEWHERE = {"StringEquals": {"aws:SourceAccount": "999999999999"}}
ALARMS_ONLY = {"ArnLike": {"aws:SourceArn": {"Fn::Sub": "arn:aws:cloudwatch:*:${AWS::AccountId}:alarm:*"}}}
ALLOWED = _topic_policy("Allow", Principal=CLOUDWATCH, Condition={**IN_ACCOUNT, **ALARMS_ONLY})
OTHER_ACCOUNT = _topic_policy("Allow", Principal=CLOUDWATCH, Condition=ELSEWHERE)
ALL_DENIED = {
    **ALLOWED,
    "Statement": ALLOWED["Statement"] + _topic_policy("Deny", Principal="*")["Statement"],
}
BOTH = {**TLS_ONLY, "Statement": TLS_ONLY["Statement"] + ALLOWED["Statement"]}


def _with_topic(topic: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        **function(),
        **subscribed_queue(),
        "Topic": topic,
        "Errors": _errors(AlarmActions=[ref("Topic")]),
        **more,
    }


def _policy_on_topic(document: dict[str, Any]) -> dict[str, Any]:
    return {"Policy": resource("SNS::TopicPolicy", Topics=[ref("Topic")], PolicyDocument=document)}


def _key(*statements: dict[str, Any]) -> dict[str, Any]:
    root = {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}}
    owner = {"Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"}
    return resource("KMS::Key", KeyPolicy={"Version": "2012-10-17", "Statement": [owner, *statements]})


MAY_USE_KEY = {
    "Effect": "Allow",
    "Principal": CLOUDWATCH,
    "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
    "Resource": "*",
}
MAY_ONLY_DECRYPT = {**MAY_USE_KEY, "Action": "kms:Decrypt"}
ENCRYPTED = resource("SNS::Topic", KmsMasterKeyId=att("Key"))
NOT_AUTHORIZED = "is not authorized to perform: SNS:Publish on resource"
NO_KEY = "CloudWatch Alarms does not have authorization to access the SNS topic encryption key."
PLAIN = resource("SNS::Topic")

SILENT = {
    "deny-only": (_with_topic(PLAIN, **_policy_on_topic(TLS_ONLY)), NOT_AUTHORIZED),
    "other-account": (_with_topic(PLAIN, **_policy_on_topic(OTHER_ACCOUNT)), NOT_AUTHORIZED),
    "explicit-deny": (_with_topic(PLAIN, **_policy_on_topic(ALL_DENIED)), NOT_AUTHORIZED),
    "no-grant": (_with_topic(ENCRYPTED, Key=_key()), NO_KEY),
    "half-a-grant": (_with_topic(ENCRYPTED, Key=_key(MAY_ONLY_DECRYPT)), NO_KEY),
    "managed-key": (_with_topic(resource("SNS::Topic", KmsMasterKeyId="alias/aws/sns")), NO_KEY),
}
HEARD = {
    "default-policy": _with_topic(PLAIN),
    "allowed": _with_topic(PLAIN, **_policy_on_topic(BOTH)),
    "granted": _with_topic(ENCRYPTED, Key=_key(MAY_USE_KEY), **_policy_on_topic(BOTH)),
}


@pytest.mark.parametrize("name", SILENT)
def test_notification_is_lost_where_cloudwatch_may_not_publish(cloud: LocalCloud, name: str) -> None:
    resources, reason = SILENT[name]
    names: dict[str, Any] = {key: ref(key) for key in ("Function", "Errors", "Inbox", "Topic")}
    stack = deploy(cloud, f"silent-{name}", resources, **names)

    _ring(cloud, stack)

    (summary,) = actions(cloud, stack["Errors"])
    assert summary.startswith(f"Failed to execute action {stack['Topic']}. Received error:")
    assert reason in summary
    assert notifications(cloud, stack["Inbox"], seconds=0) == []


@pytest.mark.parametrize("name", HEARD)
def test_notification_arrives_where_cloudwatch_may_publish(cloud: LocalCloud, name: str) -> None:
    names: dict[str, Any] = {key: ref(key) for key in ("Function", "Errors", "Inbox", "Topic")}
    stack = deploy(cloud, f"heard-{name}", HEARD[name], **names)

    _ring(cloud, stack)

    assert [n["AlarmName"] for n in notifications(cloud, stack["Inbox"])] == [stack["Errors"]]


def test_notification_arrives_once_the_topic_policy_is_fixed(cloud: LocalCloud) -> None:
    names: dict[str, Any] = {key: ref(key) for key in ("Function", "Errors", "Inbox", "Topic")}
    stack = deploy(cloud, "fixed", _with_topic(PLAIN, **_policy_on_topic(TLS_ONLY)), **names)
    _ring(cloud, stack)
    assert notifications(cloud, stack["Inbox"], seconds=0) == []

    deploy(cloud, "fixed", _with_topic(PLAIN, **_policy_on_topic(BOTH)), **names)
    client = cloud.client("cloudwatch")
    client.set_alarm_state(AlarmName=stack["Errors"], StateValue="OK", StateReason="ring again")

    assert [n["NewStateValue"] for n in notifications(cloud, stack["Inbox"])] == ["ALARM"]


def test_anomaly_alarm_rings_outside_the_band_of_the_past(cloud: LocalCloud) -> None:
    metric = {"Metric": {"Namespace": "Shop", "MetricName": "Orders"}, "Period": 60, "Stat": "Sum"}
    queries = [
        {"Id": "m", "MetricStat": metric, "ReturnData": True},
        {"Id": "band", "Expression": "ANOMALY_DETECTION_BAND(m, 3)", "ReturnData": True},
    ]
    resources = {
        "Detector": resource(
            "CloudWatch::AnomalyDetector", Namespace="Shop", MetricName="Orders", Stat="Sum"
        ),
        "Alarm": resource(
            "CloudWatch::Alarm",
            Metrics=queries,
            ThresholdMetricId="band",
            ComparisonOperator="LessThanLowerOrGreaterThanUpperThreshold",
            EvaluationPeriods=1,
            TreatMissingData="ignore",
        ),
    }
    stack = deploy(cloud, "anomaly", resources, Alarm=ref("Alarm"))
    client = cloud.client("cloudwatch")

    def put(minutes_ago: int, value: float) -> None:
        datum = {"MetricName": "Orders", "Value": value, "Timestamp": time.time() - 60 * minutes_ago}
        client.put_metric_data(Namespace="Shop", MetricData=[datum])

    for minutes_ago in range(4, 20):
        put(minutes_ago, 100 + minutes_ago % 3)
    put(0, 101)
    eventually(is_in(cloud, stack["Alarm"], "OK"), "a value inside the band")
    put(0, 500)
    eventually(is_in(cloud, stack["Alarm"], "ALARM"), "a value outside the band")


def test_state_change_is_an_event_that_a_rule_catches(cloud: LocalCloud) -> None:
    pattern = {
        "source": ["aws.cloudwatch"],
        "detail": {"state": {"value": ["ALARM"]}, "alarmName": [ref("Errors")]},
    }
    resources = {
        **function(),
        "Errors": _errors(),
        "Caught": resource("SQS::Queue"),
        "Rule": resource("Events::Rule", EventPattern=pattern, Targets=[{"Id": "q", "Arn": att("Caught")}]),
    }
    stack = deploy(
        cloud, "caught", resources, Function=ref("Function"), Errors=ref("Errors"), Caught=ref("Caught")
    )

    _ring(cloud, stack)

    answer = cloud.client("sqs").receive_message(QueueUrl=stack["Caught"], WaitTimeSeconds=5)
    event = json.loads(answer["Messages"][0]["Body"])
    assert event["detail-type"] == "CloudWatch Alarm State Change"
    assert event["detail"]["previousState"]["value"] in {"OK", "INSUFFICIENT_DATA"}
