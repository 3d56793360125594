"""Queues as event sources of functions behave as in AWS."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from local_cloud import LocalCloud
from local_cloud.service import eventually
from tests.cloud import deploy
from tests.local_cloud.resources import att, ref
from tests.local_cloud.sources import batches, depth, items, keeper, queue_pair, source_of

REPORTING = ["ReportBatchItemFailures"]
WINDOW = 1


@pytest.fixture(scope="module")
def stack(cloud: LocalCloud) -> dict[str, str]:
    """One function behind several queues, each with a mapping of its own kind."""
    criteria = {"Filters": [{"Pattern": json.dumps({"body": {"kind": ["wanted"]}})}]}
    resources = {
        **keeper(),
        **queue_pair("Plain", visibility=3),
        "PlainSource": source_of(att("Plain"), FunctionResponseTypes=REPORTING, BatchSize=10),
        **queue_pair("Answers", visibility=8),
        "AnswersSource": source_of(att("Answers"), FunctionResponseTypes=REPORTING, BatchSize=1),
        **queue_pair("Window", visibility=20),
        "WindowSource": source_of(att("Window"), BatchSize=100, MaximumBatchingWindowInSeconds=WINDOW),
        **queue_pair("Narrow", visibility=20),
        "NarrowSource": source_of(att("Narrow"), BatchSize=1, ScalingConfig={"MaximumConcurrency": 2}),
        **queue_pair("Filtered", visibility=30),
        "FilteredSource": source_of(
            att("Filtered"), FilterCriteria=criteria, MetricsConfig={"Metrics": ["EventCount"]}
        ),
        **queue_pair("Ordered", visibility=3, FifoQueue=True, ContentBasedDeduplication=True),
        "OrderedSource": source_of(att("Ordered"), FunctionResponseTypes=REPORTING, BatchSize=10),
    }
    queues = ("Plain", "Answers", "Window", "Narrow", "Filtered", "Ordered")
    names: dict[str, Any] = {
        name: ref(name) for queue in queues for name in (queue, f"{queue}Dead", f"{queue}Source")
    }
    return deploy(cloud, "queues", resources, **names, Table=ref("Table"), Function=ref("Function"))


def _send(cloud: LocalCloud, url: str, *bodies: str, group: str | None = None) -> list[str]:
    named: dict[str, Any] = {"MessageGroupId": group} if group else {}
    sqs = cloud.client("sqs")
    return [sqs.send_message(QueueUrl=url, MessageBody=body, **named)["MessageId"] for body in bodies]


def _given(cloud: LocalCloud, stack: dict[str, str], part: str) -> list[str]:
    """Every message with `part` in it that the function was given, in its order."""
    return [body for batch in batches(cloud, stack["Table"]) for body in batch if part in body]


def _take(cloud: LocalCloud, url: str) -> dict[str, Any] | None:
    names = {"MessageAttributeNames": ["All"], "MessageSystemAttributeNames": ["All"]}
    found = cloud.client("sqs").receive_message(QueueUrl=url, **names).get("Messages", [])
    for message in found:
        cloud.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return found[0] if found else None


def _counted(cloud: LocalCloud, stack: dict[str, str], metric: str) -> float:
    now = datetime.now(UTC)
    points = cloud.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName=metric,
        Dimensions=[{"Name": "EventSourceMappingUUID", "Value": stack["FilteredSource"]}],
        StartTime=now - timedelta(minutes=5),
        EndTime=now + timedelta(minutes=1),
        Period=600,
        Statistics=["Sum"],
    )["Datapoints"]
    return float(sum(point["Sum"] for point in points))


def test_reported_messages_come_again_and_the_others_are_deleted(
    cloud: LocalCloud, stack: dict[str, str]
) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html"""
    entries = [{"Id": str(at), "MessageBody": body} for at, body in enumerate(("partial ok", "partial fail"))]
    cloud.client("sqs").send_message_batch(QueueUrl=stack["Plain"], Entries=entries)

    eventually(lambda: depth(cloud, stack["PlainDead"]) == 1, "a dead letter")

    assert _given(cloud, stack, "partial ok") == ["partial ok"]
    assert _given(cloud, stack, "partial fail") == ["partial fail"] * 2
    letter = eventually(lambda: _take(cloud, stack["PlainDead"]), "the dead letter")
    assert letter["Body"] == "partial fail"
    assert letter["Attributes"]["DeadLetterQueueSourceArn"].endswith(stack["Plain"].rpartition("/")[2])


def test_answer_without_failures_is_a_success_and_one_with_strange_failures_fails_the_batch(
    cloud: LocalCloud, stack: dict[str, str]
) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#sqs-batchfailurereporting-conditions"""
    successes = ["null", "{}", '{"batchItemFailures": null}', '{"batchItemFailures": []}']
    failures = [
        '{"batchItemFailures": [{"itemIdentifier": ""}]}',
        '{"batchItemFailures": [{"itemIdentifier": null}]}',
        '{"batchItemFailures": [{"identifier": "1"}]}',
        '{"batchItemFailures": [{"itemIdentifier": "nobody"}]}',
    ]
    _send(cloud, stack["Answers"], *(f"answer:{answer}" for answer in (*successes, *failures)))

    eventually(lambda: depth(cloud, stack["AnswersDead"]) >= len(failures), "the dead letters")
    letters = [eventually(lambda: _take(cloud, stack["AnswersDead"]), "a dead letter") for _ in failures]

    assert {letter["Body"] for letter in letters} == {f"answer:{answer}" for answer in failures}
    assert depth(cloud, stack["Answers"]) == 0
    for answer in successes:
        assert len(_given(cloud, stack, f"answer:{answer}")) == 1


def test_dead_letter_keeps_its_attributes_and_its_age(cloud: LocalCloud, stack: dict[str, str]) -> None:
    """https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html"""
    attributes = {"shop": {"DataType": "String", "StringValue": "north"}}
    sent = cloud.client("sqs").send_message(
        QueueUrl=stack["Plain"], MessageBody="poison with attributes", MessageAttributes=attributes
    )

    letter = eventually(lambda: _take(cloud, stack["PlainDead"]), "a dead letter")

    assert letter["MessageId"] == sent["MessageId"]
    assert letter["MessageAttributes"]["shop"]["StringValue"] == "north"
    last = [
        json.loads(item["event"]["S"])
        for item in items(cloud, stack["Table"])
        if "poison with" in item["batch"]["S"]
    ][-1]["Records"][0]
    assert last["attributes"]["ApproximateReceiveCount"] == "2"
    assert last["attributes"]["SentTimestamp"] == letter["Attributes"]["SentTimestamp"]
    assert last["messageAttributes"]["shop"]["stringValue"] == "north"
    assert last["md5OfMessageAttributes"] == sent["MD5OfMessageAttributes"]


def test_window_gathers_a_batch_of_more_than_ten(cloud: LocalCloud, stack: dict[str, str]) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#sqs-polling-behavior"""
    began = time.time()
    _send(cloud, stack["Window"], *(f"window {number}" for number in range(15)))

    eventually(lambda: len(_given(cloud, stack, "window ")) == 15, "all messages")

    (batch,) = [batch for batch in batches(cloud, stack["Table"]) if "window 0" in batch]
    assert len(batch) > 10
    (first,) = [item for item in items(cloud, stack["Table"]) if "window 0" in item["batch"]["S"]]
    assert float(first["began"]["N"]) - began >= WINDOW


def test_no_more_batches_run_at_once_than_the_mapping_allows(
    cloud: LocalCloud, stack: dict[str, str]
) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html#events-sqs-max-concurrency"""
    _send(cloud, stack["Narrow"], *(f"narrow slow {number}" for number in range(6)))

    eventually(lambda: len(_given(cloud, stack, "narrow slow")) == 6, "all messages")

    begun = sorted(
        float(item["began"]["N"]) for item in items(cloud, stack["Table"]) if "narrow" in item["batch"]["S"]
    )
    assert all(third - first >= 0.45 for first, third in zip(begun, begun[2:], strict=False))
    assert any(second - first < 0.45 for first, second in pairwise(begun))


def test_message_that_matches_no_filter_is_deleted_unseen(cloud: LocalCloud, stack: dict[str, str]) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html"""
    bodies = [json.dumps({"kind": kind, "test": "filter"}) for kind in ("wanted", "other")]
    _send(cloud, stack["Filtered"], *bodies, "filter plain text")

    eventually(lambda: _given(cloud, stack, "filter"), "the wanted message")
    eventually(lambda: depth(cloud, stack["Filtered"]) == 0, "an empty queue")

    assert _given(cloud, stack, "filter") == bodies[:1]
    assert depth(cloud, stack["FilteredDead"]) == 0
    counted = [_counted(cloud, stack, f"{kind}EventCount") for kind in ("Polled", "FilteredOut", "Deleted")]
    assert counted == [3, 2, 1]


def test_failed_message_keeps_back_the_rest_of_its_group_and_no_other(
    cloud: LocalCloud, stack: dict[str, str]
) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html
    """
    _send(cloud, stack["Ordered"], "a poison", group="a")
    eventually(lambda: _given(cloud, stack, "a poison"), "the first delivery")
    _send(cloud, stack["Ordered"], "a second", "a third", group="a")
    _send(cloud, stack["Ordered"], "b first", group="b")

    eventually(lambda: _given(cloud, stack, "b first"), "the other group")
    assert _given(cloud, stack, "a second") == []
    eventually(lambda: _given(cloud, stack, "a third"), "the rest of the group")

    told = [body for batch in batches(cloud, stack["Table"]) for body in batch if body.startswith("a ")]
    assert [body for body in told if body != "a poison"][-2:] == ["a second", "a third"]
    letter = eventually(lambda: _take(cloud, stack["OrderedDead"]), "the dead letter")
    assert letter["Body"] == "a poison"
    assert letter["Attributes"]["MessageGroupId"] == "a"


def test_throttled_function_loses_no_message_and_costs_it_no_receive(
    cloud: LocalCloud, stack: dict[str, str]
) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-backoff-strategy"""
    client, name = cloud.client("lambda"), stack["Function"]
    client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    _send(cloud, stack["Narrow"], "throttled")
    time.sleep(1)
    assert _given(cloud, stack, "throttled") == []

    client.delete_function_concurrency(FunctionName=name)

    eventually(lambda: _given(cloud, stack, "throttled"), "the delivery")
    eventually(lambda: depth(cloud, stack["Narrow"]) == 0, "an empty queue")
    (record,) = [
        json.loads(item["event"]["S"])["Records"][0]
        for item in items(cloud, stack["Table"])
        if "throttled" in item["batch"]["S"]
    ]
    assert record["attributes"]["ApproximateReceiveCount"] == "1"


def test_no_message_is_lost_while_others_are_received_and_deleted(
    cloud: LocalCloud, stack: dict[str, str]
) -> None:
    def send(sender: int) -> None:
        for batch in range(5):
            entries = [{"Id": str(at), "MessageBody": f"crowd {sender}-{batch}-{at}"} for at in range(10)]
            cloud.client("sqs").send_message_batch(QueueUrl=stack["Plain"], Entries=entries)

    with ThreadPoolExecutor(4) as senders:
        list(senders.map(send, range(4)))

    eventually(lambda: len(set(_given(cloud, stack, "crowd "))) == 200, "all messages")
    eventually(lambda: depth(cloud, stack["Plain"]) == 0, "an empty queue")


def test_alias_of_the_mapping_is_invoked(cloud: LocalCloud, stack: dict[str, str]) -> None:
    _send(cloud, stack["Plain"], "through the alias")

    eventually(lambda: _given(cloud, stack, "through the alias"), "the delivery")

    (item,) = [item for item in items(cloud, stack["Table"]) if "through the alias" in item["batch"]["S"]]
    assert item["arn"]["S"].endswith(f":{stack['Function']}:live")


def test_mapping_says_what_its_template_said(cloud: LocalCloud, stack: dict[str, str]) -> None:
    """https://docs.aws.amazon.com/lambda/latest/api/API_GetEventSourceMapping.html"""
    mapping = cloud.client("lambda").get_event_source_mapping(UUID=stack["NarrowSource"])

    assert mapping["BatchSize"] == 1
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": 2}
    assert mapping["State"] == "Enabled"
    assert "StartingPosition" not in mapping


def test_disabled_mapping_takes_nothing_until_it_is_enabled(cloud: LocalCloud, stack: dict[str, str]) -> None:
    client = cloud.client("lambda")
    client.update_event_source_mapping(UUID=stack["FilteredSource"], Enabled=False)
    body = json.dumps({"kind": "wanted", "test": "disabled"})
    _send(cloud, stack["Filtered"], body)
    time.sleep(0.5)
    assert _given(cloud, stack, "disabled") == []

    client.update_event_source_mapping(UUID=stack["FilteredSource"], Enabled=True)

    eventually(lambda: _given(cloud, stack, "disabled") == [body], "the delivery")


def test_deleting_with_an_old_receipt_handle_succeeds_and_deletes_nothing(cloud: LocalCloud) -> None:
    """https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html"""
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="old-handles")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="kept")
    (old,) = sqs.receive_message(QueueUrl=url, VisibilityTimeout=0)["Messages"]
    (new,) = sqs.receive_message(QueueUrl=url, VisibilityTimeout=0)["Messages"]

    sqs.delete_message(QueueUrl=url, ReceiptHandle=old["ReceiptHandle"])
    entries = [{"Id": "1", "ReceiptHandle": old["ReceiptHandle"]}]
    answer = sqs.delete_message_batch(QueueUrl=url, Entries=entries)

    assert [entry["Id"] for entry in answer["Successful"]] == ["1"]
    assert depth(cloud, url) == 1
    sqs.delete_message(QueueUrl=url, ReceiptHandle=new["ReceiptHandle"])
    assert depth(cloud, url) == 0
    with pytest.raises(sqs.exceptions.ReceiptHandleIsInvalid):
        sqs.delete_message(QueueUrl=url, ReceiptHandle="nonsense")
