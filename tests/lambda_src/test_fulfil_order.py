"""Beginning the workflow of each order once, and giving back what is no order."""

import json
from collections.abc import Callable, Iterator
from uuid import uuid4

import boto3
import pytest
from botocore.awsrequest import AWSResponse

from tests.lambda_src import events
from tests.lambda_src.conftest import Shop
from tests.lambda_src.runtimes import Runtime, logs, metrics
from tests.lambda_src.wire import answer, tap


@pytest.fixture
def machine(shop: Shop) -> Iterator[str]:  # noqa: ARG001 - its environment
    client = boto3.client("stepfunctions")
    made = client.create_state_machine(
        name=f"orders-{uuid4().hex[:8]}",
        definition=json.dumps({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}),
        roleArn="arn:aws:iam::000000000000:role/workflow",
    )
    yield made["stateMachineArn"]
    client.delete_state_machine(stateMachineArn=made["stateMachineArn"])
    client.close()


@pytest.fixture
def fulfil_order(start: Callable[..., Runtime], machine: str) -> Runtime:
    return start("fulfil_order", STATE_MACHINE_ARN=machine)


def message(order_id: str) -> events.JsonObject:
    return {"order_id": order_id, "correlation_id": "request-1"}


def begun(runtime: Runtime, machine: str) -> list[str]:
    found = runtime.wiring.stepfunctions.list_executions(stateMachineArn=machine)["executions"]
    return sorted(each["name"] for each in found)


def test_a_workflow_is_begun_for_each_order_under_its_id(fulfil_order: Runtime, machine: str) -> None:
    orders = sorted(str(uuid4()) for _ in range(3))

    said = fulfil_order.handle(events.queue(*map(message, orders)))

    assert said == {"batchItemFailures": []}
    assert begun(fulfil_order, machine) == orders
    execution = f"{machine.replace(':stateMachine:', ':execution:')}:{orders[0]}"
    found = fulfil_order.wiring.stepfunctions.describe_execution(executionArn=execution)
    assert json.loads(found["input"]) == message(orders[0])


def test_a_message_that_comes_again_begins_nothing(fulfil_order: Runtime, machine: str) -> None:
    order_id = str(uuid4())
    for _ in range(2):
        assert fulfil_order.handle(events.queue(message(order_id)))["batchItemFailures"] == []
    # Sent again by a request of another correlation id.
    later = message(order_id) | {"correlation_id": "request-2"}
    assert fulfil_order.handle(events.queue(later))["batchItemFailures"] == []

    assert begun(fulfil_order, machine) == [order_id]
    # While the first one runs, Step Functions answers as if it were begun.
    counted = metrics(fulfil_order.output())
    assert counted["FulfilmentsBegun"] + counted["DuplicateFulfilments"] == 3


@pytest.mark.parametrize(
    "body", ["", "{", "[]", "{}", '{"order_id": 7, "correlation_id": "r"}', "ada@example.com"]
)
def test_what_is_no_order_goes_back_alone_and_is_not_logged(
    fulfil_order: Runtime, machine: str, body: str
) -> None:
    order_id = str(uuid4())

    said = fulfil_order.handle(events.queue(body, message(order_id)))

    assert said == {"batchItemFailures": [{"itemIdentifier": "message-0"}]}
    assert begun(fulfil_order, machine) == [order_id]
    output = fulfil_order.output()
    assert metrics(output)["RecordsPoison"] == 1
    assert {line["error"] for line in logs(output) if "error" in line} == {"ValidationError"}
    assert "ada@example.com" not in json.dumps(output)


def test_a_workflow_that_cannot_be_begun_now_is_begun_when_the_message_comes_again(
    fulfil_order: Runtime, machine: str
) -> None:
    def broken(_: events.JsonObject) -> AWSResponse:
        return answer(
            400, {"__type": "StateMachineDoesNotExist", "message": "gone"}, "StateMachineDoesNotExist"
        )

    begins = tap(fulfil_order.wiring.stepfunctions, "StartExecution", broken)
    order_id = str(uuid4())
    said = fulfil_order.handle(events.queue(message(order_id)))
    assert said == {"batchItemFailures": [{"itemIdentifier": "message-0"}]}

    begins.answer = None
    assert fulfil_order.handle(events.queue(message(order_id))) == {"batchItemFailures": []}
    assert begun(fulfil_order, machine) == [order_id]


def test_what_there_is_no_time_for_goes_back(fulfil_order: Runtime, machine: str) -> None:
    said = fulfil_order.handle(events.queue(message(str(uuid4()))), events.Context(remaining_ms=100))

    assert said == {"batchItemFailures": [{"itemIdentifier": "message-0"}]}
    assert begun(fulfil_order, machine) == []
