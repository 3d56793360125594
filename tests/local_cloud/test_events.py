"""Queues, topics, rules and schedules reach functions through their alias."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from local_cloud import LocalCloud
from local_cloud.service import eventually
from tests.cloud import deploy
from tests.local_cloud.resources import att, function, invoke_config, ref, resource

FAILING = "def handler(event, context):\n    raise RuntimeError(context.invoked_function_arn)"
PICKY = """
def handler(event, context):
    failed = [r["messageId"] for r in event["Records"] if r["body"] == "bad"]
    return {"batchItemFailures": [{"itemIdentifier": i} for i in failed]}
"""


def _failing_function() -> dict[str, Any]:
    """Each event that reaches it ends in the queue `Failed`, with the settings of the alias."""
    return {
        **function(FAILING),
        "Failed": resource("SQS::Queue"),
        "Config": invoke_config("live", "Failed"),
    }


def _failed(cloud: LocalCloud, url: str) -> dict[str, Any]:
    messages = cloud.client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=10)["Messages"]
    record: dict[str, Any] = json.loads(messages[0]["Body"])
    assert record["requestContext"]["functionArn"].endswith(":live")
    assert record["responsePayload"]["errorMessage"].endswith(":live")
    return record


def test_messages_reported_as_failed_go_to_the_dead_letter_queue(cloud: LocalCloud) -> None:
    redrive = {"deadLetterTargetArn": att("Dead"), "maxReceiveCount": 1}
    resources = {
        **function(PICKY),
        "Dead": resource("SQS::Queue"),
        "Work": resource("SQS::Queue", VisibilityTimeout=4, RedrivePolicy=redrive),
        "Source": resource(
            "Lambda::EventSourceMapping",
            EventSourceArn=att("Work"),
            FunctionName=ref("Live"),
            FunctionResponseTypes=["ReportBatchItemFailures"],
        ),
    }
    stack = deploy(cloud, "source", resources, Function=ref("Function"), Work=ref("Work"), Dead=ref("Dead"))
    client = cloud.client("sqs")
    for body in ("good", "bad"):
        client.send_message(QueueUrl=stack["Work"], MessageBody=body)

    answer = client.receive_message(QueueUrl=stack["Dead"], WaitTimeSeconds=15)

    assert [message["Body"] for message in answer["Messages"]] == ["bad"]
    dimensions = [
        {"Name": "FunctionName", "Value": stack["Function"]},
        {"Name": "Resource", "Value": f"{stack['Function']}:live"},
    ]
    listed = cloud.client("cloudwatch").list_metrics(MetricName="Invocations", Dimensions=dimensions)
    assert listed["Metrics"]


def test_topic_invokes_the_alias_asynchronously(cloud: LocalCloud) -> None:
    subscription = resource(
        "SNS::Subscription", TopicArn=ref("Topic"), Protocol="lambda", Endpoint=ref("Live")
    )
    resources = {**_failing_function(), "Topic": resource("SNS::Topic"), "Subscription": subscription}
    stack = deploy(cloud, "topic", resources, Topic=ref("Topic"), Failed=ref("Failed"))

    cloud.client("sns").publish(TopicArn=stack["Topic"], Message="hello")

    assert _failed(cloud, stack["Failed"])["requestPayload"]["Records"][0]["Sns"]["Message"] == "hello"


def test_rule_invokes_the_alias_asynchronously(cloud: LocalCloud) -> None:
    targets = [{"Id": "live", "Arn": ref("Live")}]
    rule = resource("Events::Rule", EventPattern={"source": ["shop"]}, Targets=targets)
    stack = deploy(cloud, "rule", {**_failing_function(), "Rule": rule}, Failed=ref("Failed"))

    event = {"Source": "shop", "DetailType": "order", "Detail": '{"order": 7}'}
    cloud.client("events").put_events(Entries=[event])

    assert _failed(cloud, stack["Failed"])["requestPayload"]["detail"] == {"order": 7}


def test_schedule_invokes_the_alias_with_its_input(cloud: LocalCloud) -> None:
    soon = (datetime.now(UTC) + timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%S")
    schedule = resource(
        "Scheduler::Schedule",
        GroupName=ref("Group"),
        ScheduleExpression=f"at({soon})",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": ref("Live"), "RoleArn": att("Role"), "Input": '{"warm": true}'},
    )
    resources = {**_failing_function(), "Group": resource("Scheduler::ScheduleGroup"), "Schedule": schedule}
    stack = deploy(cloud, "schedule", resources, Failed=ref("Failed"))

    assert _failed(cloud, stack["Failed"])["requestPayload"] == {"warm": True}


def test_rule_cannot_publish_to_a_topic_whose_policy_only_denies(cloud: LocalCloud) -> None:
    tls = {"Bool": {"aws:SecureTransport": "false"}}
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sns:Publish",
        "Resource": ref("Topic"),
        "Condition": tls,
    }
    document = {"Version": "2012-10-17", "Statement": [deny]}
    resources = {
        "Topic": resource("SNS::Topic"),
        "Policy": resource("SNS::TopicPolicy", Topics=[ref("Topic")], PolicyDocument=document),
        "Rule": resource(
            "Events::Rule",
            EventPattern={"source": ["silent"]},
            Targets=[{"Id": "topic", "Arn": ref("Topic")}],
        ),
    }
    stack = deploy(cloud, "silent-rule", resources, Rule=ref("Rule"))

    cloud.client("events").put_events(Entries=[{"Source": "silent", "DetailType": "x", "Detail": "{}"}])

    dimensions = [{"Name": "RuleName", "Value": stack["Rule"]}]
    client = cloud.client("cloudwatch")
    failed = {"Namespace": "AWS/Events", "MetricName": "FailedInvocations", "Dimensions": dimensions}
    assert eventually(lambda: client.list_metrics(**failed)["Metrics"], "the metric of failed invocations")
