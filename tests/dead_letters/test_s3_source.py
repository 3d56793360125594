from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_notifications as notifications
from aws_cdk import aws_sqs as sqs

from constructs_lib.checks import ConfigurationError
from constructs_lib.dead_letters import S3EventType, S3Source
from tests.dead_letters.pushed import source
from tests.functions import plain_function
from tests.gates import UNSUBSCRIBED, findings
from tests.synthesis import RECOMMENDED, fresh_app, fresh_stack, synthesize, warnings_of

BUCKET = "AWS::S3::Bucket"
RULE = "AWS::Events::Rule"
POLICY = "AWS::IAM::Policy"
CDKS = "Custom::S3BucketNotifications"
ON = {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
Size = cdk.Size


@pytest.fixture
def stack() -> cdk.Stack:
    return fresh_stack()


def s3_source(stack: cdk.Stack, **options: Any) -> S3Source:
    given = {"redrive": None, "alarms": None} | options
    if "bucket" not in given:
        given["bucket"] = s3.Bucket(stack, "Uploads")
    called = given.pop("called", None) or plain_function(stack).add_alias("live")
    made: S3Source = source(S3Source, stack, called, **given)
    return made


def detail(stack: cdk.Stack) -> dict[str, Any]:
    found: dict[str, Any] = synthesize(stack).only(RULE)["EventPattern"]["detail"]
    return found


def test_a_rule_of_the_default_bus_catches_what_is_created(stack: cdk.Stack) -> None:
    s3_source(stack)

    found = synthesize(stack)

    rule = found.only(RULE)
    assert rule["EventPattern"] == {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {"bucket": {"name": [{"Ref": found.only_id(BUCKET)}]}},
    }
    assert "EventBusName" not in rule
    assert rule["Targets"][0]["Arn"] == {"Ref": found.only_id("AWS::Lambda::Alias")}


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({"prefix": "in/"}, {"key": [{"prefix": "in/"}]}),
        ({"suffix": ".csv"}, {"key": [{"suffix": ".csv"}]}),
        ({"prefix": "in/", "suffix": ".csv"}, {"key": [{"wildcard": "in/*.csv"}]}),
        ({"prefix": "a*b\\", "suffix": "c"}, {"key": [{"wildcard": "a\\*b\\\\*c"}]}),
        ({"minimum_size": Size.bytes(1)}, {"size": [{"numeric": [">=", 1]}]}),
        (
            {"minimum_size": Size.bytes(0), "maximum_size": Size.kibibytes(1)},
            {"size": [{"numeric": [">=", 0, "<=", 1024]}]},
        ),
    ],
)
def test_events_are_filtered_by_key_and_size(
    options: dict[str, Any], wanted: dict[str, Any], stack: cdk.Stack
) -> None:
    s3_source(stack, **options)

    assert detail(stack)["object"] == wanted


def test_events_are_filtered_by_what_happened(stack: cdk.Stack) -> None:
    s3_source(stack, event_types=[S3EventType.OBJECT_CREATED, S3EventType.OBJECT_TAGS_ADDED])

    kinds = synthesize(stack).only(RULE)["EventPattern"]["detail-type"]
    assert kinds == ["Object Created", "Object Tags Added"]


def test_a_bucket_of_the_app_says_itself_that_it_sends_events(stack: cdk.Stack) -> None:
    s3_source(stack)

    found = synthesize(stack)

    assert found.only(BUCKET)["NotificationConfiguration"] == ON
    assert found.of_type(CDKS) == {}


@pytest.mark.parametrize("first", ["events", "queue"])
def test_a_bucket_with_notifications_of_cdk_gets_one_more(first: str, stack: cdk.Stack) -> None:
    bucket = s3.Bucket(stack, "Uploads", event_bridge_enabled=first == "events")
    if first == "queue":
        bucket.add_object_created_notification(notifications.SqsDestination(sqs.Queue(stack, "Other")))
    s3_source(stack, bucket=bucket)

    found = synthesize(stack)

    configuration = found.only(CDKS)["NotificationConfiguration"]
    assert configuration["EventBridgeConfiguration"] == {}
    assert ("QueueConfigurations" in configuration) == (first == "queue")
    assert "NotificationConfiguration" not in found.only(BUCKET)


def test_an_imported_bucket_is_told_and_the_gates_pass() -> None:
    stack = cdk.Stack(fresh_app(RECOMMENDED), "Stack")
    bucket = s3.Bucket.from_bucket_name(stack, "Uploads", "uploads-of-others")
    source(S3Source, stack, bucket=bucket, prefix="in/")

    found = [each for each in findings(stack.node.root) if UNSUBSCRIBED not in each.rule]  # type: ignore[arg-type]

    assert found == []
    resource = synthesize(stack).only(CDKS)
    assert (resource["BucketName"], resource["Managed"]) == ("uploads-of-others", False)


def test_fails_where_notifications_that_come_later_would_switch_it_off(stack: cdk.Stack) -> None:
    bucket = s3.Bucket(stack, "Uploads")
    s3_source(stack, bucket=bucket)
    bucket.add_object_created_notification(notifications.SqsDestination(sqs.Queue(stack, "Other")))

    with pytest.raises(RuntimeError, match="Stack/Uploads got notifications after this source was made"):
        synthesize(stack)


def test_several_sources_share_a_bucket(stack: cdk.Stack) -> None:
    bucket = s3.Bucket(stack, "Uploads")
    for name in ("First", "Second"):
        S3Source(stack, name, function=plain_function(stack, f"{name}Function"), bucket=bucket, redrive=None)

    found = synthesize(stack)

    assert len(found.of_type(RULE)) == 2
    assert found.only(BUCKET)["NotificationConfiguration"] == ON


def test_the_function_may_read_what_its_events_are_about(stack: cdk.Stack) -> None:
    s3_source(stack, prefix="in/")

    found = synthesize(stack)

    policy = found.only(POLICY, under="SourceRead")
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Action"] == ["s3:GetObject", "s3:GetObjectVersion"]
    arn = {"Fn::GetAtt": [found.only_id(BUCKET), "Arn"]}
    assert statement["Resource"] == {"Fn::Join": ["", [arn, "/in/*"]]}
    assert policy["Roles"] == [{"Ref": found.only_id("AWS::IAM::Role", under="Plain")}]
    assert found.only_id(POLICY, under="SourceRead") in found.of_type(RULE)[found.only_id(RULE)]["DependsOn"]


def test_the_function_may_use_the_key_of_the_bucket(stack: cdk.Stack) -> None:
    bucket = s3.Bucket(stack, "Uploads", encryption_key=kms.Key(stack, "Key"))
    s3_source(stack, bucket=bucket)

    (statement,) = synthesize(stack).only(POLICY, under="PlainServiceRole")["PolicyDocument"]["Statement"]

    assert statement["Action"] == "kms:Decrypt"


def test_of_deleted_objects_there_is_nothing_to_read(stack: cdk.Stack) -> None:
    s3_source(stack, event_types=[S3EventType.OBJECT_DELETED])

    assert synthesize(stack).of_type(POLICY) == {}


def test_others_can_be_let_to_read(stack: cdk.Stack) -> None:
    made = s3_source(stack, prefix="in/")
    role = iam.Role(stack, "Reader", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    made.grant_read(role)

    found = synthesize(stack)

    (theirs,) = found.only(POLICY, under="Reader")["PolicyDocument"]["Statement"]
    (ours,) = found.only(POLICY, under="SourceRead")["PolicyDocument"]["Statement"]
    assert theirs == ours


def test_warns_that_a_function_without_a_role_may_not_read(stack: cdk.Stack) -> None:
    arn = "arn:aws:lambda:us-east-1:111122223333:function:orders"
    function = lambda_.Function.from_function_attributes(
        stack, "Imported", function_arn=arn, same_environment=True
    )
    s3_source(stack, called=function)

    (text,) = [each for each in warnings_of(stack) if "constructs-lib:source-ungranted" in each]
    assert "Stack/Imported is imported without its role" in text


def test_events_can_be_archived(stack: cdk.Stack) -> None:
    made = s3_source(stack, archive_retention=cdk.Duration.days(3))

    found = synthesize(stack)

    assert made.archive is not None
    assert found.only("AWS::Events::Archive")["EventPattern"] == found.only(RULE)["EventPattern"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"bucket": "uploads"}, r"bucket is 'uploads'\. Give an aws_cdk\.aws_s3\.Bucket"),
        ({"event_types": []}, r"event_types is empty\."),
        ({"event_types": ["Object Created"]}, r"event_types is 'Object Created'\. Give S3EventType\."),
        ({"event_types": "Object Created"}, r"event_types is 'Object Created'\."),
        ({"prefix": ""}, r"prefix is ''\. Give 1 to 1,024 bytes"),
        ({"suffix": "x" * 1025}, r"suffix is 'xxx"),
        ({"prefix": 5}, r"prefix is 5\."),
        ({"minimum_size": 5}, r"minimum_size is 5\. Give Size or None\."),
        (
            {"maximum_size": Size.gibibytes(5)},
            r"maximum_size is 5368709120\. Give .* 0 to 5,000,000,000 bytes\.",
        ),
        (
            {"minimum_size": Size.bytes(2), "maximum_size": Size.bytes(1)},
            r"minimum_size is larger than maximum_size\.",
        ),
        (
            {"minimum_size": Size.bytes(1), "event_types": [S3EventType.OBJECT_DELETED]},
            r"a size is given, which events of the type Object Deleted do not tell\.",
        ),
    ],
)
def test_fails_on_what_cannot_work(options: dict[str, Any], message: str, stack: cdk.Stack) -> None:
    with pytest.raises(ConfigurationError, match=rf"^Stack/Source: {message}"):
        s3_source(stack, **options)

    assert stack.node.try_find_child("Source") is None


def test_fails_without_a_bucket(stack: cdk.Stack) -> None:
    with pytest.raises(ConfigurationError, match=r"^Stack/Source: bucket is None\."):
        s3_source(stack, bucket=None)


def test_one_part_of_a_key_may_be_known_only_at_deployment(stack: cdk.Stack) -> None:
    prefix = cdk.CfnParameter(stack, "Prefix").value_as_string
    s3_source(stack, prefix=prefix)

    assert detail(stack)["object"] == {"key": [{"prefix": {"Ref": "Prefix"}}]}


def test_fails_on_two_parts_of_which_one_is_known_only_at_deployment(stack: cdk.Stack) -> None:
    prefix = cdk.CfnParameter(stack, "Prefix").value_as_string

    with pytest.raises(ConfigurationError, match=r"^Stack/Source: prefix and suffix are both given"):
        s3_source(stack, prefix=prefix, suffix=".csv")
