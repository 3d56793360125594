"""The function that answers health checks: in time, with one word, whatever its dependencies do."""

import io
import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from tests.failover.parts import load_handler

health = load_handler("health")
OK = {
    "statusCode": 200,
    "headers": {"content-type": "text/plain", "cache-control": "no-store"},
    "body": "ok",
}
UNAVAILABLE = OK | {"statusCode": 503, "body": "unavailable"}
TABLE = {"kind": "table", "name": "orders"}
READ = {"kind": "table", "name": "orders", "key": {"id": {"S": "health"}}}
QUEUE = {"kind": "queue", "url": "https://sqs.eu-west-1.amazonaws.com/1/orders"}
FUNCTION: dict[str, Any] = {
    "kind": "function",
    "arn": "arn:aws:lambda:eu-west-1:1:function:orders:live",
    "event": {"rawPath": "/orders/0"},
}
ALARMS = {"kind": "alarms", "names": ["Errors", "Health"]}


def nothing() -> None:
    """Answers at once."""


class Region:
    """The services of a Region, any of which can fail or be slow."""

    def __init__(self) -> None:
        self.status = "ACTIVE"
        self.states = {"Errors": "OK", "Health": "OK"}
        self.consistent: bool | None = None
        self.reserved: int | None = None
        self.said: Any = {"statusCode": 404}
        self.failed: dict[str, str] = {}
        self.happens: dict[str, Callable[[], None]] = {}
        self.calls: list[str] = []

    def client(self, service: str, **_: Any) -> "Region":
        assert service in ("dynamodb", "sqs", "cloudwatch", "lambda")
        return self

    def _answer(self, service: str) -> None:
        self.calls.append(service)
        self.happens.get(service, nothing)()

    def describe_table(self, *, TableName: str) -> dict[str, Any]:  # noqa: N803
        self._answer("dynamodb")
        return {"Table": {"TableName": TableName, "TableStatus": self.status}}

    def get_item(self, *, TableName: str, Key: dict[str, Any], ConsistentRead: bool) -> dict[str, Any]:  # noqa: N803
        assert (TableName, Key) == ("orders", {"id": {"S": "health"}})
        self.consistent = ConsistentRead
        self._answer("dynamodb")
        return {}

    def get_function_concurrency(self, *, FunctionName: str) -> dict[str, Any]:  # noqa: N803
        assert FunctionName == FUNCTION["arn"].removesuffix(":live")
        self._answer("concurrency")
        return {} if self.reserved is None else {"ReservedConcurrentExecutions": self.reserved}

    def invoke(self, *, FunctionName: str, InvocationType: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803
        assert (FunctionName, InvocationType) == (FUNCTION["arn"], "RequestResponse")
        assert json.loads(Payload) == FUNCTION["event"]
        self._answer("lambda")
        return {"Payload": io.BytesIO(json.dumps(self.said).encode()), **self.failed}

    def get_queue_attributes(self, *, QueueUrl: str, AttributeNames: list[str]) -> dict[str, Any]:  # noqa: N803
        assert (QueueUrl, AttributeNames) == (QUEUE["url"], ["QueueArn"])
        self._answer("sqs")
        return {}

    def describe_alarms(self, *, AlarmNames: list[str], AlarmTypes: list[str]) -> dict[str, Any]:  # noqa: N803
        assert (AlarmNames, AlarmTypes) == (ALARMS["names"], ["MetricAlarm", "CompositeAlarm"])
        self._answer("cloudwatch")
        found = [{"AlarmName": name, "StateValue": state} for name, state in self.states.items()]
        return {"MetricAlarms": found[:1], "CompositeAlarms": found[1:]}


@pytest.fixture
def region() -> Region:
    return Region()


@pytest.fixture
def call(region: Region, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., dict[str, Any]]]:
    """Calls the handler as a fresh environment would; later calls of a test find it warm."""

    def call_handler(*needs: dict[str, Any], deadline: float = 1, keep: float = 5) -> dict[str, Any]:
        monkeypatch.setenv("HEALTH_NEEDS", json.dumps(needs))
        monkeypatch.setenv("HEALTH_DEADLINE_SECONDS", str(deadline))
        monkeypatch.setenv("HEALTH_KEEP_SECONDS", str(keep))
        answer: dict[str, Any] = health.handler({}, None)
        return answer

    health.prepared.cache_clear()
    with mock.patch("boto3.client", side_effect=region.client):
        yield call_handler
    health.prepared.cache_clear()


def refusal(code: str) -> Callable[[], None]:
    def fail() -> None:
        raise ClientError({"Error": {"Code": code, "Message": "secret detail"}}, "Operation")

    return fail


def unreachable() -> None:
    raise EndpointConnectionError(endpoint_url="https://secret.example.com")


def test_a_region_that_has_what_it_needs_is_ok(region: Region, call: Any) -> None:
    assert call(TABLE, READ, QUEUE, ALARMS, FUNCTION) == OK
    assert sorted(region.calls) == ["cloudwatch", "dynamodb", "dynamodb", "lambda", "sqs"]


@pytest.mark.parametrize(("given", "consistent"), [({}, False), ({"consistent": True}, True)])
def test_an_item_is_read_with_the_consistency_that_was_asked_for(
    given: dict[str, Any], consistent: object, region: Region, call: Any
) -> None:
    assert call(READ | given) == OK
    assert region.consistent is consistent


@pytest.mark.parametrize("said", [{"statusCode": 404}, {"statusCode": 200}, {"ok": True}, None, ["a"]])
def test_a_function_that_answers_is_well(said: Any, region: Region, call: Any) -> None:
    region.said = said

    assert call(FUNCTION) == OK


def test_a_function_that_fails_makes_it_unavailable(
    region: Region, call: Any, caplog: pytest.LogCaptureFixture
) -> None:
    region.failed = {"FunctionError": "Unhandled"}

    assert call(FUNCTION) == UNAVAILABLE
    assert "Unhandled error" in caplog.text


def test_a_function_that_answers_with_a_server_error_makes_it_unavailable(
    region: Region, call: Any, caplog: pytest.LogCaptureFixture
) -> None:
    region.said = {"statusCode": 503}

    assert call(FUNCTION) == UNAVAILABLE
    assert "answers 503" in caplog.text


def test_a_function_that_sleeps_is_not_invoked_and_makes_it_unavailable(region: Region, call: Any) -> None:
    region.reserved = 0

    assert call(FUNCTION | {"busy_is_well": False}) == UNAVAILABLE
    assert region.calls == ["concurrency"]


@pytest.mark.parametrize("reserved", [None, 5])
def test_a_function_that_is_awake_is_invoked(reserved: int | None, region: Region, call: Any) -> None:
    region.reserved = reserved

    assert call(FUNCTION | {"busy_is_well": False}) == OK
    assert region.calls == ["concurrency", "lambda"]


def test_a_function_is_invoked_when_nobody_says_whether_it_sleeps(region: Region, call: Any) -> None:
    region.happens["concurrency"] = refusal("AccessDeniedException")

    assert call(FUNCTION | {"busy_is_well": False}) == OK


def test_a_function_that_must_be_awake_is_unavailable_while_it_is_throttled(
    region: Region, call: Any
) -> None:
    region.happens["lambda"] = refusal("TooManyRequestsException")

    assert call(FUNCTION | {"busy_is_well": False}) == UNAVAILABLE


def test_a_function_that_is_throttled_is_busy_and_there(region: Region, call: Any) -> None:
    region.happens["lambda"] = refusal("TooManyRequestsException")

    assert call(FUNCTION) == OK


@pytest.mark.parametrize("service", ["dynamodb", "sqs"])
@pytest.mark.parametrize(
    "fault",
    [
        unreachable,
        refusal("AccessDeniedException"),
        refusal("ResourceNotFoundException"),
        refusal("InternalServerError"),
    ],
)
def test_a_dependency_that_fails_makes_it_unavailable_and_only_the_log_says_why(
    service: str, fault: Callable[[], None], region: Region, call: Any, caplog: pytest.LogCaptureFixture
) -> None:
    region.happens[service] = fault

    assert call(TABLE, QUEUE) == UNAVAILABLE
    assert "secret" in caplog.text


def test_each_dependency_that_fails_is_in_the_log(
    region: Region, call: Any, caplog: pytest.LogCaptureFixture
) -> None:
    region.happens = {"dynamodb": unreachable, "sqs": unreachable}

    assert call(TABLE, QUEUE) == UNAVAILABLE
    assert {record.getMessage().partition(":")[0] for record in caplog.records} == {
        "table orders",
        "queue https",
    }


@pytest.mark.parametrize("code", ["ThrottlingException", "ProvisionedThroughputExceededException"])
def test_a_dependency_that_is_busy_is_there(code: str, region: Region, call: Any) -> None:
    region.happens["dynamodb"] = refusal(code)

    assert call(TABLE, READ) == OK


@pytest.mark.parametrize(
    ("status", "answer"),
    [("ACTIVE", OK), ("UPDATING", OK), ("DELETING", UNAVAILABLE), ("ARCHIVED", UNAVAILABLE)],
)
def test_a_table_has_to_serve(status: str, answer: dict[str, Any], region: Region, call: Any) -> None:
    region.status = status

    assert call(TABLE) == answer


def test_an_alarm_that_rings_makes_it_unavailable(region: Region, call: Any) -> None:
    region.states["Health"] = "ALARM"

    assert call(ALARMS) == UNAVAILABLE


def test_an_alarm_with_too_little_data_does_not(region: Region, call: Any) -> None:
    region.states["Health"] = "INSUFFICIENT_DATA"

    assert call(ALARMS) == OK


def test_alarms_that_cannot_be_read_do_not_count(
    region: Region, call: Any, caplog: pytest.LogCaptureFixture
) -> None:
    region.happens["cloudwatch"] = unreachable

    assert call(ALARMS, TABLE) == OK
    assert "does not count" in caplog.text


def test_an_alarm_that_is_gone_does_not_count_and_is_logged(
    region: Region, call: Any, caplog: pytest.LogCaptureFixture
) -> None:
    del region.states["Health"]

    assert call(ALARMS) == OK
    assert "There are no alarms ['Health']" in caplog.text


@pytest.mark.parametrize(
    ("slow", "answer"), [("dynamodb", UNAVAILABLE), ("sqs", UNAVAILABLE), ("cloudwatch", OK)]
)
def test_the_answer_does_not_wait_for_a_slow_dependency(
    slow: str, answer: dict[str, Any], region: Region, call: Any, caplog: pytest.LogCaptureFixture
) -> None:
    release = threading.Event()
    region.happens[slow] = lambda: nothing() if release.wait(30) else None
    before = time.monotonic()
    try:
        assert call(TABLE, QUEUE, ALARMS, deadline=0.2) == answer
        took = time.monotonic() - before
    finally:
        release.set()

    assert 0.2 <= took < 5  # far less than the 30 seconds that the dependency takes
    assert "no answer within 0.2 s" in caplog.text


def test_dependencies_are_asked_at_the_same_time(region: Region, call: Any) -> None:
    together = threading.Barrier(3, timeout=10)
    meet: Callable[[], None] = lambda: (together.wait(), None)[1]  # noqa: E731
    region.happens = dict.fromkeys(("dynamodb", "sqs", "cloudwatch"), meet)

    assert call(TABLE, QUEUE, ALARMS, deadline=10) == OK


def test_an_answer_stands_for_a_few_seconds(region: Region, call: Any) -> None:
    assert call(TABLE) == OK
    region.happens["dynamodb"] = unreachable

    assert call(TABLE) == OK
    assert region.calls == ["dynamodb"]


def asked_at(region: Region, *times: float, keep: float = 5) -> list[bool]:
    now = iter(times)
    needs = [health._KINDS["table"](TABLE)]
    found = health.Health(
        needs=needs, clients={"dynamodb": region}, deadline=1, keep=keep, clock=lambda: next(now)
    )
    return [found.healthy() for _ in times]


@pytest.mark.parametrize(
    ("times", "asked"),
    [
        ((0, 4.9), 1),
        ((0, 5), 2),
        ((0, 4, 8), 2),
        ((100, 99), 2),  # the clock was put back
        ((0, 86_400), 2),  # the environment slept
    ],
)
def test_then_the_dependencies_are_asked_again(times: tuple[float, ...], asked: int, region: Region) -> None:
    asked_at(region, *times)

    assert len(region.calls) == asked


def test_without_keeping_every_call_asks(region: Region) -> None:
    asked_at(region, 0, 0, 0, keep=0)

    assert len(region.calls) == 3


def test_an_unavailable_region_that_recovers_is_ok_again(region: Region) -> None:
    region.happens["dynamodb"] = unreachable
    assert asked_at(region, 0) == [False]
    region.happens.clear()
    assert asked_at(region, 0) == [True]
