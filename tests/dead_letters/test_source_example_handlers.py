"""The handlers of the examples of event sources answer what Lambda understands."""

import json
from typing import Any

import pytest

from examples.handlers.consumers import consumers


def message(identity: str, body: str) -> dict[str, str]:
    return {"messageId": identity, "body": body}


def change(sequence: str, quantity: str) -> dict[str, Any]:
    return {
        "dynamodb": {
            "SequenceNumber": sequence,
            "Keys": {"id": {"S": sequence}},
            "NewImage": {"quantity": {"N": quantity}},
        }
    }


def test_each_message_that_fails_is_named(caplog: pytest.LogCaptureFixture) -> None:
    good, bad = json.dumps({"quantity": 1}), json.dumps({"quantity": 0})
    event = {"Records": [message("1", good), message("2", bad), message("3", good), message("4", "{")]}

    answer = consumers.of_queue(event, None)

    assert answer == {"batchItemFailures": [{"itemIdentifier": "2"}, {"itemIdentifier": "4"}]}
    assert [each.getMessage() for each in caplog.records] == [
        "message 2 comes again",
        "message 4 comes again",
    ]


def test_of_a_stream_the_first_record_that_fails_is_named_and_ends_the_batch() -> None:
    event = {"Records": [change("1", "5"), change("2", "0"), change("3", "0")]}

    assert consumers.of_table(event, None) == {"batchItemFailures": [{"itemIdentifier": "2"}]}


def test_a_batch_that_is_done_names_nothing() -> None:
    assert consumers.of_table({"Records": [change("1", "5")]}, None) == {"batchItemFailures": []}
