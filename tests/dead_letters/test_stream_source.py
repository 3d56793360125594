"""A stream as a function's event source: no record blocks the others for ever, and none is lost unseen."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3

from constructs_lib.alarms import AlarmSettings
from constructs_lib.alarms.services import QueueAlarmSettings, StreamConsumerAlarmSettings
from constructs_lib.alarms.watch import Watch
from constructs_lib.checks import ConfigurationError
from constructs_lib.dead_letters import RedriveSettings, StreamSource
from tests.functions import default_function, hardened
from tests.gates import UNSUBSCRIBED, findings, lint
from tests.graph import circle
from tests.policies import flat
from tests.reviewing import unexplained
from tests.synthesis import Synthesized, fresh_stack, number_token, read_template, synthesize, warnings_of

QUEUE, MAPPING = "AWS::SQS::Queue", "AWS::Lambda::EventSourceMapping"
ALARM = "AWS::CloudWatch::Alarm"
CLICKS = "arn:aws:kinesis:us-east-1:111122223333:stream/clicks"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
Duration = cdk.Duration


@pytest.fixture
def stack() -> cdk.Stack:
    return fresh_stack()


def orders(stack: cdk.Stack, **options: Any) -> dynamodb.TableV2:
    given: dict[str, Any] = {"dynamo_stream": dynamodb.StreamViewType.NEW_AND_OLD_IMAGES} | options
    key = dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
    return dynamodb.TableV2(stack, "Table", partition_key=key, **given)


def clicks(stack: cdk.Stack, **options: Any) -> kinesis.Stream:
    return kinesis.Stream(stack, "Stream", **options)


def feed(stack: cdk.Stack, **options: Any) -> StreamSource:
    """Feed a function, from a table unless told otherwise, without a redrive unless asked for."""
    given: dict[str, Any] = {"redrive": None} | options
    if not {"table", "stream"} & given.keys():
        given["table"] = orders(stack)
    function = given.pop("function", None) or hardened(stack).alias
    return StreamSource(stack, "Changes", function=function, **given)


def default(stack: cdk.Stack) -> StreamSource:
    recovery = dynamodb.PointInTimeRecoverySpecification(point_in_time_recovery_enabled=True)
    table = orders(stack, point_in_time_recovery_specification=recovery)
    return StreamSource(stack, "Changes", function=default_function(stack).alias, table=table)


def everything(stack: cdk.Stack) -> StreamSource:
    return feed(
        stack,
        function=default_function(stack).alias,
        stream=clicks(stack, encryption=kinesis.StreamEncryption.MANAGED, retention_period=Duration.days(7)),
        starting_position=NOON,
        batch_size=1_000,
        max_batching_window=Duration.seconds(5),
        parallelization_factor=10,
        filters=[lambda_.FilterCriteria.filter({"data": {"kind": lambda_.FilterRule.is_equal("click")}})],
        enabled=False,
        bisect_batch_on_error=False,
        retry_attempts=3,
        max_record_age=Duration.days(2),
        redrive=RedriveSettings(),
        alarms=StreamConsumerAlarmSettings(failed_records=AlarmSettings(threshold=7)),
        dead_letter_alarms=QueueAlarmSettings(),
        maximum_age=Duration.minutes(10),
        encryption_key=kms.Key(stack, "Key", enable_key_rotation=True),
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )


def into_a_bucket(stack: cdk.Stack) -> StreamSource:
    bucket = s3.Bucket(stack, "Bucket", enforce_ssl=True)
    function = default_function(stack).alias
    managed = kinesis.StreamEncryption.MANAGED
    return feed(stack, function=function, stream=clicks(stack, encryption=managed), failed_records=bucket)


def alarms_of(found: Synthesized) -> set[str]:
    return {
        re.sub(r"[0-9A-F]{8}$", "", name).removeprefix("Changes")
        for name in found.of_type(ALARM, under="Changes")
    }


def test_a_failing_record_is_isolated_tried_ten_times_and_given_up(stack: cdk.Stack) -> None:
    feed(stack)

    found = synthesize(stack)

    mapping = found.only(MAPPING)
    assert mapping["BisectBatchOnFunctionError"] is True
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert (mapping["MaximumRetryAttempts"], mapping["MaximumRecordAgeInSeconds"]) == (10, 21_600)
    assert mapping["DestinationConfig"] == {
        "OnFailure": {"Destination": {"Fn::GetAtt": [found.only_id(QUEUE), "Arn"]}}
    }
    assert found.only(QUEUE)["MessageRetentionPeriod"] == 1_209_600
    assert found.of_type(QUEUE)[found.only_id(QUEUE)]["DeletionPolicy"] == "Retain"


def test_a_stream_is_read_from_its_oldest_record(stack: cdk.Stack) -> None:
    source = feed(stack)

    found = synthesize(stack)

    mapping = found.only(MAPPING)
    table = found.only_id("AWS::DynamoDB::GlobalTable")
    assert (mapping["StartingPosition"], mapping["BatchSize"]) == ("TRIM_HORIZON", 100)
    assert mapping["EventSourceArn"] == {"Fn::GetAtt": [table, "StreamArn"]}
    assert not {"ParallelizationFactor", "TumblingWindowInSeconds", "FilterCriteria"} & mapping.keys()
    assert (source.table is None, source.stream is None) == (False, True)


def test_what_lambda_counts_is_published_so_that_lost_records_are_seen(stack: cdk.Stack) -> None:
    feed(stack)

    assert synthesize(stack).only(MAPPING)["MetricsConfig"] == {"Metrics": ["EventCount"]}


@pytest.mark.parametrize(
    ("source", "read", "resource"),
    [
        (lambda stack: {"table": orders(stack)}, "dynamodb:GetRecords", "StreamArn"),
        (lambda stack: {"stream": clicks(stack)}, "kinesis:GetRecords", "Arn"),
    ],
    ids=["table", "stream"],
)
def test_the_function_may_read_the_stream_and_tell_the_queue(
    stack: cdk.Stack, source: Callable[[cdk.Stack], dict[str, Any]], read: str, resource: str
) -> None:
    feed(stack, **source(stack))

    found = synthesize(stack)

    policies = found.of_type("AWS::IAM::Policy")
    allowed = {
        action: each["Resource"]["Fn::GetAtt"][1]
        for policy in policies.values()
        for each in policy["Properties"]["PolicyDocument"]["Statement"]
        for action in ([each["Action"]] if isinstance(each["Action"], str) else each["Action"])
    }
    assert allowed[read] == resource
    assert allowed["sqs:SendMessage"] == "Arn"
    assert not {action for action in allowed if action.endswith("*") or "Put" in action}
    assert policies.keys() <= set(found.of_type(MAPPING)[found.only_id(MAPPING)]["DependsOn"])


def test_rings_once_for_what_was_given_up_and_before_records_expire(stack: cdk.Stack) -> None:
    source = feed(stack)

    found = synthesize(stack)

    assert alarms_of(found) == {
        "AlarmsExpiringRecords",
        "AlarmsDroppedRecords",
        "AlarmsDestinationDeliveryFailures",
        "DeadLetterAlarmsDeadLetterDepth",
    }
    assert source.alarms is not None
    assert source.dead_letter_alarms is not None
    # Half of the six hours after which Lambda gives a record up.
    assert found.only(ALARM, under="ChangesAlarmsExpiringRecords")["Threshold"] == 10_800_000


def test_alarms_can_be_left_out(stack: cdk.Stack) -> None:
    source = feed(stack, alarms=None, dead_letter_alarms=None)

    assert (source.alarms, source.dead_letter_alarms) == (None, None)
    assert not synthesize(stack).of_type(ALARM)


def test_everything_that_is_given_is_used(stack: cdk.Stack) -> None:
    everything(stack)

    found = synthesize(stack)

    mapping = found.only(MAPPING)
    assert (mapping["StartingPosition"], mapping["StartingPositionTimestamp"]) == (
        "AT_TIMESTAMP",
        1_767_268_800,
    )
    assert (mapping["BatchSize"], mapping["MaximumBatchingWindowInSeconds"]) == (1_000, 5)
    assert mapping["ParallelizationFactor"] == 10
    assert mapping["Enabled"] is mapping["BisectBatchOnFunctionError"] is False
    assert (mapping["MaximumRetryAttempts"], mapping["MaximumRecordAgeInSeconds"]) == (3, 172_800)
    assert json.loads(mapping["FilterCriteria"]["Filters"][0]["Pattern"]) == {"data": {"kind": ["click"]}}
    queue = found.only(QUEUE, under="Changes")
    assert queue["KmsMasterKeyId"] == {"Fn::GetAtt": [found.only_id("AWS::KMS::Key", under="Key"), "Arn"]}
    assert found.of_type(QUEUE)[found.only_id(QUEUE, under="Changes")]["DeletionPolicy"] == "Delete"
    assert found.only(ALARM, under="ChangesAlarmsIteratorAge")["Threshold"] == 600_000
    assert found.only(ALARM, under="ChangesAlarmsFailedRecords")["Threshold"] == 7


def test_a_window_is_given_to_lambda(stack: cdk.Stack) -> None:
    feed(stack, tumbling_window=Duration.seconds(30))

    assert synthesize(stack).only(MAPPING)["TumblingWindowInSeconds"] == 30
    assert not [text for text in warnings_of(stack) if "side by side" in text]


def test_warns_of_a_window_whose_batches_run_side_by_side(stack: cdk.Stack) -> None:
    feed(stack, tumbling_window=Duration.seconds(30), parallelization_factor=2)

    assert [text for text in warnings_of(stack) if "2 batches of it run side by side" in text]


def test_a_bucket_gets_whole_records_which_the_function_may_only_write(stack: cdk.Stack) -> None:
    source = into_a_bucket(stack)

    found = synthesize(stack)

    mapping = found.only(MAPPING)
    bucket = found.only_id("AWS::S3::Bucket", under="Bucket")
    assert mapping["DestinationConfig"]["OnFailure"]["Destination"] == {"Fn::GetAtt": [bucket, "Arn"]}
    put, listing = found.only("AWS::IAM::Policy", under="Changes")["PolicyDocument"]["Statement"]
    assert (put["Action"], flat(put["Resource"])) == ("s3:PutObject", f"${{{bucket}.Arn}}/aws/lambda/*")
    assert (listing["Action"], flat(listing["Resource"])) == ("s3:ListBucket", f"${{{bucket}.Arn}}")
    assert (source.dead_letter_queue, source.dead_letter_alarms) == (None, None)
    assert not found.of_type(QUEUE, under="Changes")
    assert "AlarmsFailedRecords" in alarms_of(found)
    assert stack.node.try_find_child("Redrive") is None


def test_a_buckets_key_may_be_used(stack: cdk.Stack) -> None:
    bucket = s3.Bucket(
        stack, "Bucket", encryption=s3.BucketEncryption.KMS, encryption_key=kms.Key(stack, "Key")
    )
    feed(stack, failed_records=bucket)

    found = synthesize(stack)

    statements = found.only("AWS::IAM::Policy", under="Changes")["PolicyDocument"]["Statement"]
    allowed = {each["Action"]: flat(each["Resource"]) for each in statements}
    key = f"${{{found.only_id('AWS::KMS::Key', under='Key')}.Arn}}"
    assert (allowed["kms:GenerateDataKey"], allowed["kms:Decrypt"]) == (key, key)


def test_fails_on_a_function_that_nothing_can_be_granted_to(stack: cdk.Stack) -> None:
    function = lambda_.Function.from_function_arn(
        stack, "Orders", "arn:aws:lambda:us-east-1:111122223333:function:orders"
    )
    with pytest.raises(ConfigurationError, match=r"^Stack/Changes: .* is imported without its role"):
        feed(stack, function=function)


@pytest.mark.parametrize(
    ("source", "read", "resource"),
    [
        (lambda stack: {"table": orders(stack)}, "dynamodb:GetRecords", "StreamArn"),
        (lambda stack: {"stream": clicks(stack)}, "kinesis:GetRecords", "Arn"),
    ],
    ids=["table", "stream"],
)
def test_redrive_may_read_the_records_again(
    stack: cdk.Stack, source: Callable[[cdk.Stack], dict[str, Any]], read: str, resource: str
) -> None:
    feed(stack, redrive=RedriveSettings(), **source(stack))

    found = synthesize(stack)

    statements = found.only("AWS::IAM::Policy", under="RedriveQueues")["PolicyDocument"]["Statement"]
    (statement,) = [each for each in statements if read in each["Action"]]
    assert statement["Resource"]["Fn::GetAtt"][1] == resource
    assert circle(found.resources) == []


@pytest.mark.parametrize("make", [default, everything, into_a_bucket])
def test_passes_every_gate_and_the_review(
    make: Callable[[cdk.Stack], StreamSource], stack: cdk.Stack, tmp_path: Path
) -> None:
    make(stack)
    app = stack.node.root
    (tmp_path / "none.yaml").write_text("[]")

    found = [
        each
        for each in findings(app)  # type: ignore[arg-type] # the root is the app
        if UNSUBSCRIBED not in each.rule and not all("/Bucket/" in place for place in each.constructs)
    ]
    assert [each for each in found if each.rule != "AwsSolutions-KDS3"] == []
    folder = Path(app.outdir)  # type: ignore[attr-defined] # likewise
    assert lint(read_template(folder / stack.template_file).body) == []
    unclear = unexplained(folder, tmp_path / "none.yaml")
    assert {each.rule for each in unclear if each.construct_path.startswith("Changes")} <= {
        "event-source-disabled",
        "stream-whole-batches",
    }


def test_watch_adds_no_alarm_to_its_queue_or_its_consumer(stack: cdk.Stack) -> None:
    feed(stack)
    before = len(synthesize(stack).of_type(ALARM))
    other = fresh_stack()
    feed(other)
    cdk.Aspects.of(other).add(Watch())

    added = set(synthesize(other).of_type(ALARM, under="Watch"))

    assert before == 4
    assert added  # it did watch the function and the table
    assert not [name for name in added if "Changes" in name or "Iterator" in name or "Records" in name]


def test_an_imported_stream_keeps_records_for_a_day_unless_told(stack: cdk.Stack) -> None:
    stream = kinesis.Stream.from_stream_arn(stack, "Imported", CLICKS)
    with pytest.raises(
        ConfigurationError, match=r"max_record_age is 86400 s, and the stream keeps .* 86400 s"
    ):
        feed(stack, stream=stream, max_record_age=Duration.days(1))

    other = fresh_stack()
    stream = kinesis.Stream.from_stream_arn(other, "Imported", CLICKS)
    feed(other, stream=stream, max_record_age=Duration.days(1), retention_period=Duration.days(3))

    assert synthesize(other).only(MAPPING)["MaximumRecordAgeInSeconds"] == 86_400


def test_an_imported_table_is_read_by_its_stream_arn(stack: cdk.Stack) -> None:
    arn = "arn:aws:dynamodb:us-east-1:111122223333:table/orders"
    table = dynamodb.Table.from_table_attributes(
        stack, "Imported", table_arn=arn, table_stream_arn=f"{arn}/stream/2026-01-01T00:00:00.000"
    )
    feed(stack, table=table)

    assert synthesize(stack).only(MAPPING)["EventSourceArn"] == f"{arn}/stream/2026-01-01T00:00:00.000"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"batch_size": 10_001}, "batch_size is 10001. Give a whole number from 1 to 10,000."),
        ({"max_batching_window": Duration.seconds(301)}, "max_batching_window is 301."),
        ({"parallelization_factor": 11}, "parallelization_factor is 11. Give a whole number from 1 to 10."),
        ({"tumbling_window": Duration.seconds(0)}, "tumbling_window is 0. Give a whole number from 1 to 900"),
        ({"tumbling_window": Duration.seconds(901)}, "tumbling_window is 901."),
        ({"retry_attempts": -1}, "retry_attempts is -1, which is infinite. A record that fails without end"),
        ({"retry_attempts": 10_001}, "retry_attempts is 10001."),
        ({"max_record_age": Duration.seconds(59)}, "max_record_age is 59."),
        ({"max_record_age": Duration.days(1)}, "max_record_age is 86400 s, and the stream keeps records for"),
        ({"retention_period": Duration.days(2)}, "retention_period is given, and the app knows it."),
        ({"starting_position": NOON}, "starting_position is datetime.datetime(2026, 1, 1, 12, 0"),
        ({"starting_position": "LATEST"}, "starting_position is 'LATEST'."),
        (
            {"starting_position": lambda_.StartingPosition.AT_TIMESTAMP},
            "starting_position is AT_TIMESTAMP, without the time.",
        ),
        ({"failed_records": "bucket"}, "failed_records is 'bucket'."),
        ({"table": "orders"}, "table is 'orders'."),
        ({"alarms": True}, "alarms is True."),
        ({"dead_letter_alarms": True}, "dead_letter_alarms is True."),
        ({"redrive": True}, "redrive is True."),
        ({"redrive": RedriveSettings(rate_per_second=501)}, "redrive.rate_per_second is 501."),
    ],
)
def test_fails_on_what_cannot_work(stack: cdk.Stack, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=f"^Stack/Changes: {re.escape(message)}"):
        feed(stack, **options)

    assert stack.node.try_find_child("Changes") is None
    assert stack.node.try_find_child("Redrive") is None


def test_fails_on_a_time_without_a_zone(stack: cdk.Stack) -> None:
    naive = NOON.replace(tzinfo=None)

    with pytest.raises(ConfigurationError, match=r"^Stack/Changes: .*without a time zone"):
        feed(stack, stream=clicks(stack), starting_position=naive)


def test_fails_on_a_table_without_a_stream(stack: cdk.Stack) -> None:
    key = dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
    table = dynamodb.Table(stack, "Table", partition_key=key)

    with pytest.raises(ConfigurationError, match=r"^Stack/Changes: Stack/Table has no stream\."):
        feed(stack, table=table)


@pytest.mark.parametrize("both", [True, False])
def test_fails_unless_there_is_one_stream(stack: cdk.Stack, both: bool) -> None:  # noqa: FBT001 - a parameter
    given = {"table": orders(stack), "stream": clicks(stack)} if both else {"table": None}

    with pytest.raises(ConfigurationError, match=r"^Stack/Changes: .* Give table, a DynamoDB table with"):
        feed(stack, **given)


def test_fails_on_settings_of_a_queue_that_is_not_made(stack: cdk.Stack) -> None:
    with pytest.raises(
        ConfigurationError, match=r"^Stack/Changes: encryption_key or removal_policy is given"
    ):
        feed(stack, failed_records=s3.Bucket(stack, "Bucket"), removal_policy=cdk.RemovalPolicy.DESTROY)


def test_what_is_known_only_at_deployment_is_not_checked(stack: cdk.Stack) -> None:
    feed(
        stack,
        stream=clicks(stack, retention_period=Duration.hours(number_token(stack, "Hours"))),
        batch_size=number_token(stack, "Batch"),
        retry_attempts=number_token(stack, "Retries"),
        parallelization_factor=number_token(stack, "Factor"),
    )

    mapping = synthesize(stack).only(MAPPING)

    assert mapping["MaximumRetryAttempts"] == {"Ref": "Retries"}
    assert mapping["ParallelizationFactor"] == {"Ref": "Factor"}
