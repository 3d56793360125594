"""State machines that several tests run."""

import json
import uuid
from typing import Any

from local_cloud import LocalCloud
from local_cloud.service import eventually

CODE = """
import time

attempts = {}

class Broken(Exception):
    pass

def handler(event, context):
    which = event.get("id", "")
    attempts[which] = attempts.get(which, 0) + 1
    time.sleep(event.get("sleep", 0))
    if attempts[which] <= event.get("failures", 0):
        raise Broken(which)
    return {"attempts": attempts[which]}
"""
"""A function that fails so many times before it answers how often it was called."""


class Machine:
    """A state machine, as one who runs it sees it."""

    def __init__(self, cloud: LocalCloud, states: dict[str, Any], **settings: Any) -> None:
        self.client = cloud.client("stepfunctions")
        self.name = f"machine-{uuid.uuid4().hex[:8]}"
        definition = {"StartAt": next(iter(states)), "States": states, **settings}
        made = self.client.create_state_machine(
            name=self.name,
            definition=json.dumps(definition),
            roleArn="arn:aws:iam::000000000000:role/any",
        )
        self.arn: str = made["stateMachineArn"]

    def start(self, given: object = None) -> str:
        """The ARN of a new execution."""
        answer = self.client.start_execution(stateMachineArn=self.arn, input=json.dumps(given or {}))
        arn: str = answer["executionArn"]
        return arn

    def describe(self, execution: str) -> dict[str, Any]:
        described: dict[str, Any] = self.client.describe_execution(executionArn=execution)
        return described

    def ended(self, execution: str) -> dict[str, Any]:
        eventually(lambda: self.describe(execution)["status"] != "RUNNING", f"{execution} to end")
        return self.describe(execution)

    def run(self, given: object = None) -> dict[str, Any]:
        """What is said of an execution at its end."""
        return self.ended(self.start(given))

    def history(self, execution: str, kind: str) -> list[dict[str, Any]]:
        """The events of one type, oldest first."""
        pages = self.client.get_paginator("get_execution_history").paginate(executionArn=execution)
        return [event for page in pages for event in page["events"] if event["type"] == kind]


def output(described: dict[str, Any]) -> Any:
    return json.loads(described["output"])
