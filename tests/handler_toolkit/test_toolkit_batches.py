"""Batches report what failed, keep the order where there is one, and end before Lambda ends them."""

import base64
import json
import logging
from typing import Any

import pytest
from aws_lambda_powertools.utilities.batch.exceptions import BatchProcessingError
from handler_toolkit import CircuitOpenError, current_budget, process_queue, process_stream

from tests.handler_toolkit.contexts import FakeContext, lambda_context

QUEUE = "arn:aws:sqs:us-east-1:000000000000:orders"


def queue_event(*bodies: str, fifo: bool = False) -> dict[str, Any]:
    """Each body is its message's id, and its group's up to the dash."""
    return {
        "Records": [
            {
                "messageId": body,
                "body": body,
                "eventSource": "aws:sqs",
                "eventSourceARN": f"{QUEUE}.fifo" if fifo else QUEUE,
                "attributes": {"MessageGroupId": body.split("-")[0]} if fifo else {},
            }
            for body in bodies
        ]
    }


def kinesis_event(*texts: str) -> dict[str, Any]:
    return {
        "Records": [
            {"kinesis": {"sequenceNumber": text, "data": base64.b64encode(text.encode()).decode()}}
            for text in texts
        ]
    }


def dynamodb_event(*numbers: str) -> dict[str, Any]:
    return {"Records": [{"dynamodb": {"SequenceNumber": number, "Keys": {}}} for number in numbers]}


class Handling:
    """Handles records, in virtual time, and fails for those that are told."""

    def __init__(self, fails: dict[str, Exception] | None = None, *, seconds: float = 0.0) -> None:
        self.context = FakeContext(left=30)
        self.seen: list[str] = []
        self._fails = fails or {}
        self._seconds = seconds

    def __call__(self, record: Any) -> None:
        name = record.body if hasattr(record, "body") else self._sequence(record)
        self.seen.append(name)
        self.context.spend(self._seconds)
        if error := self._fails.get(name):
            raise error

    @staticmethod
    def _sequence(record: Any) -> str:
        part = record.kinesis if "kinesis" in record.raw_event else record.dynamodb
        return str(part.sequence_number)

    def queue(self, event: dict[str, Any], **options: Any) -> list[str]:
        answer = process_queue(event, lambda_context(self.context), self, **options)
        return [str(failure["itemIdentifier"]) for failure in answer["batchItemFailures"]]

    def stream(self, event: dict[str, Any], **options: Any) -> list[str]:
        answer = process_stream(event, lambda_context(self.context), self, **options)
        return [str(failure["itemIdentifier"]) for failure in answer["batchItemFailures"]]


def metrics(written: str) -> dict[str, float]:
    return {
        name: value[0]
        for line in written.splitlines()
        for name, value in json.loads(line).items()
        if name.startswith("Records")
    }


def test_only_what_failed_is_reported() -> None:
    handling = Handling({"b": ConnectionError()})
    assert handling.queue(queue_event("a", "b", "c")) == ["b"]
    assert handling.seen == ["a", "b", "c"]


def test_a_batch_that_succeeds_reports_nothing() -> None:
    assert Handling().queue(queue_event("a", "b")) == []
    assert Handling().queue({"Records": []}) == []


def test_a_batch_that_fails_as_a_whole_is_reported_and_not_raised() -> None:
    assert Handling({"a": ConnectionError()}).queue(queue_event("a")) == ["a"]


def test_a_batch_that_fails_as_a_whole_is_raised_on_request() -> None:
    handling = Handling({"a": ConnectionError(), "b": ConnectionError()})
    with pytest.raises(BatchProcessingError):
        handling.queue(queue_event("a", "b"), raise_if_all_fail=True)


def test_a_failed_message_takes_its_group_with_it_and_no_other() -> None:
    handling = Handling({"g1-1": ConnectionError()})
    failed = handling.queue(queue_event("g1-1", "g2-1", "g1-2", "g2-2", fifo=True))
    assert failed == ["g1-1", "g1-2"]
    assert handling.seen == ["g1-1", "g2-1", "g2-2"]


def test_a_stream_goes_on_from_what_failed_first() -> None:
    for event in (kinesis_event("1", "2", "3"), dynamodb_event("1", "2", "3")):
        handling = Handling({"2": ConnectionError()})
        assert handling.stream(event) == ["2", "3"]
        assert handling.seen == ["1", "2"]


@pytest.mark.parametrize("fifo", [False, True])
def test_messages_that_there_is_no_time_for_are_left_to_another_invocation(fifo: bool) -> None:  # noqa: FBT001 - pytest's
    handling = Handling(seconds=8)
    names = ("g1-1", "g2-1", "g1-2", "g2-2", "g1-3")
    assert handling.queue(queue_event(*names, fifo=fifo), reserve=2) == ["g2-2", "g1-3"]
    assert handling.seen == list(names[:3])
    assert handling.context.left >= 2


def test_records_of_a_stream_that_there_is_no_time_for_are_left_too() -> None:
    handling = Handling(seconds=8)
    assert handling.stream(kinesis_event("1", "2", "3", "4"), reserve=2) == ["4"]


def test_a_record_is_begun_only_with_the_time_that_the_slowest_took() -> None:
    handling = Handling()
    left = iter([1.0, 20.0, 1.0])

    def uneven(record: Any) -> None:
        handling(record)
        handling.context.spend(next(left))

    answer = process_queue(queue_event("a", "b", "c"), lambda_context(handling.context), uneven, reserve=1)
    assert answer["batchItemFailures"] == [{"itemIdentifier": "c"}]


def test_the_budget_is_current_while_a_record_is_handled() -> None:
    budgets: list[float] = []

    def handle(_: Any) -> None:
        budget = current_budget()
        assert budget
        budgets.append(budget.remaining())

    process_queue(queue_event("a"), lambda_context(FakeContext(left=5)), handle, reserve=2)
    assert budgets == [3]
    assert current_budget() is None


def test_poison_is_counted_apart_from_what_passes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Orders")
    handling = Handling({"a": KeyError("order_id"), "b": ConnectionError(), "c": CircuitOpenError("p", 1)})
    handling.queue(queue_event("a", "b", "c", "d"))
    assert metrics(capsys.readouterr().out) == {"RecordsFailed": 3, "RecordsPoison": 1}


def test_what_was_not_begun_is_counted_as_deferred_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Orders")
    Handling({"g-1": ConnectionError()}).queue(queue_event("g-1", "g-2", "g-3", fifo=True))
    assert metrics(capsys.readouterr().out) == {"RecordsFailed": 1, "RecordsDeferred": 2}
    Handling({"1": ConnectionError()}).stream(kinesis_event("1", "2"))
    assert metrics(capsys.readouterr().out) == {"RecordsFailed": 1, "RecordsDeferred": 1}
    handling = Handling()
    handling.context.left = 0.5
    handling.queue(queue_event("a", "b"))
    assert metrics(capsys.readouterr().out) == {"RecordsDeferred": 2}


def test_what_was_raised_is_logged_on_request(caplog: pytest.LogCaptureFixture) -> None:
    Handling({"a": ConnectionError("no route")}).queue(queue_event("a"), logger=logging.getLogger("orders"))
    (record,) = caplog.records
    assert record.exc_info
    assert "no route" in str(record.exc_info[1])
