"""What dead letters say, whoever wrote them."""

import json
from typing import Any

import pytest
from redrive.batches import KINESIS, TABLE, Batch
from redrive.envelopes import Opened, opened
from redrive.malformed import MalformedError
from redrive.model import Letter, WrittenBy

from tests.dead_letters.redrive.redrive_world import SHIP, failed_record

SENT = 1_790_000_000.0
TOPIC = "arn:aws:sns:eu-central-1:111122223333:orders"


def letter(body: Any, **attributes: str) -> Letter:
    return Letter(
        message_id="m",
        receipt="r",
        body=body if isinstance(body, str) else json.dumps(body),
        attributes={name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()},
        system={"SentTimestamp": str(int(SENT * 1000))},
    )


def read(body: Any, written_by: str = "asynchronous", **attributes: str) -> Opened:
    return opened(letter(body, **attributes), WrittenBy(written_by))


def event(found: Opened) -> Any:
    return json.loads(found.payload or b"")


def test_a_record_of_an_on_failure_destination() -> None:
    found = read(failed_record({"order": 1}))
    assert found == Opened(
        failed_at=1_789_995_200.0,
        function=f"{SHIP}:live",
        payload=b'{"order": 1}',
        error_type="KeyError",
        error_message="no such key",
    )


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"responsePayload": None}, "Unhandled"),
        ({"responsePayload": "text"}, "Unhandled"),
        ({"responsePayload": None, "responseContext": None}, "RetriesExhausted"),  # it never ran
        ({"responsePayload": {"errorMessage": "Task timed out after 3.00 seconds"}}, "Unhandled"),
        ({"responsePayload": {"errorType": "Sandbox.Timedout"}}, "Sandbox.Timedout"),
    ],
)
def test_a_record_without_an_error_type_has_the_next_best(more: dict[str, Any], error: str) -> None:
    assert read(failed_record(**more)).error_type == error


def test_a_record_without_a_time_failed_when_it_was_sent() -> None:
    assert read(failed_record(timestamp="yesterday")).failed_at == SENT


@pytest.mark.parametrize("written_by", [each for each in WrittenBy if each is not WrittenBy.QUEUE])
def test_a_record_is_known_by_its_content_in_every_queue(written_by: str) -> None:
    assert read(failed_record(7), written_by).payload == b"7"


def test_a_dead_letter_queue_of_a_function_has_the_event_itself() -> None:
    found = read('{"order":  1}', RequestID="r-1", ErrorCode="200", ErrorMessage="broken")
    assert found == Opened(failed_at=SENT, payload=b'{"order":  1}', error_type="200", error_message="broken")


@pytest.mark.parametrize(("name", "service"), [("KinesisBatchInfo", KINESIS), ("DDBStreamBatchInfo", TABLE)])
def test_a_record_of_a_stream_points_at_a_batch(name: str, service: str) -> None:
    info = {
        "shardId": "shardId-000000000001",
        "startSequenceNumber": "49601189658422359378836298521827638475320189012309704722",
        "endSequenceNumber": "49601189658422359378836298522902373528957594348623495186",
        "approximateArrivalOfFirstRecord": "2019-11-14T00:38:04.835Z",
        "approximateArrivalOfLastRecord": "2019-11-14T00:38:05.580Z",
        "batchSize": 500,
        "streamArn": "arn:aws:kinesis:us-east-2:123456789012:stream/mystream",
    }
    record = {**failed_record(), name: info}
    del record["requestPayload"], record["responsePayload"]
    found = read(record, "stream")
    assert found.payload is None
    assert found.error_type == "Unhandled"
    assert found.batch == Batch(
        service=service,
        stream=info["streamArn"],  # type: ignore[arg-type] # one value of the object is a number
        shard="shardId-000000000001",
        first="49601189658422359378836298521827638475320189012309704722",
        last="49601189658422359378836298522902373528957594348623495186",
        size=500,
    )
    for lacking in ("shardId", "startSequenceNumber", "endSequenceNumber", "batchSize", "streamArn"):
        with pytest.raises(MalformedError, match=f"its {name} is incomplete"):
            read({**record, name: {key: value for key, value in info.items() if key != lacking}}, "stream")
    with pytest.raises(MalformedError, match="ends before it begins"):
        read({**record, name: {**info, "endSequenceNumber": "1"}}, "stream")


NOTIFICATION = {
    "Type": "Notification",
    "MessageId": "dc1e94d9-56c5-5e96-808d-cc7f68faa162",
    "TopicArn": TOPIC,
    "Subject": "TestSubject",
    "Message": "Hello",
    "Timestamp": "2021-02-16T21:41:19.978Z",
    "SignatureVersion": "1",
    "Signature": "FMG5tlZhJNHLHUXvZgtZzlk24FzVa7oX0T4P03neeXw8=",
    "SigningCertURL": "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService.pem",
    "UnsubscribeURL": f"https://sns.amazonaws.com/?Action=Unsubscribe&SubscriptionArn={TOPIC}:2bcf",
    "MessageAttributes": {"kind": {"Type": "String", "Value": "order"}},
}


def test_a_notification_becomes_the_event_that_a_function_gets() -> None:
    found = read(NOTIFICATION, "topic", ErrorCode="429", ErrorMessage="throttled", RequestID="r")
    assert (found.error_type, found.error_message, found.function) == ("429", "throttled", "")
    message = {name.replace("URL", "Url"): value for name, value in NOTIFICATION.items()}
    assert event(found) == {
        "Records": [
            {
                "EventSource": "aws:sns",
                "EventVersion": "1.0",
                "EventSubscriptionArn": f"{TOPIC}:2bcf",
                "Sns": message,
            }
        ]
    }


def test_a_notification_without_subject_and_attributes_has_them_empty() -> None:
    bare = {name: NOTIFICATION[name] for name in ("MessageId", "TopicArn", "Message")}
    sns = event(read(bare, "topic"))["Records"][0]["Sns"]
    assert (sns["Subject"], sns["MessageAttributes"]) == (None, {})


def test_an_event_of_sns_stays_as_it_is() -> None:
    given = {"Records": [{"EventSource": "aws:sns", "Sns": {"Message": "x"}}]}
    assert event(read(given, "topic")) == given


def test_a_dead_letter_of_a_rule_is_the_event_of_the_bus() -> None:
    given = {"version": "0", "id": "1", "detail-type": "placed", "source": "shop", "detail": {"order": 1}}
    found = read(
        given,
        "rule",
        RULE_ARN="arn:aws:events:eu-central-1:111122223333:rule/r",
        TARGET_ARN=f"{SHIP}:live",
        ERROR_CODE="NO_PERMISSIONS",
        ERROR_MESSAGE="not allowed",
    )
    assert event(found) == given
    assert (found.function, found.error_type, found.failed_at) == (f"{SHIP}:live", "NO_PERMISSIONS", SENT)


@pytest.mark.parametrize(
    "body",
    [
        {"order": 1},
        {"FunctionName": SHIP, "InvocationType": "Event", "Payload": '{"order": 1}'},
        {"FunctionName": SHIP, "Payload": {"order": 1}},
    ],
)
def test_a_dead_letter_of_a_schedule_is_the_input_of_its_target(body: Any) -> None:
    found = read(body, "schedule", SCHEDULE_ARN="arn:aws:scheduler:::schedule/default/x", TARGET_ARN=SHIP)
    assert event(found) == {"order": 1}
    assert (found.function, found.error_type) == (SHIP, "unknown")


def test_the_target_of_a_universal_schedule_is_no_function() -> None:
    target = "arn:aws:scheduler:::aws-sdk:lambda:invoke"
    assert read("{}", "schedule", SCHEDULE_ARN="x", TARGET_ARN=target).function == ""


@pytest.mark.parametrize(
    ("body", "written_by", "attributes", "why"),
    [
        ("{", "asynchronous", {}, "the body is no JSON"),
        ({"order": 1}, "asynchronous", {}, "neither a record of an on-failure destination nor"),
        ({"order": 1}, "stream", {}, "no record of a stream"),
        ({"order": 1}, "topic", {}, "it is no notification of SNS"),
        ([], "topic", {}, "it is no notification of SNS"),
        ({"order": 1}, "rule", {"TARGET_ARN": SHIP}, "no attribute RULE_ARN"),
        ({"order": 1}, "schedule", {"TARGET_ARN": SHIP}, "no attribute SCHEDULE_ARN"),
        ({}, "schedule", {"SCHEDULE_ARN": "x", "IS_PAYLOAD_TRUNCATED": "true"}, "cut its payload"),
        (failed_record(version="2.0"), "asynchronous", {}, "the version '2.0'"),
        (failed_record(function="me"), "asynchronous", {}, "names 'me', which is no function"),
        (failed_record(function=None), "asynchronous", {}, "names None, which is no function"),  # type: ignore[arg-type] # that is the point
        (
            {key: value for key, value in failed_record().items() if key != "requestPayload"},
            "asynchronous",
            {},
            "too large for the queue",
        ),
        ({**failed_record(), "KinesisBatchInfo": None}, "stream", {}, "its KinesisBatchInfo is incomplete"),
    ],
)
def test_fails_on_what_can_not_be_understood(
    body: Any, written_by: str, attributes: dict[str, str], why: str
) -> None:
    with pytest.raises(MalformedError, match=why):
        read(body, written_by, **attributes)
