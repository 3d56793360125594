"""Functions of the local cloud fail as they are told to."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from local_cloud import LocalCloud, LocalCloudError
from local_cloud.service import eventually
from tests.cloud import deploy
from tests.local_cloud.resources import att, ref
from tests.local_cloud.sources import batches, depth, keeper, queue_pair, source_of


@pytest.fixture(scope="module")
def stack(cloud: LocalCloud) -> dict[str, str]:
    """A queue whose messages a function writes down, one by one."""
    resources = {
        **keeper(),
        **queue_pair("Queue", receives=3, visibility=2),
        "Source": source_of(att("Queue"), BatchSize=1),
    }
    return deploy(
        cloud,
        "faulty",
        resources,
        Table=ref("Table"),
        Queue=ref("Queue"),
        Dead=ref("QueueDead"),
        Function=ref("Function"),
    )


@pytest.fixture(autouse=True)
def _no_faults(cloud: LocalCloud) -> Iterator[None]:
    yield
    cloud.clear_faults()


def _send(cloud: LocalCloud, stack: dict[str, str], body: str, **rule: Any) -> None:
    cloud.order_faults([{"function": stack["Function"], **rule}], seed=1)
    cloud.client("sqs").send_message(QueueUrl=stack["Queue"], MessageBody=body)


def _times(cloud: LocalCloud, stack: dict[str, str], body: str) -> int:
    return batches(cloud, stack["Table"]).count([body])


def _is_done(cloud: LocalCloud, stack: dict[str, str], body: str) -> bool:
    return bool(_times(cloud, stack, body)) and depth(cloud, stack["Queue"]) == 0


def _invoke(cloud: LocalCloud, stack: dict[str, str], body: str) -> dict[str, Any]:
    event = {"Records": [{"messageId": "1", "body": body}]}
    answer: dict[str, Any] = cloud.client("lambda").invoke(
        FunctionName=stack["Function"], Payload=json.dumps(event)
    )
    return {**answer, "Payload": json.load(answer["Payload"])}


@pytest.mark.parametrize(
    ("kind", "writes"),
    [
        ("crash_before", 1),  # only the second attempt writes
        ("crash_during", 2),  # the first one did, and never heard of it
        ("crash_after", 2),
        ("time_out", 2),
        ("duplicate", 2),
        ("error", 1),
        ("throttle", 1),
    ],
)
def test_fault_leaves_behind_what_the_handler_had_done_and_the_message_is_handled_in_the_end(
    cloud: LocalCloud, stack: dict[str, str], kind: str, writes: int
) -> None:
    _send(cloud, stack, f"message {kind}", kind=kind, attempts=[1])

    eventually(lambda: _is_done(cloud, stack, f"message {kind}"), f"the end of {kind}")

    assert _times(cloud, stack, f"message {kind}") == writes
    (happened,) = cloud.injected_faults()
    assert (happened["function"], happened["kind"], happened["attempt"]) == (stack["Function"], kind, 1)


@pytest.mark.parametrize(
    ("kind", "error_type", "message"),
    [
        ("crash_before", "Runtime.ExitError", "Runtime exited with error: signal: killed"),
        ("crash_during", "Runtime.ExitError", "Runtime exited with error: signal: killed"),
        ("crash_after", "Runtime.ExitError", "Runtime exited with error: signal: killed"),
        ("time_out", "Sandbox.Timedout", "Task timed out after 10.00 seconds"),
        ("error", "PaymentDown", "no line"),
    ],
)
def test_caller_is_told_what_lambda_would_tell(
    cloud: LocalCloud, stack: dict[str, str], kind: str, error_type: str, message: str
) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html"""
    rule = {"kind": kind, "error": "PaymentDown", "message": "no line"}
    cloud.order_faults([{"function": stack["Function"], **rule}])

    answer = _invoke(cloud, stack, f"direct {kind}")

    assert answer["FunctionError"] == "Unhandled"
    assert answer["Payload"]["errorType"] == error_type
    assert answer["Payload"]["errorMessage"].endswith(message)


def test_function_works_again_after_its_process_has_crashed(cloud: LocalCloud, stack: dict[str, str]) -> None:
    cloud.order_faults([{"function": stack["Function"], "kind": "crash_during", "attempts": [1]}])
    _invoke(cloud, stack, "again")

    answer = _invoke(cloud, stack, "again")

    assert answer["Payload"] == {"batchItemFailures": []}
    assert _times(cloud, stack, "again") == 2


def test_throttled_caller_is_refused(cloud: LocalCloud, stack: dict[str, str]) -> None:
    """https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors"""
    cloud.order_faults([{"function": stack["Function"], "kind": "throttle"}])
    client = cloud.client("lambda")

    with pytest.raises(client.exceptions.TooManyRequestsException):
        _invoke(cloud, stack, "throttled")

    assert _times(cloud, stack, "throttled") == 0


def test_crash_happens_at_the_call_that_was_named_and_not_where_there_is_none(
    cloud: LocalCloud, stack: dict[str, str]
) -> None:
    rule = {"function": stack["Function"], "kind": "crash_during"}
    cloud.order_faults([{**rule, "operation": "sqs.*"}, {**rule, "operation": "dynamodb.PutItem", "call": 2}])

    answer = _invoke(cloud, stack, "other calls")

    assert "FunctionError" not in answer
    assert cloud.injected_faults() == []


def test_message_that_always_fails_reaches_the_dead_letter_queue(
    cloud: LocalCloud, stack: dict[str, str]
) -> None:
    _send(cloud, stack, "lost cause", kind="crash_after")

    eventually(lambda: depth(cloud, stack["Dead"]) == 1, "a dead letter")

    eventually(lambda: _times(cloud, stack, "lost cause") == 3, "three writes")
    assert [each["attempt"] for each in cloud.injected_faults()] == [1, 2, 3]
    cloud.client("sqs").purge_queue(QueueUrl=stack["Dead"])


def test_asynchronous_event_is_delivered_twice(cloud: LocalCloud, stack: dict[str, str]) -> None:
    cloud.order_faults([{"function": stack["Function"], "kind": "duplicate", "together": True}])
    event = {"Records": [{"messageId": "1", "body": "twice"}]}

    cloud.client("lambda").invoke(
        FunctionName=stack["Function"], InvocationType="Event", Payload=json.dumps(event)
    )

    eventually(lambda: _times(cloud, stack, "twice") == 2, "both deliveries")


def test_run_can_be_repeated(cloud: LocalCloud, stack: dict[str, str]) -> None:
    def run(names: list[str]) -> list[str]:
        cloud.clear_faults()
        rule = {"function": stack["Function"], "kind": "error", "probability": 0.5}
        cloud.order_faults([rule], seed=42)
        return sorted(name for name in names if "FunctionError" in _invoke(cloud, stack, name))

    names = [f"repeated {number}" for number in range(12)]

    first, second = run(names), run(names[::-1])

    assert first == second
    assert 0 < len(first) < len(names)


def test_order_that_cannot_be_understood_is_refused(cloud: LocalCloud) -> None:
    with pytest.raises(LocalCloudError, match="kind is 'explode'"):
        cloud.order_faults([{"function": "any", "kind": "explode"}])
