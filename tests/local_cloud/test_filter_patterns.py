"""Which log events a filter pattern matches, after the examples of CloudWatch Logs' documentation."""

import json

import pytest

from local_cloud.filter_patterns import compile_pattern
from local_cloud.json_patterns import PatternError, select

EVENT = {
    "eventType": "UpdateTrail",
    "sourceIPAddress": "111.111.111.111",
    "arrayKey": ["value", "another value"],
    "objectList": [{"name": "a", "id": 1}, {"name": "b", "id": 2}],
    "SomeObject": None,
    "ThisFlag": True,
    "ThatFlag": False,
    "latency": 500.5,
    "errorCode": "404",
    "user": {"id": 1, "email": "John.Stiles@example.com"},
    "users": [{"id": 2, "email": "John.Doe@example.com"}],
    "actions": ["GET", "PUT", "DELETE"],
    "coordinates": [[0, 1, 2], [4, 5, 6]],
    "cluster.name": "c1",
}
MESSAGE = json.dumps(EVENT)

MATCHING = [
    "",
    '{ $.eventType = "UpdateTrail" }',
    "{ $.eventType = UpdateTrail }",
    "{ $.eventType = Update* }",
    '{ $.eventType = "*Trail" }',
    "{ $.eventType = *date* }",
    '{ $.eventType = "*" }',
    "{ $.sourceIPAddress != 123.123.* }",
    '{ $.arrayKey[0] = "value" }',
    '{ $.arrayKey[*] = "another value" }',
    "{ $.objectList[1].id = 2 }",
    "{ $.SomeObject IS NULL }",
    "{ $.SomeOtherObject NOT EXISTS }",
    "{ $.ThisFlag IS TRUE }",
    "{ $.ThatFlag IS FALSE }",
    "{ $.latency > 500 }",
    "{ $.latency >= 500.5 && $.latency <= +5.005e2 }",
    "{ $.latency < 10e3 && $.latency != 500 && $.latency = 500.5 }",
    "{ $.errorCode = 4* }",
    '{ $.["cluster.name"] = "c1" }',
    "{ $.sourceIPAddress = %111\\.[0-9]+\\.% }",
    '{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }',
    '{ ($.user.id = 2 && $.users[0].email = "nonmatch") || $.actions[2] = "DELETE" }',
    '{ $.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = nonmatch && $.actions[2] = nomatch }',
    "UpdateTrail",
    "UpdateTrail latency",
    '"another value"',
    "UpdateTrail -DeleteTrail",
    "?UpdateTrail ?DeleteTrail",
    "UpdateTrail ?DeleteTrail",
    "%UpdateT[a-z]+%",
]
OTHER = [
    '{ $.eventType = "updateTrail" }',
    '{ $.eventType = "Trail" }',
    "{ $.eventType = U*l }",
    "{ $.sourceIPAddress != 111.* }",
    "{ $.arrayKey = * }",
    "{ $.arrayKey != x }",
    '{ $.arrayKey[2] = "value" }',
    "{ $.user = * }",
    "{ $.nothing != x }",
    "{ $.nothing > 0 }",
    "{ $.SomeObject NOT EXISTS }",
    "{ $.SomeObject = * }",
    "{ $.eventType IS NULL }",
    "{ $.ThisFlag IS FALSE }",
    "{ $.eventType > 1 }",
    "{ $.latency > 500.5 }",
    "{ $.ThisFlag > 0 }",
    '{ ($.user.id = 2 && $.users[0].email = "nonmatch") || $.actions[2] = "GET" }',
    '{ ($.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = nonmatch) && $.actions[2] = nomatch }',
    "updatetrail",
    "UpdateTrail DeleteTrail",
    '"another  value"',
    "UpdateTrail -latency",
    "?DeleteTrail ?CreateTrail",
]


@pytest.mark.parametrize("pattern", MATCHING)
def test_pattern_matches_the_event(pattern: str) -> None:
    assert compile_pattern(pattern)(MESSAGE)


@pytest.mark.parametrize("pattern", OTHER)
def test_pattern_does_not_match_the_event(pattern: str) -> None:
    assert not compile_pattern(pattern)(MESSAGE)


@pytest.mark.parametrize("message", ["plain text", "[1, 2]", '{"broken": ', ""])
def test_json_pattern_matches_no_event_that_is_not_an_object(message: str) -> None:
    assert not compile_pattern("{ $.eventType NOT EXISTS }")(message)


@pytest.mark.parametrize(
    "pattern",
    [
        "{ $.a }",
        "{ $.a = }",
        "{ $.a > high }",
        "{ $.a IS MAYBE }",
        "{ $.a NOT THERE }",
        "{ ($.a = 1 }",
        "{ $.a = 1 } trailing",
        "{ $.a = 1 $.b = 2 }",
        "{ $.a = 1 && }",
        "{ a = 1 }",
        "[ip, user, status]",
        "not-quoted",
        '"open',
    ],
)
def test_fails_on_a_pattern_that_cannot_be_read(pattern: str) -> None:
    with pytest.raises(PatternError):
        compile_pattern(pattern)


def test_selector_leads_to_a_nested_value() -> None:
    assert select("$.objectList[1].name", EVENT) == ["b"]
    assert select("$.objectList[*].id", EVENT) == [1, 2]
    assert select("$.objectList[7].name", EVENT) == []
