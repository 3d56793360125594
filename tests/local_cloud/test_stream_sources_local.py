"""Streams as event sources of functions behave as in AWS.

https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html
https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html
"""

import json
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from local_cloud import LocalCloud
from local_cloud.service import eventually
from tests.cloud import deploy
from tests.local_cloud.resources import att, ref, resource
from tests.local_cloud.sources import batches, items, keeper, source_of

REPORTING = ["ReportBatchItemFailures"]


def _stream() -> dict[str, Any]:
    return resource("Kinesis::Stream", ShardCount=1)


def _watched_table() -> dict[str, Any]:
    return resource(
        "DynamoDB::Table",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        StreamSpecification={"StreamViewType": "NEW_AND_OLD_IMAGES"},
    )


def _to(queue: str) -> dict[str, Any]:
    return {"OnFailure": {"Destination": att(queue)}}


@pytest.fixture(scope="module")
def stack(cloud: LocalCloud) -> dict[str, str]:
    """One function behind streams, each with a mapping of its own kind."""
    latest = {"StartingPosition": "LATEST", "MaximumBatchingWindowInSeconds": 1}
    criteria = {"Filters": [{"Pattern": json.dumps({"data": {"kind": ["wanted"]}})}]}
    mappings: dict[str, dict[str, Any]] = {
        "Retried": {"MaximumRetryAttempts": 2, "DestinationConfig": _to("Failures")},
        "Halved": {
            "BisectBatchOnFunctionError": True,
            "MaximumRetryAttempts": 1,
            "DestinationConfig": _to("Failures"),
        },
        "Reported": {
            "FunctionResponseTypes": REPORTING,
            "MaximumRetryAttempts": 1,
            "DestinationConfig": _to("Failures"),
        },
        "Aged": {"MaximumRecordAgeInSeconds": 60, "DestinationConfig": _to("Failures")},
        "Kept": {"MaximumRetryAttempts": 0, "DestinationConfig": _to("Bucket")},
        "Parallel": {"ParallelizationFactor": 3, "MaximumBatchingWindowInSeconds": 0, "BatchSize": 1},
        "Filtered": {"FilterCriteria": criteria},
        "Counted": {
            "FilterCriteria": criteria,
            "MaximumRetryAttempts": 1,
            "DestinationConfig": _to("Bucket"),
            "MetricsConfig": {"Metrics": ["EventCount"]},
        },
    }
    resources = {**keeper(), "Failures": resource("SQS::Queue"), "Bucket": resource("S3::Bucket")}
    for name, properties in mappings.items():
        resources |= {name: _stream(), f"{name}Source": source_of(att(name), **{**latest, **properties})}
    resources |= {
        "Watched": _watched_table(),
        "WatchedSource": source_of(
            att("Watched", "StreamArn"),
            **latest,
            MaximumRetryAttempts=1,
            FunctionResponseTypes=REPORTING,
            DestinationConfig=_to("Failures"),
        ),
        "OtherWatched": _watched_table(),
        "OtherWatchedSource": source_of(
            att("OtherWatched", "StreamArn"), StartingPosition="LATEST", DestinationConfig=_to("Bucket")
        ),
    }
    outputs: dict[str, Any] = {
        name: ref(name) for name in (*mappings, *(f"{each}Source" for each in mappings))
    }
    names = ("Watched", "OtherWatched", "WatchedSource", "OtherWatchedSource", "Table", "Failures", "Bucket")
    outputs |= {name: ref(name) for name in (*names, "Function")}
    return deploy(cloud, "streams", resources, **outputs)


def _put(cloud: LocalCloud, stream: str, *said: str, key: str = "k") -> None:
    records = [{"Data": each.encode(), "PartitionKey": key} for each in said]
    answer = cloud.client("kinesis").put_records(StreamName=stream, Records=records)
    assert answer["FailedRecordCount"] == 0


def _given(cloud: LocalCloud, stack: dict[str, str], part: str) -> list[list[str]]:
    return [batch for batch in batches(cloud, stack["Table"]) if any(part in said for said in batch)]


def _failure(cloud: LocalCloud, stack: dict[str, str]) -> dict[str, Any]:
    def take() -> dict[str, Any] | None:
        sqs = cloud.client("sqs")
        for message in sqs.receive_message(QueueUrl=stack["Failures"]).get("Messages", []):
            sqs.delete_message(QueueUrl=stack["Failures"], ReceiptHandle=message["ReceiptHandle"])
            body: dict[str, Any] = json.loads(message["Body"])
            return body
        return None

    return eventually(take, "a failure record")


def _read(cloud: LocalCloud, stream: str, number: str) -> list[str]:
    """What a stream has from a sequence number on."""
    kinesis = cloud.client("kinesis")
    (shard,) = kinesis.list_shards(StreamName=stream)["Shards"]
    iterator = kinesis.get_shard_iterator(
        StreamName=stream,
        ShardId=shard["ShardId"],
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        StartingSequenceNumber=number,
    )["ShardIterator"]
    return [record["Data"].decode() for record in kinesis.get_records(ShardIterator=iterator)["Records"]]


def test_batch_is_given_up_after_its_retries_and_the_record_says_which(
    cloud: LocalCloud, stack: dict[str, str]
) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html"""
    _put(cloud, stack["Retried"], "retried ok", "retried poison")

    record = _failure(cloud, stack)
    _put(cloud, stack["Retried"], "retried next")
    eventually(lambda: _given(cloud, stack, "retried next"), "the batch behind it")

    assert _given(cloud, stack, "retried poison") == [["retried ok", "retried poison"]] * 3
    context, batch = record["requestContext"], record["KinesisBatchInfo"]
    assert context["functionArn"].endswith(f":function:{stack['Function']}:live")
    assert (context["condition"], context["approximateInvokeCount"]) == ("RetryAttemptsExhausted", 3)
    assert record["responseContext"] == {
        "statusCode": 200,
        "executedVersion": "1",
        "functionError": "Unhandled",
    }
    assert set(record) == {"requestContext", "responseContext", "version", "timestamp", "KinesisBatchInfo"}
    assert (batch["batchSize"], batch["shardId"]) == (2, "shardId-000000000000")
    assert batch["streamArn"].endswith(f":stream/{stack['Retried']}")
    assert batch["approximateArrivalOfFirstRecord"] <= batch["approximateArrivalOfLastRecord"]
    assert _read(cloud, stack["Retried"], batch["startSequenceNumber"])[0] == "retried ok"
    assert _read(cloud, stack["Retried"], batch["endSequenceNumber"])[0] == "retried poison"


def test_failing_batch_is_halved_until_the_bad_record_is_alone_and_no_other_is_lost(
    cloud: LocalCloud, stack: dict[str, str]
) -> None:
    """Splitting a batch does not count as a retry.

    https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
    """
    _put(cloud, stack["Halved"], *(f"halved {number}" for number in range(3)), "halved poison", "halved last")

    record = _failure(cloud, stack)
    eventually(lambda: ["halved last"] in _given(cloud, stack, "halved last"), "the record behind it")

    assert record["KinesisBatchInfo"]["batchSize"] == 1
    assert (
        _read(cloud, stack["Halved"], record["KinesisBatchInfo"]["startSequenceNumber"])[0] == "halved poison"
    )
    assert _given(cloud, stack, "halved") == [
        ["halved 0", "halved 1", "halved 2", "halved poison", "halved last"],
        ["halved 0", "halved 1", "halved 2"],
        ["halved poison", "halved last"],
        ["halved poison"],
        ["halved poison"],
        ["halved last"],
    ]


def test_batch_goes_on_at_the_first_record_that_was_reported(
    cloud: LocalCloud, stack: dict[str, str]
) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html"""
    _put(cloud, stack["Reported"], "reported 1", "reported fail", "reported 3")

    record = _failure(cloud, stack)

    assert _given(cloud, stack, "reported") == [
        ["reported 1", "reported fail", "reported 3"],
        ["reported fail", "reported 3"],
    ]
    assert record["KinesisBatchInfo"]["batchSize"] == 2
    assert "functionError" not in record["responseContext"]


def test_record_that_is_too_old_is_given_up(cloud: LocalCloud, stack: dict[str, str]) -> None:
    """AWS takes no age below a minute; here nobody has to wait so long.

    https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
    """
    client = cloud.client("lambda")
    _put(cloud, stack["Aged"], "aged poison")
    eventually(lambda: len(_given(cloud, stack, "aged poison")) > 2, "some retries")
    client.update_event_source_mapping(UUID=stack["AgedSource"], MaximumRecordAgeInSeconds=1)

    record = _failure(cloud, stack)

    assert record["requestContext"]["condition"] == "RecordAgeExceeded"
    assert record["KinesisBatchInfo"]["batchSize"] == 1


def test_bucket_gets_the_event_itself(cloud: LocalCloud, stack: dict[str, str]) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html"""
    _put(cloud, stack["Kept"], "kept poison")
    s3 = cloud.client("s3")
    prefix = f"aws/lambda/{stack['KeptSource']}/shardId-000000000000/"

    found = eventually(
        lambda: s3.list_objects_v2(Bucket=stack["Bucket"], Prefix=prefix).get("Contents"), "an object"
    )

    (item,) = [item for item in items(cloud, stack["Table"]) if "kept poison" in item["batch"]["S"]]
    record = json.load(s3.get_object(Bucket=stack["Bucket"], Key=found[0]["Key"])["Body"])
    assert json.loads(record["payload"]) == json.loads(item["event"]["S"])
    assert record["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert record["KinesisBatchInfo"]["batchSize"] == 1


def test_lanes_run_side_by_side_and_each_key_in_order(cloud: LocalCloud, stack: dict[str, str]) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-create.html"""
    keys = ("a", "b", "c", "d", "e", "f")
    for number in range(2):
        for key in keys:
            _put(cloud, stack["Parallel"], f"parallel slow {key}{number}", key=key)

    eventually(lambda: len(_given(cloud, stack, "parallel")) == 12, "all records")

    begun = {
        json.loads(item["batch"]["S"])[0][-2:]: float(item["began"]["N"])
        for item in items(cloud, stack["Table"])
        if "parallel" in item["batch"]["S"]
    }
    assert all(begun[f"{key}1"] - begun[f"{key}0"] >= 0.45 for key in keys)
    times = sorted(begun.values())
    assert any(second - first < 0.45 for first, second in pairwise(times))


def test_record_that_matches_no_filter_is_passed_over(cloud: LocalCloud, stack: dict[str, str]) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis-filtering.html"""
    said = [json.dumps({"kind": kind, "test": "stream filter"}) for kind in ("other", "wanted", "other")]
    _put(cloud, stack["Filtered"], *said)

    eventually(lambda: _given(cloud, stack, "stream filter"), "the wanted record")

    assert _given(cloud, stack, "stream filter") == [said[1:2]]


def test_change_of_a_table_that_fails_is_given_up_with_its_place_in_the_stream(
    cloud: LocalCloud, stack: dict[str, str]
) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html"""
    dynamodb = cloud.client("dynamodb")
    for name in ("change ok", "change fail"):
        dynamodb.put_item(TableName=stack["Watched"], Item={"id": {"S": name}})

    record = _failure(cloud, stack)

    assert _given(cloud, stack, "change") == [["change ok", "change fail"], ["change fail"]]
    batch = record["DDBStreamBatchInfo"]
    assert record["requestContext"]["approximateInvokeCount"] == 2
    assert (batch["batchSize"], batch["startSequenceNumber"]) == (1, batch["endSequenceNumber"])
    streams = cloud.client("dynamodbstreams")
    iterator = streams.get_shard_iterator(
        StreamArn=batch["streamArn"],
        ShardId=batch["shardId"],
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        SequenceNumber=batch["startSequenceNumber"],
    )["ShardIterator"]
    (found,) = streams.get_records(ShardIterator=iterator)["Records"]
    assert found["dynamodb"]["Keys"] == {"id": {"S": "change fail"}}


def test_age_of_what_a_stream_hands_over_is_measured(cloud: LocalCloud, stack: dict[str, str]) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html"""
    cloud.client("dynamodb").put_item(TableName=stack["OtherWatched"], Item={"id": {"S": "measured"}})
    eventually(lambda: _given(cloud, stack, "measured"), "the change")
    now = datetime.now(UTC)

    found = cloud.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName="IteratorAge",
        Dimensions=[
            {"Name": "FunctionName", "Value": stack["Function"]},
            {"Name": "Resource", "Value": f"{stack['Function']}:live"},
        ],
        StartTime=now - timedelta(minutes=5),
        EndTime=now + timedelta(minutes=1),
        Period=60,
        Statistics=["Maximum", "SampleCount"],
    )["Datapoints"]

    assert found
    assert found[0]["Unit"] == "Milliseconds"


def test_trim_horizon_reads_what_was_there_and_latest_does_not(
    cloud: LocalCloud, stack: dict[str, str]
) -> None:
    client, stream = cloud.client("lambda"), stack["Filtered"]
    arn = cloud.client("kinesis").describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"][
        "StreamARN"
    ]
    _put(cloud, stream, "horizon before")
    name = f"{stack['Function']}:live"
    made = [
        client.create_event_source_mapping(
            EventSourceArn=arn,
            FunctionName=name,
            StartingPosition=position,
            BatchSize=1,
            ParallelizationFactor=2,
        )
        for position in ("TRIM_HORIZON", "LATEST")
    ]
    _put(cloud, stream, "horizon after")

    eventually(lambda: len(_given(cloud, stack, "horizon after")) == 2, "both mappings")

    assert len(_given(cloud, stack, "horizon before")) == 1
    for mapping in made:
        assert mapping["ParallelizationFactor"] == 2
        client.delete_event_source_mapping(UUID=mapping["UUID"])


def test_mapping_says_what_its_template_said_and_the_defaults_of_the_rest(
    cloud: LocalCloud, stack: dict[str, str]
) -> None:
    """https://docs.aws.amazon.com/lambda/latest/api/API_GetEventSourceMapping.html"""
    client = cloud.client("lambda")
    halved = client.get_event_source_mapping(UUID=stack["HalvedSource"])
    plain = client.get_event_source_mapping(UUID=stack["OtherWatchedSource"])

    assert halved["BisectBatchOnFunctionError"] is True
    assert halved["MaximumRetryAttempts"] == 1
    assert halved["DestinationConfig"]["OnFailure"]["Destination"].startswith("arn:aws:sqs:")
    assert (plain["BatchSize"], plain["MaximumRetryAttempts"], plain["MaximumRecordAgeInSeconds"]) == (
        100,
        -1,
        -1,
    )
    assert plain["BisectBatchOnFunctionError"] is False
    assert plain["ParallelizationFactor"] == 1
    assert plain["StartingPosition"] == "LATEST"


def test_throttled_batch_is_tried_again_without_being_counted(
    cloud: LocalCloud, stack: dict[str, str]
) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html"""
    client, name = cloud.client("lambda"), stack["Function"]
    client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    _put(cloud, stack["Kept"], "stream throttled")
    time.sleep(1.5)

    client.delete_function_concurrency(FunctionName=name)

    eventually(lambda: _given(cloud, stack, "stream throttled"), "the batch")


def test_mapping_counts_its_events(cloud: LocalCloud, stack: dict[str, str]) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html#event-source-mapping-metrics"""
    said = [
        json.dumps({"kind": kind, "test": "counted poison"})
        for kind in ("other", "wanted", "other", "wanted")
    ]
    _put(cloud, stack["Counted"], *said)
    eventually(
        lambda: _counted(cloud, stack, "OnFailureDestinationDeliveredEventCount"), "the end of the batch"
    )

    found = {
        metric: _counted(cloud, stack, f"{metric}EventCount")
        for metric in ("Polled", "FilteredOut", "Invoked", "FailedInvoke", "Dropped")
    }

    assert found == {"Polled": 4, "FilteredOut": 2, "Invoked": 4, "FailedInvoke": 4, "Dropped": 2}


def _counted(cloud: LocalCloud, stack: dict[str, str], metric: str) -> float:
    now = datetime.now(UTC)
    points = cloud.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName=metric,
        Dimensions=[{"Name": "EventSourceMappingUUID", "Value": stack["CountedSource"]}],
        StartTime=now - timedelta(minutes=5),
        EndTime=now + timedelta(minutes=1),
        Period=600,
        Statistics=["Sum"],
    )["Datapoints"]
    return float(sum(point["Sum"] for point in points))
