from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs

from constructs_lib.alarms import Profile
from constructs_lib.alarms.services import (
    STREAM_CONSUMER_ALARMS,
    StreamConsumerAlarms,
    StreamConsumerAlarmSettings,
    stream_consumer_subject,
)
from constructs_lib.checks import ConfigurationError
from tests.functions import plain_function
from tests.synthesis import fresh_stack, number_token, synthesize

ALARM = "AWS::CloudWatch::Alarm"
COMPLETE = StreamConsumerAlarmSettings(profile=Profile.COMPLETE)
COUNTED = lambda_.MetricsConfig(metrics=[lambda_.MetricType.EVENT_COUNT])
LATEST = lambda_.StartingPosition.LATEST


def kinesis_source(stack: cdk.Stack, **options: Any) -> sources.KinesisEventSource:
    return sources.KinesisEventSource(kinesis.Stream(stack, "Stream"), starting_position=LATEST, **options)


def test_without_more_the_age_is_half_of_what_any_stream_keeps() -> None:
    stack = fresh_stack()
    alarms = StreamConsumerAlarms(stack, "Alarms", function=plain_function(stack))

    found = synthesize(stack)

    assert alarms.names == ("expiring_records",)
    properties = found.only(ALARM)
    assert (properties["Namespace"], properties["MetricName"]) == ("AWS/Lambda", "IteratorAge")
    assert (properties["Statistic"], properties["Threshold"]) == ("Maximum", 43_200_000)
    assert properties["Dimensions"] == [
        {"Name": "FunctionName", "Value": {"Ref": found.only_id("AWS::Lambda::Function")}}
    ]


def test_an_alias_is_watched_as_the_alias() -> None:
    stack = fresh_stack()
    StreamConsumerAlarms(stack, "Alarms", function=plain_function(stack).add_alias("live"))

    names = [each["Name"] for each in synthesize(stack).only(ALARM)["Dimensions"]]

    assert names == ["FunctionName", "Resource"]


def test_the_alarm_looks_back_as_far_as_the_timeout() -> None:
    stack = fresh_stack()
    function = plain_function(stack, timeout=cdk.Duration.minutes(5))
    StreamConsumerAlarms(stack, "Alarms", function=function)

    properties = synthesize(stack).only(ALARM)

    assert (properties["DatapointsToAlarm"], properties["EvaluationPeriods"]) == (1, 6)


def test_a_mapping_that_counts_and_has_a_destination_is_watched_whole() -> None:
    stack = fresh_stack()
    alias = plain_function(stack).add_alias("live")
    dead = sources.SqsDlq(sqs.Queue(stack, "Dead"))
    source = kinesis_source(stack, metrics_config=COUNTED, on_failure=dead)
    alias.add_event_source(source)
    alarms = StreamConsumerAlarms(
        stack,
        "Alarms",
        function=alias,
        source=source,
        maximum_age=cdk.Duration.minutes(10),
        settings=COMPLETE,
    )

    found = synthesize(stack)

    assert set(alarms.names) == {row.name for row in STREAM_CONSUMER_ALARMS}
    assert found.only(ALARM, under="AlarmsIteratorAge")["Threshold"] == 600_000
    mapping = {"Ref": found.only_id("AWS::Lambda::EventSourceMapping")}
    for row, metric in (
        ("DroppedRecords", "DroppedEventCount"),
        ("FailedRecords", "OnFailureDestinationDeliveredEventCount"),
        ("FailedInvocations", "FailedInvokeEventCount"),
    ):
        properties = found.only(ALARM, under=f"Alarms{row}")
        assert properties["MetricName"] == metric
        assert properties["Dimensions"] == [{"Name": "EventSourceMappingUUID", "Value": mapping}]


def test_a_mapping_that_does_not_count_has_no_alarms_on_counts() -> None:
    stack = fresh_stack()
    function = plain_function(stack)
    dead = sources.SqsDlq(sqs.Queue(stack, "Dead"))
    source = kinesis_source(stack, on_failure=dead)
    function.add_event_source(source)

    alarms = StreamConsumerAlarms(stack, "Alarms", function=function, source=source, settings=COMPLETE)

    assert alarms.names == ("expiring_records", "destination_delivery_failures")


def test_the_stream_of_a_table_is_a_stream() -> None:
    stack = fresh_stack()
    function = plain_function(stack)
    table = dynamodb.Table(
        stack,
        "Table",
        partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
        stream=dynamodb.StreamViewType.NEW_IMAGE,
    )
    source = sources.DynamoEventSource(table, starting_position=LATEST, metrics_config=COUNTED)
    function.add_event_source(source)

    alarms = StreamConsumerAlarms(stack, "Alarms", function=function, source=source)

    assert alarms.names == ("expiring_records", "dropped_records")
    synthesize(stack)


def test_a_mapping_is_taken_as_well_as_its_event_source() -> None:
    stack = fresh_stack()
    function = plain_function(stack)
    stream = kinesis.Stream(stack, "Stream")
    mapping = lambda_.EventSourceMapping(
        stack,
        "Mapping",
        target=function,
        event_source_arn=stream.stream_arn,
        starting_position=LATEST,
        metrics_config=COUNTED,
    )

    assert stream_consumer_subject(function, source=mapping).counts_events


def test_of_an_imported_function_and_mapping_the_age_is_watched() -> None:
    stack = fresh_stack()
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:orders"
    function = lambda_.Function.from_function_arn(stack, "Function", arn)
    mapping = lambda_.EventSourceMapping.from_event_source_mapping_id(stack, "Mapping", "6d9bce8e")

    alarms = StreamConsumerAlarms(
        stack, "Alarms", function=function, source=mapping, retention=cdk.Duration.days(7), settings=COMPLETE
    )

    assert alarms.names == ("expiring_records",)
    properties = synthesize(stack).only(ALARM)
    assert properties["Dimensions"] == [{"Name": "FunctionName", "Value": "orders"}]
    assert properties["Threshold"] == 302_400_000


def test_records_that_lambda_gives_up_earlier_expire_earlier() -> None:
    stack = fresh_stack()
    function = plain_function(stack)
    source = kinesis_source(stack, max_record_age=cdk.Duration.hours(1))
    function.add_event_source(source)
    StreamConsumerAlarms(stack, "Alarms", function=function, source=source)

    assert synthesize(stack).only(ALARM)["Threshold"] == 1_800_000


def test_fails_on_an_age_that_no_record_reaches() -> None:
    stack = fresh_stack()

    with pytest.raises(
        ConfigurationError, match=r"^Stack/Alarms: maximum_age is 90000 s, but records are gone aft"
    ):
        StreamConsumerAlarms(
            stack, "Alarms", function=plain_function(stack), maximum_age=cdk.Duration.hours(25)
        )

    assert stack.node.try_find_child("Alarms") is None


@pytest.mark.parametrize("hours", [1, 10_000])
def test_fails_on_a_retention_that_no_stream_has(hours: int) -> None:
    stack = fresh_stack()

    with pytest.raises(ConfigurationError, match=r"^Stack/Alarms: retention is "):
        StreamConsumerAlarms(
            stack, "Alarms", function=plain_function(stack), retention=cdk.Duration.hours(hours)
        )


@pytest.mark.parametrize("name", ["retention", "maximum_age"])
def test_fails_on_a_time_known_only_at_deployment(name: str) -> None:
    stack = fresh_stack()
    given: dict[str, Any] = {name: cdk.Duration.seconds(number_token(stack))}

    with pytest.raises(ConfigurationError, match=rf"^Stack/Alarms: {name} is known only at deployment"):
        StreamConsumerAlarms(stack, "Alarms", function=plain_function(stack), **given)


def test_fails_on_a_queue_which_has_no_age_of_records() -> None:
    stack = fresh_stack()
    function = plain_function(stack)
    source: Any = sources.SqsEventSource(sqs.Queue(stack, "Queue"))
    function.add_event_source(source)

    with pytest.raises(ConfigurationError, match=r"^Stack/Alarms: source is no Kinesis or DynamoDB stream"):
        StreamConsumerAlarms(stack, "Alarms", function=function, source=source)


def test_fails_on_kafka_which_has_an_offset_in_place_of_an_age() -> None:
    stack = fresh_stack()
    function = plain_function(stack)
    source: Any = sources.ManagedKafkaEventSource(
        cluster_arn="arn:aws:kafka:eu-west-1:123456789012:cluster/orders/1",
        topic="orders",
        starting_position=LATEST,
    )
    function.add_event_source(source)

    with pytest.raises(ConfigurationError, match=r"^Stack/Alarms: source is no Kinesis or DynamoDB stream"):
        StreamConsumerAlarms(stack, "Alarms", function=function, source=source)


def test_fails_on_a_source_that_was_not_added() -> None:
    stack = fresh_stack()

    with pytest.raises(ConfigurationError, match=r"^Stack/Alarms: source is .*Add it to the function first"):
        StreamConsumerAlarms(stack, "Alarms", function=plain_function(stack), source=kinesis_source(stack))


def test_fails_on_something_that_is_no_source() -> None:
    stack = fresh_stack()
    source: Any = sqs.Queue(stack, "Queue")

    with pytest.raises(ConfigurationError, match=r"^Stack/Alarms: source is .*Add it to the function first"):
        StreamConsumerAlarms(stack, "Alarms", function=plain_function(stack), source=source)
