"""Sagas as they are deployed: done, or undone in reverse, or parked; and somebody is told."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from local_cloud import LocalCloud
from local_cloud.service import eventually
from tests.synthesis import ROOT

APP = Path(__file__).with_name("saga_app.py")
FOREVER = 99


@dataclass
class Deployed:
    """The deployed sagas, as one who watches them sees them."""

    cloud: LocalCloud
    outputs: dict[str, str]

    @property
    def states(self) -> Any:
        return self.cloud.client("stepfunctions")

    def start(self, saga: str, name: str, **faults: dict[str, Any]) -> str:
        """Start an execution in which some calls fail, such as ``do_charge``."""
        given = {"faults": {call.replace("_", " "): fault for call, fault in faults.items()}}
        started = self.states.start_execution(
            stateMachineArn=self.outputs[f"{saga}Machine"], name=name, input=json.dumps(given)
        )
        arn: str = started["executionArn"]
        return arn

    def run(self, saga: str, name: str, **faults: dict[str, Any]) -> dict[str, Any]:
        """What is said of an execution at its end."""
        arn = self.start(saga, name, **faults)

        def described() -> dict[str, Any] | None:
            found: dict[str, Any] = self.states.describe_execution(executionArn=arn)
            return None if found["status"] == "RUNNING" else found

        return eventually(described, f"the end of {name}", seconds=60)

    def calls(self, name: str) -> list[str]:
        """What was done and undone, in order."""
        table = self.cloud.client("dynamodb")
        answer = table.get_item(
            TableName=self.outputs["Calls"], Key={"execution": {"S": name}}, ConsistentRead=True
        )
        return [each["S"] for each in answer.get("Item", {}).get("calls", {"L": []})["L"]]

    def parked(self, saga: str) -> dict[str, Any]:
        """The next message of the parking queue, which is taken from it."""
        client, url = self.cloud.client("sqs"), self.outputs[f"{saga}Parking"]

        def received() -> dict[str, Any] | None:
            messages = client.receive_message(QueueUrl=url, WaitTimeSeconds=1).get("Messages")
            return messages[0] if messages else None

        message = eventually(received, f"something parked by {saga}")
        client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        body: dict[str, Any] = json.loads(message["Body"])
        return body

    def rings(self, output: str) -> bool:
        described = self.cloud.client("cloudwatch").describe_alarms(AlarmNames=[self.outputs[output]])
        return bool(described["MetricAlarms"][0]["StateValue"] == "ALARM")


def fault(error: str, times: int = FOREVER) -> dict[str, Any]:
    return {"error": error, "times": times}


@pytest.fixture(scope="module")
def deployed(bootstrapped_cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    folder = tmp_path_factory.mktemp("sagas")
    outputs = folder / "outputs.json"
    arguments = (f"--app={sys.executable} {APP}", f"--output={folder / 'cdk.out'}")
    environment = {"PYTHONPATH": str(ROOT)}
    bootstrapped_cloud.cdk(
        "deploy",
        *arguments,
        "--require-approval=never",
        f"--outputs-file={outputs}",
        cwd=folder,
        environment=environment,
    )
    found = json.loads(outputs.read_text())["Sagas"]
    yield Deployed(bootstrapped_cloud, {name.removesuffix("Out"): value for name, value in found.items()})
    bootstrapped_cloud.cdk("destroy", *arguments, "--force", cwd=folder, environment=environment)


@pytest.fixture
def name() -> str:
    return f"order-{uuid4().hex[:8]}"


def test_saga_does_every_step_and_answers_with_their_results(deployed: Deployed, name: str) -> None:
    ended = deployed.run("Strict", name)

    output = json.loads(ended["output"])
    eventually(lambda: "do notify" in deployed.calls(name), "the step that is handed over")
    calls = deployed.calls(name)
    assert ended["status"] == "SUCCEEDED"
    assert output["outcome"] == "completed"
    assert output["results"]["charge"] == {"key": f"{name}:charge"}
    assert set(output["results"]) == {"track", "charge", "reserve", "complete"}
    assert calls[0] == "do track"
    assert set(calls[1:3]) == {"do charge", "do reserve"}
    assert calls[3:] == ["do complete", "do notify"]


def test_execution_that_is_started_twice_runs_once(deployed: Deployed, name: str) -> None:
    first = deployed.start("Strict", name)

    assert deployed.run("Strict", name)["executionArn"] == first
    eventually(lambda: len(deployed.calls(name)) == 5, "every step, once")


def test_transient_error_is_tried_again_by_its_name(deployed: Deployed, name: str) -> None:
    ended = deployed.run("Strict", name, do_charge=fault("Busy", times=2))

    assert ended["status"] == "SUCCEEDED"
    assert deployed.calls(name).count("do charge") == 3


def test_step_that_fails_is_undone_with_those_before_it_in_reverse(deployed: Deployed, name: str) -> None:
    ended = deployed.run("Strict", name, do_complete=fault("Broken"))

    calls = deployed.calls(name)
    assert (ended["status"], ended["error"]) == ("FAILED", "Saga.Compensated")
    assert json.loads(ended["cause"])["complete"]["Error"] == "Broken"
    assert calls[3] == "do complete"
    assert set(calls[4:6]) == {"undo charge", "undo reserve"}
    assert calls[6:] == ["undo track"]
    eventually(lambda: deployed.rings("StrictFailed"), "the alarm on failed executions")


def test_branch_that_fails_is_undone_with_the_others(deployed: Deployed, name: str) -> None:
    deployed.run("Strict", name, do_charge=fault("Declined"))

    calls = deployed.calls(name)
    assert calls.count("do charge") == 1
    assert set(calls[1:3]) == {"do charge", "do reserve"}
    assert set(calls[3:5]) == {"undo charge", "undo reserve"}
    assert calls[5:] == ["undo track"]


def test_compensated_saga_may_succeed_and_then_its_own_alarm_rings(deployed: Deployed, name: str) -> None:
    ended = deployed.run("Gentle", name, do_charge=fault("Declined"))

    assert ended["status"] == "SUCCEEDED"
    assert json.loads(ended["output"])["outcome"] == "compensated"
    eventually(lambda: deployed.rings("GentleCompensated"), "the alarm on compensations")
    assert not deployed.rings("GentleFailed")


def test_compensation_that_fails_is_parked_with_all_it_needs_and_the_others_run(
    deployed: Deployed, name: str
) -> None:
    faults = {"do_complete": fault("Broken"), "undo_charge": fault("ProviderDown", times=3)}
    ended = deployed.run("Strict", name, **faults)

    calls = deployed.calls(name)
    assert (ended["status"], ended["error"]) == ("FAILED", "Saga.NotCompensated")
    assert calls.count("undo charge") == 3
    assert calls[-1] == "undo track"
    assert "undo reserve" in calls
    eventually(lambda: deployed.rings("StrictParked"), "the alarm on the parking queue")
    parked = deployed.parked("Strict")
    assert parked["error"]["Error"] == "ProviderDown"
    assert parked["payload"]["results"]["charge"] == {"key": f"{name}:charge"}

    answer = deployed.cloud.client("lambda").invoke(
        FunctionName=parked["function"], Payload=json.dumps(parked["payload"])
    )

    assert "FunctionError" not in answer
    assert deployed.calls(name)[-1] == "undo charge"


def test_execution_that_is_stopped_and_undid_nothing_is_parked(deployed: Deployed, name: str) -> None:
    arn = deployed.start("Gentle", name, do_charge=fault("Busy"))
    eventually(lambda: "do charge" in deployed.calls(name), "the first try")

    deployed.states.stop_execution(executionArn=arn)

    event = deployed.parked("Gentle")
    assert event["detail"]["status"] == "ABORTED"
    assert event["detail"]["name"] == name
    assert "faults" in json.loads(event["detail"]["input"])


def test_execution_that_breaks_at_a_limit_of_step_functions_is_parked(deployed: Deployed, name: str) -> None:
    ended = deployed.run("Gentle", name, do_charge=fault("x" * 262_000))

    event = deployed.parked("Gentle")
    assert (ended["status"], ended["error"]) == ("FAILED", "States.DataLimitExceeded")
    assert (event["detail"]["name"], event["detail"]["status"]) == (name, "FAILED")
