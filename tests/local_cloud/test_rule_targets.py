"""Rules, buckets, topics and schedules deliver to their targets as in AWS, and what they cannot deliver is kept."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local_cloud import LocalCloud
from local_cloud.service import eventually
from tests.cloud import deploy
from tests.local_cloud.resources import att, ref, resource

NOBODY = "arn:aws:sqs:us-east-1:000000000000:nobody"
NO_TOPIC = "arn:aws:sns:us-east-1:000000000000:nobody"


@pytest.fixture(scope="module")
def stack(cloud: LocalCloud) -> dict[str, str]:
    """A bus with rules and an archive, a bucket, and a topic with subscriptions."""
    on_bus: dict[str, Any] = {"EventBusName": ref("Bus")}
    transformer = {
        "InputPathsMap": {"order": "$.detail.order", "source": "$.source"},
        "InputTemplate": '{"id": <order>, "text": "from <source>", "rule": "<aws.events.rule-name>"}',
    }
    dead = {"DeadLetterConfig": {"Arn": att("Dead")}}
    subscriptions: dict[str, dict[str, Any]] = {
        "ByAttribute": {"FilterPolicy": {"shop": ["north"]}},
        "ByBody": {
            "FilterPolicy": {"order": {"total": [{"numeric": [">", 100]}]}},
            "FilterPolicyScope": "MessageBody",
        },
    }
    resources = {
        **{
            name: resource("SQS::Queue")
            for name in ("Dead", "Inbox", "Second", "ByAttributeInbox", "ByBodyInbox")
        },
        "Bus": resource("Events::EventBus", Name="rule-targets"),
        "Archive": resource(
            "Events::Archive", ArchiveName="rule-targets", SourceArn=att("Bus"), RetentionDays=1
        ),
        "Lost": resource(
            "Events::Rule",
            **on_bus,
            EventPattern={"detail-type": ["lost"]},
            Targets=[{"Id": "queue", "Arn": NOBODY, **dead}, {"Id": "topic", "Arn": NO_TOPIC, **dead}],
        ),
        "Transformed": resource(
            "Events::Rule",
            **on_bus,
            EventPattern={"detail-type": ["transformed"]},
            Targets=[{"Id": "queue", "Arn": att("Inbox"), "InputTransformer": transformer}],
        ),
        "First": resource(
            "Events::Rule",
            **on_bus,
            EventPattern={"detail-type": ["archived"]},
            Targets=[{"Id": "queue", "Arn": att("Inbox")}],
        ),
        "Other": resource(
            "Events::Rule",
            **on_bus,
            EventPattern={"detail-type": ["archived"]},
            Targets=[{"Id": "queue", "Arn": att("Second")}],
        ),
        "Bucket": resource(
            "S3::Bucket",
            VersioningConfiguration={"Status": "Enabled"},
            NotificationConfiguration={"EventBridgeConfiguration": {"EventBridgeEnabled": True}},
        ),
        "Uploads": resource(
            "Events::Rule",
            EventPattern={"source": ["aws.s3"], "detail": {"bucket": {"name": [ref("Bucket")]}}},
            Targets=[{"Id": "queue", "Arn": att("Inbox")}],
        ),
        "Topic": resource("SNS::Topic"),
        "Gone": resource(
            "SNS::Subscription",
            TopicArn=ref("Topic"),
            Protocol="sqs",
            Endpoint=NOBODY,
            FilterPolicy={"to": ["nobody"]},
            RedrivePolicy={"deadLetterTargetArn": att("Dead")},
        ),
    }
    for name, properties in subscriptions.items():
        resources[name] = resource(
            "SNS::Subscription",
            TopicArn=ref("Topic"),
            Protocol="sqs",
            Endpoint=att(f"{name}Inbox"),
            RawMessageDelivery=True,
            **properties,
        )
    names = ("Dead", "Inbox", "Second", "ByAttributeInbox", "ByBodyInbox", "Bucket", "Topic")
    outputs: dict[str, Any] = {name: ref(name) for name in names}
    for name in ("Bus", "Lost", "First", "Other", "Archive"):
        outputs[f"{name}Arn"] = att(name)
    return deploy(cloud, "rule-targets", resources, **outputs, LostName=ref("Lost"))


def _take(cloud: LocalCloud, url: str) -> dict[str, Any] | None:
    names = {"MessageAttributeNames": ["All"]}
    found: list[dict[str, Any]] = (
        cloud.client("sqs").receive_message(QueueUrl=url, **names).get("Messages", [])
    )
    for message in found:
        cloud.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return found[0] if found else None


def _next(cloud: LocalCloud, url: str) -> dict[str, Any]:
    return eventually(lambda: _take(cloud, url), "a message")


def _said(message: dict[str, Any]) -> dict[str, str]:
    return {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}


def _put(cloud: LocalCloud, kind: str, detail: dict[str, Any]) -> None:
    entry = {
        "Source": "shop",
        "DetailType": kind,
        "Detail": json.dumps(detail),
        "EventBusName": "rule-targets",
    }
    assert cloud.client("events").put_events(Entries=[entry])["FailedEntryCount"] == 0


def _sum(cloud: LocalCloud, namespace: str, metric: str, **dimensions: str) -> float:
    now = datetime.now(UTC)
    points = cloud.client("cloudwatch").get_metric_statistics(
        Namespace=namespace,
        MetricName=metric,
        Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
        StartTime=now - timedelta(minutes=5),
        EndTime=now + timedelta(minutes=1),
        Period=600,
        Statistics=["Sum"],
    )["Datapoints"]
    return float(sum(point["Sum"] for point in points))


def test_event_whose_targets_are_gone_is_kept_with_what_went_wrong(
    cloud: LocalCloud, stack: dict[str, str]
) -> None:
    """https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
    """
    _put(cloud, "lost", {"order": 1})

    letters = [_next(cloud, stack["Dead"]) for _ in range(2)]

    said = {_said(letter)["TARGET_ARN"]: _said(letter) for letter in letters}
    assert set(said) == {NOBODY, NO_TOPIC}
    for letter in letters:
        assert _said(letter)["RULE_ARN"] == stack["LostArn"]
        assert _said(letter)["ERROR_CODE"] == "NO_RESOURCE"
        assert _said(letter)["RETRY_ATTEMPTS"] == "0"
        assert "nobody" in _said(letter)["ERROR_MESSAGE"]
        assert json.loads(letter["Body"])["detail"] == {"order": 1}
    rule = stack["LostArn"].rpartition("/")[2]
    for metric in ("FailedInvocations", "InvocationsSentToDlq"):
        assert _sum(cloud, "AWS/Events", metric, EventBusName="rule-targets", RuleName=rule) == 2
        assert _sum(cloud, "AWS/Events", metric, RuleName=rule) == 0


def test_target_gets_what_its_transformer_makes_of_the_event(
    cloud: LocalCloud, stack: dict[str, str]
) -> None:
    """https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html"""
    _put(cloud, "transformed", {"order": 7})

    body = json.loads(_next(cloud, stack["Inbox"])["Body"])

    assert (body["id"], body["text"]) == (7, "from shop")
    assert body["rule"].startswith("rule-targets-Transformed")


def test_replay_reaches_the_rules_it_is_for_and_says_its_name(
    cloud: LocalCloud, stack: dict[str, str]
) -> None:
    """https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_StartReplay.html"""
    began = datetime.now(UTC) - timedelta(seconds=5)
    _put(cloud, "archived", {"order": 9})
    _next(cloud, stack["Inbox"])
    _next(cloud, stack["Second"])
    events = cloud.client("events")

    events.start_replay(
        ReplayName="again",
        EventSourceArn=stack["ArchiveArn"],
        EventStartTime=began,
        EventEndTime=datetime.now(UTC) + timedelta(seconds=5),
        Destination={"Arn": stack["BusArn"], "FilterArns": [stack["OtherArn"]]},
    )

    body = json.loads(_next(cloud, stack["Second"])["Body"])
    assert (body["detail"], body["replay-name"]) == ({"order": 9}, "again")
    eventually(
        lambda: events.describe_replay(ReplayName="again")["State"] == "COMPLETED", "the end of the replay"
    )
    assert _take(cloud, stack["Inbox"]) is None


def test_upload_is_told_with_its_version(cloud: LocalCloud, stack: dict[str, str]) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html"""
    put = cloud.client("s3").put_object(Bucket=stack["Bucket"], Key="in/a file.csv", Body=b"1,2")

    event = json.loads(_next(cloud, stack["Inbox"])["Body"])

    assert (event["source"], event["detail-type"]) == ("aws.s3", "Object Created")
    assert event["resources"] == [f"arn:aws:s3:::{stack['Bucket']}"]
    about = event["detail"]["object"]
    assert (about["key"], about["size"]) == ("in/a file.csv", 3)
    assert about["version-id"] == put["VersionId"]
    assert about["etag"] == put["ETag"].strip('"')
    assert int(about["sequencer"], 16) > 0
    assert event["detail"]["reason"] == "PutObject"
    again = cloud.client("s3").put_object(Bucket=stack["Bucket"], Key="in/a file.csv", Body=b"1,2,3")
    later = json.loads(_next(cloud, stack["Inbox"])["Body"])["detail"]["object"]
    assert later["version-id"] == again["VersionId"] != put["VersionId"]
    assert later["sequencer"] > about["sequencer"]


def test_subscription_gets_what_its_filter_lets_through(cloud: LocalCloud, stack: dict[str, str]) -> None:
    """https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html"""
    sns = cloud.client("sns")
    for shop, total in (("north", 50), ("south", 200)):
        sns.publish(
            TopicArn=stack["Topic"],
            Message=json.dumps({"order": {"total": total}}),
            MessageAttributes={"shop": {"DataType": "String", "StringValue": shop}},
        )

    by_attribute, by_body = _next(cloud, stack["ByAttributeInbox"]), _next(cloud, stack["ByBodyInbox"])

    assert json.loads(by_attribute["Body"])["order"]["total"] == 50
    assert by_attribute["MessageAttributes"]["shop"]["StringValue"] == "north"
    assert json.loads(by_body["Body"])["order"]["total"] == 200
    assert _take(cloud, stack["ByAttributeInbox"]) is None
    assert _take(cloud, stack["ByBodyInbox"]) is None


def test_notification_that_cannot_be_delivered_goes_to_the_subscriptions_queue(
    cloud: LocalCloud, stack: dict[str, str]
) -> None:
    """https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html"""
    cloud.client("sns").publish(
        TopicArn=stack["Topic"],
        Message="lost",
        MessageAttributes={"to": {"DataType": "String", "StringValue": "nobody"}},
    )

    letter = _next(cloud, stack["Dead"])

    envelope = json.loads(letter["Body"])
    assert (envelope["Type"], envelope["Message"]) == ("Notification", "lost")
    topic = stack["Topic"].rpartition(":")[2]
    for metric in ("NumberOfNotificationsFailed", "NumberOfNotificationsRedrivenToDlq"):
        assert _sum(cloud, "AWS/SNS", metric, TopicName=topic) == 1


def test_schedule_whose_target_is_gone_leaves_its_input_with_what_went_wrong(
    cloud: LocalCloud, stack: dict[str, str]
) -> None:
    """https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html"""
    dead = cloud.client("sqs").get_queue_attributes(QueueUrl=stack["Dead"], AttributeNames=["QueueArn"])
    scheduler = cloud.client("scheduler")
    scheduler.create_schedule_group(Name="lost-group")
    at = datetime.now(UTC) + timedelta(seconds=1)
    made = scheduler.create_schedule(
        Name="lost",
        GroupName="lost-group",
        ScheduleExpression=f"at({at:%Y-%m-%dT%H:%M:%S})",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={
            "Arn": NOBODY,
            "RoleArn": "arn:aws:iam::000000000000:role/any",
            "Input": '{"order": 3}',
            "RetryPolicy": {"MaximumRetryAttempts": 0},
            "DeadLetterConfig": {"Arn": dead["Attributes"]["QueueArn"]},
        },
    )

    letter = _next(cloud, stack["Dead"])

    said = _said(letter)
    assert json.loads(letter["Body"]) == {"order": 3}
    assert (said["SCHEDULE_ARN"], said["TARGET_ARN"]) == (made["ScheduleArn"], NOBODY)
    assert said["ERROR_CODE"] == "AWS.SimpleQueueService.NonExistentQueue"
    assert (said["RETRY_ATTEMPTS"], said["EXHAUSTED_RETRY_CONDITION"]) == ("0", "MaximumRetryAttempts")
    assert said["IS_PAYLOAD_TRUNCATED"] == "false"
    assert {"ERROR_MESSAGE", "EXECUTION_ID", "SCHEDULED_TIME"} <= set(said)
    assert datetime.fromisoformat(said["SCHEDULED_TIME"]) >= at.replace(microsecond=0)
    for metric in ("TargetErrorCount", "InvocationDroppedCount", "InvocationsSentToDeadLetterCount"):
        assert _sum(cloud, "AWS/Scheduler", metric, ScheduleGroup="lost-group") == 1
    scheduler.delete_schedule(Name="lost", GroupName="lost-group")
    scheduler.delete_schedule_group(Name="lost-group")
