"""Orders that nobody has finished: sent again, parked with word to people, or taken over from another Region."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from check_orders.logic import Check

from local_cloud.service import eventually
from tests.lambda_src import events
from tests.lambda_src.conftest import Shop
from tests.lambda_src.runtimes import Runtime, metrics
from tests.lambda_src.wire import tap, too_many_requests

ENDS = {
    "ends": {"Type": "Succeed"},
    "fails": {"Type": "Fail"},
    "runs": {"Type": "Wait", "Seconds": 600, "Next": "ends"},
}
UNDONE = {"OrdersInProgress": 0, "OrdersSentAgain": 0, "OrdersParked": 0, "OrdersTakenOver": 0}


@pytest.fixture
def machine(shop: Shop) -> Iterator[str]:  # noqa: ARG001 - its environment
    """A state machine that does what the execution's input says."""
    client = boto3.client("stepfunctions")
    choices = [{"Variable": "$.then", "StringEquals": name, "Next": name} for name in ENDS]
    states = {"Which": {"Type": "Choice", "Choices": choices}, **ENDS}
    made = client.create_state_machine(
        name=f"orders-{uuid4().hex[:8]}",
        definition=json.dumps({"StartAt": "Which", "States": states}),
        roleArn="arn:aws:iam::000000000000:role/workflow",
    )
    yield made["stateMachineArn"]
    client.delete_state_machine(stateMachineArn=made["stateMachineArn"])
    client.close()


@pytest.fixture
def check_orders(start: Callable[..., Runtime], shop: Shop, machine: str) -> Runtime:
    return start(
        "check_orders",
        STATE_MACHINE_ARN=machine,
        ORDER_QUEUE_URL=shop.queue,
        PARKING_QUEUE_URL=shop.parking,
        SEND_AGAIN_AFTER_SECONDS="600",
        TAKE_OVER_AFTER_SECONDS="14400",
        MOST_SENDINGS="3",
        OTHER_REGIONS="eu-west-1",
    )


def run(runtime: Runtime, **event: object) -> dict[str, object]:
    """One round; what was done, without what was not."""
    return {name: count for name, count in runtime.handle(event).items() if count}


def ago(minutes: float) -> str:
    return (datetime.now(UTC) - timedelta(minutes=minutes)).isoformat(timespec="seconds")


def execute(runtime: Runtime, machine: str, order_id: str, then: str) -> None:
    client = runtime.wiring.stepfunctions
    client.start_execution(stateMachineArn=machine, name=order_id, input=json.dumps({"then": then}))
    wanted = {"ends": "SUCCEEDED", "fails": "FAILED", "runs": "RUNNING"}[then]
    arn = f"{machine.replace(':stateMachine:', ':execution:')}:{order_id}"
    eventually(lambda: client.describe_execution(executionArn=arn)["status"] == wanted, wanted)


def test_an_order_whose_message_was_lost_is_sent_again(check_orders: Runtime, shop: Shop) -> None:
    order_id = shop.place()

    assert run(check_orders) == {"OrdersSentAgain": 1}
    assert shop.messages(shop.queue) == [{"order_id": order_id, "correlation_id": "request-1"}]
    assert shop.order(order_id)["sent_again"] == 1


def test_young_and_finished_orders_are_left_alone(check_orders: Runtime, shop: Shop) -> None:
    young = shop.place(open_since=ago(9))
    finished = shop.place(status="completed")
    shop.dynamodb.update_item(
        TableName=shop.orders, Key={"order_id": {"S": finished}}, UpdateExpression="REMOVE open_in"
    )

    assert run(check_orders) == {}
    assert shop.messages(shop.queue) == []
    assert (shop.order(young)["sent_again"], shop.order(finished)["sent_again"]) == (0, 0)


def test_people_can_hurry(check_orders: Runtime, shop: Shop) -> None:
    shop.place(open_since=ago(1))
    theirs = shop.place(open_since=ago(1), region="eu-west-1", open_in="eu-west-1")

    assert run(check_orders) == {}
    said = run(check_orders, send_again_after_seconds=30, take_over_after_seconds=30)

    assert said == {"OrdersTakenOver": 1, "OrdersSentAgain": 2}
    assert shop.order(theirs)["region"] == "us-east-1"


def test_an_order_whose_workflow_runs_is_left_alone(check_orders: Runtime, shop: Shop, machine: str) -> None:
    order_id = shop.place(status="processing")
    execute(check_orders, machine, order_id, "runs")

    assert run(check_orders) == {"OrdersInProgress": 1}
    assert shop.messages(shop.queue) == []


@pytest.mark.parametrize("then", ["fails", "ends"])
@pytest.mark.parametrize("status", ["placed", "processing", "cancelling"])
def test_an_order_that_its_workflow_left_unfinished_is_parked(
    check_orders: Runtime, shop: Shop, machine: str, then: str, status: str
) -> None:
    order_id = shop.place(status=status, payment="done", payment_id="pay_1")
    execute(check_orders, machine, order_id, then)

    assert run(check_orders) == {"OrdersParked": 1}
    item = shop.order(order_id)
    assert item["status"] == "parked"
    assert "open_in" not in item
    (message,) = shop.messages(shop.parking)
    assert message == {
        "order_id": order_id,
        "status": status,
        "region": "us-east-1",
        "open_since": item["open_since"],
        "correlation_id": "request-1",
        "payment": "done",
        "payment_id": "pay_1",
        "reason": message["reason"],
    }
    assert ("FAILED" if then == "fails" else "SUCCEEDED") in str(message["reason"])
    assert run(check_orders) == {}


def test_an_order_that_no_workflow_begins_for_is_parked_in_the_end(check_orders: Runtime, shop: Shop) -> None:
    order_id = shop.place()

    rounds = [run(check_orders) for _ in range(5)]

    assert rounds == [{"OrdersSentAgain": 1}] * 3 + [{"OrdersParked": 1}, {}]
    assert len(shop.messages(shop.queue)) == 3
    (message,) = shop.messages(shop.parking)
    assert (message["order_id"], "3 times" in str(message["reason"])) == (order_id, True)


def test_a_parked_order_of_which_nobody_was_told_is_told_of_in_the_next_round(
    check_orders: Runtime, shop: Shop, machine: str
) -> None:
    def crash(_: events.JsonObject) -> AWSResponse:
        raise SystemExit("the environment is gone")

    order_id = shop.place(status="processing")
    execute(check_orders, machine, order_id, "fails")
    sending = tap(check_orders.wiring.sqs, "SendMessage", crash)
    with pytest.raises(SystemExit):
        check_orders.handle({})
    assert shop.order(order_id)["status"] == "parked"

    sending.answer = None
    assert run(check_orders) == {"OrdersParked": 1}
    assert [message["order_id"] for message in shop.messages(shop.parking)] == [order_id]


def test_an_order_that_was_counted_but_not_sent_is_sent_in_the_next_round(
    check_orders: Runtime, shop: Shop
) -> None:
    order_id = shop.place()
    sending = tap(check_orders.wiring.sqs, "SendMessage", too_many_requests)
    with pytest.raises(ExceptionGroup):
        check_orders.handle({})

    sending.answer = None
    assert run(check_orders) == {"OrdersSentAgain": 1}
    assert shop.order(order_id)["sent_again"] == 2
    assert len(shop.messages(shop.queue)) == 1


def test_one_that_fails_is_not_in_the_way_of_the_others_and_is_raised(
    check_orders: Runtime, shop: Shop
) -> None:
    broken = shop.place(open_since=ago(60))
    shop.dynamodb.update_item(
        TableName=shop.orders, Key={"order_id": {"S": broken}}, UpdateExpression="REMOVE correlation_id"
    )
    well = shop.place(open_since=ago(30))

    with pytest.raises(ExceptionGroup, match="could not be dealt with"):
        check_orders.handle({})
    assert [message["order_id"] for message in shop.messages(shop.queue)] == [well]
    assert metrics(check_orders.output())["OrdersSentAgain"] == 1


def test_an_order_of_another_region_is_left_to_it_at_first(check_orders: Runtime, shop: Shop) -> None:
    order_id = shop.place(region="eu-west-1", open_in="eu-west-1", open_since=ago(200))

    assert run(check_orders) == {}
    assert shop.order(order_id)["region"] == "eu-west-1"


def test_an_order_that_another_region_does_not_finish_is_taken_over_and_sent(
    check_orders: Runtime, shop: Shop
) -> None:
    order_id = shop.place(
        region="eu-west-1", open_in="eu-west-1", open_since=ago(300), status="processing", sent_again=3
    )

    assert run(check_orders) == {"OrdersTakenOver": 1, "OrdersSentAgain": 1}
    item = shop.order(order_id)
    assert (item["region"], item["open_in"], item["status"]) == ("us-east-1", "us-east-1", "processing")
    assert [message["order_id"] for message in shop.messages(shop.queue)] == [order_id]


def test_the_age_of_the_oldest_open_order_is_measured_and_zeros_are_counted(
    check_orders: Runtime, shop: Shop
) -> None:
    check_orders.handle({})
    assert metrics(check_orders.output()) == {"ColdStart": 1, "OldestOpenOrder": 0, **UNDONE}

    shop.place(open_since=ago(5))
    shop.place(open_since=ago(2))
    check_orders.handle({})
    assert metrics(check_orders.output())["OldestOpenOrder"] == pytest.approx(300, abs=10)


def test_what_there_is_no_time_for_is_left_to_the_next_round(check_orders: Runtime, shop: Shop) -> None:
    for minutes in (90, 60, 30):
        shop.place(open_since=ago(minutes))
    wiring, asked = check_orders.wiring, iter([False, False, True])
    check = Check(
        orders=wiring.orders,
        workflows=wiring.workflows,
        queue=wiring.queue,
        parking=wiring.parking,
        patience=wiring.settings.patience,
        region="us-east-1",
        others=(),
        clock=lambda: datetime.now(UTC),
        expired=lambda: next(asked),
        tell=lambda *_: None,
    )

    check.run()

    assert sum(check.deeds.values()) == 2
    assert sorted(int(item["sent_again"]["N"]) for item in shop.items(shop.orders)) == [0, 1, 1]


def test_all_pages_of_open_orders_are_looked_at(check_orders: Runtime, shop: Shop) -> None:
    orders = {shop.place(open_since=ago(60 + number)) for number in range(12)}
    queries = tap(check_orders.wiring.dynamodb, "Query")
    limits = check_orders.wiring.dynamodb.meta.events

    def five_a_page(params: dict[str, object], **_: object) -> None:
        params["Limit"] = 5

    limits.register("provide-client-params.dynamodb.Query", five_a_page)
    assert run(check_orders) == {"OrdersSentAgain": 12}
    assert len(queries.requests) >= 3
    assert {item["order_id"]["S"] for item in shop.items(shop.orders)} == orders
