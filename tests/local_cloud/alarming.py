"""What tests of alarms share: a topic with a queue behind it, metrics to put, states and messages to look at."""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from local_cloud import LocalCloud
from local_cloud.service import eventually
from tests.local_cloud.resources import att, ref, resource

NAMESPACE = "Test"


def subscribed_queue() -> dict[str, Any]:
    """A queue `Inbox` that gets what is published to the topic `Topic`."""
    may_send = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage"}
    policy = {"Version": "2012-10-17", "Statement": [{**may_send, "Resource": att("Inbox")}]}
    return {
        "Inbox": resource("SQS::Queue"),
        "InboxPolicy": resource("SQS::QueuePolicy", Queues=[ref("Inbox")], PolicyDocument=policy),
        "Subscription": resource(
            "SNS::Subscription", TopicArn=ref("Topic"), Protocol="sqs", Endpoint=att("Inbox")
        ),
    }


def topic() -> dict[str, Any]:
    """A topic `Topic` with a queue `Inbox` behind it."""
    return {"Topic": resource("SNS::Topic"), **subscribed_queue()}


def notified(**properties: Any) -> dict[str, Any]:
    """The properties of an alarm that tells the topic of every state."""
    states = ("AlarmActions", "OKActions", "InsufficientDataActions")
    return {**{state: [ref("Topic")] for state in states}, **properties}


def custom(name: str, **properties: Any) -> dict[str, Any]:
    """An alarm on a metric that the test puts; it rings above zero."""
    settings: dict[str, Any] = {
        "Namespace": NAMESPACE,
        "MetricName": name,
        "Statistic": "Maximum",
        "Period": 10,
        "EvaluationPeriods": 1,
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 0,
    }
    return resource("CloudWatch::Alarm", **{**settings, **properties})


def put(cloud: LocalCloud, name: str, value: float, ago: float = 0) -> None:
    """Put one datapoint of a custom metric, as old as said."""
    datum = {"MetricName": name, "Value": value, "Timestamp": time.time() - ago}
    cloud.client("cloudwatch").put_metric_data(Namespace=NAMESPACE, MetricData=[datum])


def put_by_server(cloud: LocalCloud, name: str, values: Mapping[str, float], ago: float = 0) -> None:
    """Put one datapoint of a custom metric for each of these servers, in one request."""
    data = [
        {
            "MetricName": name,
            "Value": value,
            "Timestamp": time.time() - ago,
            "Dimensions": [{"Name": "Server", "Value": server}],
        }
        for server, value in values.items()
    ]
    cloud.client("cloudwatch").put_metric_data(Namespace=NAMESPACE, MetricData=data)


def describe(cloud: LocalCloud, name: str) -> dict[str, Any]:
    """What DescribeAlarms says of one alarm, metric or composite."""
    found = cloud.client("cloudwatch").describe_alarms(
        AlarmNames=[name], AlarmTypes=["MetricAlarm", "CompositeAlarm"]
    )
    alarm: dict[str, Any] = (found["MetricAlarms"] + found["CompositeAlarms"])[0]
    return alarm


def is_in(cloud: LocalCloud, name: str, state: str) -> Callable[[], bool]:
    """Whether an alarm is in a state, to be asked again and again."""
    return lambda: bool(describe(cloud, name)["StateValue"] == state)


def put_until(cloud: LocalCloud, alarm: str, state: str, values: Mapping[str, float]) -> None:
    """Put these values of metrics, in one request, again and again until the alarm is in a state."""

    def look() -> bool:
        data = [{"MetricName": name, "Value": value} for name, value in values.items()]
        cloud.client("cloudwatch").put_metric_data(Namespace=NAMESPACE, MetricData=data)
        return is_in(cloud, alarm, state)()

    eventually(look, f"{alarm} in {state}")


def actions(cloud: LocalCloud, name: str) -> list[str]:
    """What an alarm's history says of its actions, the newest first."""

    def items() -> list[str]:
        history = cloud.client("cloudwatch").describe_alarm_history(
            AlarmName=name, HistoryItemType="Action", AlarmTypes=["MetricAlarm", "CompositeAlarm"]
        )
        return [item["HistorySummary"] for item in history["AlarmHistoryItems"]]

    return eventually(items, f"an action of {name}")


def notifications(cloud: LocalCloud, queue: str, seconds: int = 5) -> list[dict[str, Any]]:
    """The alarm messages that arrive in a queue behind a topic, removed from it."""
    client = cloud.client("sqs")
    answer = client.receive_message(QueueUrl=queue, WaitTimeSeconds=seconds, MaxNumberOfMessages=10)
    messages = answer.get("Messages", [])
    for message in messages:
        client.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    return [json.loads(json.loads(message["Body"])["Message"]) for message in messages]
