"""Sources as they are deployed: events arrive, and what fails is in one of the two queues."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from local_cloud import LocalCloud
from local_cloud.service import eventually
from tests.synthesis import ROOT

APP = Path(__file__).with_name("pushed_sources_app.py")
Outputs = dict[str, str]


@pytest.fixture(scope="module")
def deployed(bootstrapped_cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outputs]:
    """The outputs of the deployed app."""
    folder = tmp_path_factory.mktemp("sources")
    outputs = folder / "outputs.json"
    bootstrapped_cloud.cdk(
        "deploy",
        f"--app={sys.executable} {APP}",
        f"--output={folder / 'cdk.out'}",
        "--require-approval=never",
        f"--outputs-file={outputs}",
        cwd=folder,
        environment={"PYTHONPATH": str(ROOT)},
    )
    found = json.loads(outputs.read_text())["PushedSources"]
    yield {name.removesuffix("Out"): value for name, value in found.items()}
    client = bootstrapped_cloud.client("s3")
    for each in client.list_objects_v2(Bucket=found["BucketOut"]).get("Contents", []):
        client.delete_object(Bucket=found["BucketOut"], Key=each["Key"])
    bootstrapped_cloud.cdk("destroy", "--app", str(folder / "cdk.out"), "--force", cwd=ROOT)


def put_event(cloud: LocalCloud, deployed: Outputs, text: str) -> None:
    entry = {
        "Source": "shop",
        "DetailType": "Order",
        "Detail": json.dumps({"text": text}),
        "EventBusName": deployed["Bus"],
    }
    unheard = {**entry, "Source": "elsewhere"}
    cloud.client("events").put_events(Entries=[unheard, entry])


def upload(cloud: LocalCloud, deployed: Outputs, text: str) -> None:
    client = cloud.client("s3")
    for key, body in (
        (f"out/{text}.csv", b"1"),
        (f"in/{text}.txt", b"1"),
        (f"in/empty-{text}.csv", b""),
        (f"in/{text}.csv", b"1"),
    ):
        client.put_object(Bucket=deployed["Bucket"], Key=key, Body=body)


def publish(cloud: LocalCloud, deployed: Outputs, text: str) -> None:
    for region in ("us", "eu"):
        cloud.client("sns").publish(
            TopicArn=deployed["Topic"],
            Message=text,
            MessageAttributes={"region": {"DataType": "String", "StringValue": region}},
        )


SENDERS: Mapping[str, Callable[[LocalCloud, Outputs, str], None]] = {
    "Bus": put_event,
    "Upload": upload,
    "Topic": publish,
}
FOUND: Mapping[str, Callable[[Any], Any]] = {
    "Bus": lambda event: (event["source"], event["detail"]["text"]),
    "Upload": lambda event: (event["detail-type"], event["detail"]["object"]["key"]),
    "Topic": lambda event: [
        (each["Sns"]["Message"], each["Sns"]["MessageAttributes"]["region"]["Value"])
        for each in event["Records"]
    ],
}
EXPECTED = {
    "Bus": ("shop", "good"),
    "Upload": ("Object Created", "in/good.csv"),
    "Topic": [("good", "eu")],
}
each_sender = pytest.mark.parametrize("name", list(SENDERS))


def taken(cloud: LocalCloud, url: str, seconds: float = 60) -> list[dict[str, Any]]:
    """The messages that come to a queue; it is emptied of them."""
    client = cloud.client("sqs")
    found: list[dict[str, Any]] = eventually(
        lambda: client.receive_message(
            QueueUrl=url, WaitTimeSeconds=1, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        ).get("Messages"),
        f"a message in {url}",
        seconds=seconds,
    )
    for each in found:
        client.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
    return found


def waiting(cloud: LocalCloud, url: str) -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    attributes = cloud.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(value) for value in attributes.values())


@each_sender
def test_what_is_asked_for_arrives_and_nothing_else(
    name: str, bootstrapped_cloud: LocalCloud, deployed: Outputs
) -> None:
    SENDERS[name](bootstrapped_cloud, deployed, "good")

    (message,) = taken(bootstrapped_cloud, deployed[f"{name}Seen"])

    assert FOUND[name](json.loads(message["Body"])) == EXPECTED[name]
    assert waiting(bootstrapped_cloud, deployed[f"{name}Seen"]) == 0


@each_sender
def test_what_the_function_fails_on_goes_to_its_own_dead_letters(
    name: str, bootstrapped_cloud: LocalCloud, deployed: Outputs
) -> None:
    SENDERS[name](bootstrapped_cloud, deployed, "fail")

    (message,) = taken(bootstrapped_cloud, deployed[f"{name}Failed"])

    record = json.loads(message["Body"])
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert "fail" in json.dumps(record["requestPayload"])
    assert waiting(bootstrapped_cloud, deployed[f"{name}Undelivered"]) == 0


@each_sender
def test_what_cannot_be_handed_over_waits_and_rings(
    name: str, bootstrapped_cloud: LocalCloud, deployed: Outputs
) -> None:
    cloud = bootstrapped_cloud
    cloud.client("lambda").delete_function(FunctionName=deployed[f"{name}Function"])
    SENDERS[name](cloud, deployed, "lost")

    def rings() -> bool:
        (alarm,) = cloud.client("cloudwatch").describe_alarms(AlarmNames=[deployed[f"{name}Alarm"]])[
            "MetricAlarms"
        ]
        return bool(alarm["StateValue"] == "ALARM")

    eventually(rings, f"the alarm of {name}", seconds=60)
    (message,) = taken(cloud, deployed[f"{name}Undelivered"])
    assert "lost" in message["Body"]


def test_the_schedule_calls_with_the_time_that_it_was_due(
    bootstrapped_cloud: LocalCloud, deployed: Outputs
) -> None:
    message = taken(bootstrapped_cloud, deployed["ClockSeen"], seconds=120)[0]

    event = json.loads(message["Body"])
    assert set(event) == {"scheduled_time", "schedule_arn"}
    assert event["scheduled_time"].endswith("Z")
    assert "PushedSources" in event["schedule_arn"]


def test_a_run_that_cannot_be_handed_over_waits(bootstrapped_cloud: LocalCloud, deployed: Outputs) -> None:
    message = taken(bootstrapped_cloud, deployed["LateUndelivered"], seconds=120)[0]

    assert set(json.loads(message["Body"])) == {"scheduled_time", "schedule_arn"}
    assert "PushedSources" in message["MessageAttributes"]["SCHEDULE_ARN"]["StringValue"]
