"""Faults are decided by the seed, the rule, what an event says, and how often it has come."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from local_cloud import faults
from local_cloud.event_identity import identities
from local_cloud.faults import KINDS, Fault, FaultError


@pytest.fixture(autouse=True)
def _no_faults() -> Iterator[None]:
    faults.clear()
    yield
    faults.clear()


def _hit(names: list[str], **rule: Any) -> list[str]:
    faults.order([{"function": "pay", "kind": "error", **rule}], seed=7)
    return [name for name in names if faults.decide("pay-1", {"order": name})]


def _queued(body: object, **changes: Any) -> dict[str, Any]:
    record = {"eventSource": "aws:sqs", "messageId": "1", "receiptHandle": "2", "messageAttributes": {}}
    attributes = {"SentTimestamp": "3", "ApproximateReceiveCount": "1"}
    return {**record, "attributes": attributes, "body": json.dumps(body), **changes}


def test_same_seed_hits_the_same_events_in_any_order() -> None:
    names = [str(number) for number in range(400)]

    forth = _hit(names, probability=0.25)
    back = _hit(list(reversed(names)), probability=0.25)

    assert sorted(forth) == sorted(back)
    assert 60 < len(forth) < 140


def test_another_seed_hits_others() -> None:
    names = [str(number) for number in range(100)]
    first = _hit(names, probability=0.5)

    faults.order([{"function": "pay", "kind": "error", "probability": 0.5}], seed=8)

    assert [name for name in names if faults.decide("pay-1", {"order": name})] != first


def test_attempts_of_an_event_are_judged_one_by_one() -> None:
    faults.order([{"function": "pay", "kind": "error", "attempts": [2]}])

    found = [faults.decide("pay-1", {"order": "a"}) is not None for _ in range(3)]

    assert found == [False, True, False]
    assert faults.decide("pay-1", {"order": "b"}) is None


def test_another_function_is_left_alone_and_a_star_stands_for_any_text() -> None:
    faults.order([{"function": "pay", "kind": "error"}])
    assert faults.decide("stack-pay-1", {}) is None
    assert faults.decide("payment", {}) is not None

    faults.order([{"function": "*pay", "kind": "error"}])
    assert faults.decide("stack-pay-1", {}) is not None


def test_first_rule_that_hits_wins() -> None:
    faults.order(
        [
            {"function": "pay", "kind": "throttle", "probability": 0},
            {"function": "pay", "kind": "time_out"},
            {"function": "pay", "kind": "error"},
        ]
    )

    decided = faults.decide("pay", {})

    assert decided is not None
    assert decided[0].kind == "time_out"


def test_only_what_its_source_may_deliver_twice_is_delivered_twice() -> None:
    faults.order([{"function": "pay", "kind": "duplicate"}])

    assert faults.decide("pay", {}) is None
    with faults.delivered():
        assert faults.decide("pay", {}) is not None
    assert faults.decide("pay", {}) is None


def test_rule_ends_when_it_has_happened_often_enough() -> None:
    faults.order([{"function": "pay", "kind": "error", "most": 1}])
    decided = faults.decide("pay", {"order": "a"})
    assert decided is not None
    rule, identity, attempt = decided

    faults.record(rule, "pay", identity, attempt)

    assert faults.decide("pay", {"order": "b"}) is None
    (said,) = faults.injected()
    assert (said["function"], said["kind"], said["event"], said["attempt"]) == ("pay", "error", identity, 1)


def test_rule_holds_for_its_time_only(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([1000.0, 1000.0, 1010.0, 1019.9, 1020.0])
    monkeypatch.setattr("time.time", lambda: next(clock))
    faults.order([{"function": "pay", "kind": "error", "between": [10, 20]}])

    found = [faults.decide("pay", {}) is not None for _ in range(4)]

    assert found == [False, True, True, False]


def test_batch_has_the_fault_of_its_first_record_that_is_hit() -> None:
    names = [str(number) for number in range(40)]
    alone = {name for name in names if _hit([name], probability=0.1)}
    faults.order([{"function": "pay", "kind": "error", "probability": 0.1}], seed=7)
    singles = {name for name in names if faults.decide("pay", {"Records": [_queued({"order": name})]})}
    faults.order([{"function": "pay", "kind": "error", "probability": 0.1}], seed=7)

    decided = faults.decide("pay", {"Records": [_queued({"order": name}) for name in names]})

    assert alone
    assert decided is not None
    first = min(singles, key=names.index)
    assert decided[1] == identities({"Records": [_queued({"order": first})]})[0]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"function": "pay"}, "kind is missing"),
        ({"function": "pay", "kind": "explode"}, "'explode', none of crash_before"),
        ({"function": "pay", "kind": "error", "chance": 1}, "chance: a fault has"),
        ({"function": "pay", "kind": "error", "probability": 2}, "probability is 2"),
        ({"function": "pay", "kind": "error", "between": [3, 1]}, r"between is \(3, 1\)"),
        ({"function": "pay", "kind": "crash_during", "call": 0}, "counted from 1"),
    ],
)
def test_rule_that_cannot_be_understood_is_refused_and_changes_nothing(
    rule: dict[str, Any], said: str
) -> None:
    faults.order([{"function": "pay", "kind": "error"}])

    with pytest.raises(FaultError, match=said):
        faults.order([rule])

    assert faults.decide("pay", {}) is not None


def test_each_kind_has_a_chance_of_its_own() -> None:
    chances = {Fault(function="pay", kind=kind).chance(1, "event", 1) for kind in KINDS}

    assert len(chances) == len(KINDS)


def test_message_received_again_is_the_same_event() -> None:
    first = _queued({"order": 1})
    again = _queued({"order": 1}, messageId="9", receiptHandle="8", attributes={"SentTimestamp": "7"})

    assert identities({"Records": [first]}) == identities({"Records": [again]})
    assert identities({"Records": [first]}) != identities({"Records": [_queued({"order": 2})]})


def test_named_fields_are_the_identity_wherever_they_are() -> None:
    direct = {"order_id": "a", "time": 1}
    wrapped = {"Records": [_queued({"detail": json.dumps({"order_id": "a"}), "time": 2})]}

    assert identities(direct, ["order_id"]) == identities(wrapped, ["order_id"])
    assert identities(direct, ["order_id"]) != identities({"order_id": "b"}, ["order_id"])


def test_event_without_the_named_fields_is_known_by_all_it_says() -> None:
    assert identities({"a": 1}, ["order_id"]) == identities({"a": 1})
    assert identities({"a": 1}, ["order_id"]) != identities({"a": 2}, ["order_id"])


@pytest.mark.parametrize(
    ("one", "again"),
    [
        (
            {
                "eventSource": "aws:kinesis",
                "kinesis": {"partitionKey": "k", "data": "d", "sequenceNumber": "1"},
            },
            {
                "eventSource": "aws:kinesis",
                "kinesis": {"partitionKey": "k", "data": "d", "sequenceNumber": "2"},
            },
        ),
        (
            {"eventSource": "aws:dynamodb", "eventName": "INSERT", "dynamodb": {"Keys": {"id": {"S": "1"}}}},
            {
                "eventSource": "aws:dynamodb",
                "eventName": "INSERT",
                "eventID": "2",
                "dynamodb": {"Keys": {"id": {"S": "1"}}, "SequenceNumber": "2"},
            },
        ),
        (
            {"EventSource": "aws:sns", "Sns": {"Message": "m", "MessageId": "1", "MessageAttributes": {}}},
            {"EventSource": "aws:sns", "Sns": {"Message": "m", "MessageId": "2", "MessageAttributes": {}}},
        ),
        (
            {
                "eventSource": "aws:s3",
                "eventName": "ObjectCreated:Put",
                "s3": {"bucket": {"name": "b"}, "object": {"key": "k", "sequencer": "1"}},
            },
            {
                "eventSource": "aws:s3",
                "eventName": "ObjectCreated:Put",
                "s3": {"bucket": {"name": "b"}, "object": {"key": "k", "sequencer": "2"}},
            },
        ),
    ],
)
def test_envelope_does_not_count(one: dict[str, Any], again: dict[str, Any]) -> None:
    assert identities({"Records": [one]}) == identities({"Records": [again]})


def test_event_of_a_bus_is_known_by_its_detail() -> None:
    event = {"id": "1", "time": "t", "source": "shop", "detail-type": "Paid", "detail": {"order": 1}}

    assert identities(event) == identities({**event, "id": "2", "time": "u"})
    assert identities(event) != identities({**event, "detail": {"order": 2}})


def test_failed_invocation_in_a_dead_letter_queue_is_the_event_that_failed() -> None:
    record = {"requestPayload": {"order": 1}, "timestamp": "t", "version": "1.0"}

    assert identities({"Records": [_queued(record)]}) == identities(
        {"Records": [_queued({**record, "timestamp": "u"})]}
    )
