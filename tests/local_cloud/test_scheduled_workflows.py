"""Schedules of EventBridge Scheduler that start state machines.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from local_cloud import LocalCloud
from local_cloud.service import eventually
from tests.local_cloud.state_machines import Machine

ROLE = "arn:aws:iam::000000000000:role/any"
INPUT = {"at": "<aws.scheduler.scheduled-time>", "by": "<aws.scheduler.schedule-arn>", "table": "orders"}


@pytest.fixture
def schedule(cloud: LocalCloud) -> Iterator[Any]:
    """Make a schedule that comes once, in a second, to a target."""
    name = f"schedule-{uuid4().hex[:8]}"

    def make(**target: Any) -> str:
        at = datetime.now(UTC) + timedelta(seconds=1)
        answer = cloud.client("scheduler").create_schedule(
            Name=name,
            ScheduleExpression=f"at({at:%Y-%m-%dT%H:%M:%S})",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={"RoleArn": ROLE, **target},
        )
        arn: str = answer["ScheduleArn"]
        return arn

    yield make
    cloud.client("scheduler").delete_schedule(Name=name)


def test_schedule_starts_a_state_machine_with_its_input(cloud: LocalCloud, schedule: Any) -> None:
    machine = Machine(cloud, {"Done": {"Type": "Succeed"}})
    arn = schedule(Arn=machine.arn, Input=json.dumps(INPUT))

    def executions() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = machine.client.list_executions(stateMachineArn=machine.arn)[
            "executions"
        ]
        return found

    eventually(executions, "the execution")
    (execution,) = executions()
    given = json.loads(machine.ended(execution["executionArn"])["input"])
    assert given["by"] == arn
    assert given["table"] == "orders"
    assert abs(datetime.fromisoformat(given["at"]) - datetime.now(UTC)) < timedelta(minutes=2)


@pytest.mark.parametrize("why", ["no machine", "no JSON"])
def test_what_cannot_be_started_goes_to_the_dead_letters(cloud: LocalCloud, schedule: Any, why: str) -> None:
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName=f"dead-{uuid4().hex[:8]}")["QueueUrl"]
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    machine = Machine(cloud, {"Done": {"Type": "Succeed"}})
    target = f"{machine.arn}-missing" if why == "no machine" else machine.arn
    given = json.dumps(INPUT) if why == "no machine" else "not JSON"
    schedule(Arn=target, Input=given, DeadLetterConfig={"Arn": queue})

    def letters() -> list[dict[str, Any]]:
        received = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"], VisibilityTimeout=0)
        found: list[dict[str, Any]] = received.get("Messages", [])
        return found

    eventually(letters, "the dead letter")
    (letter,) = letters()
    assert letter["MessageAttributes"]["TARGET_ARN"]["StringValue"] == target
    assert machine.client.list_executions(stateMachineArn=machine.arn)["executions"] == []
    sqs.delete_queue(QueueUrl=url)
