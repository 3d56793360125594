"""The controller as it is deployed: an alarm that changes wakes the standby, and people put it back to sleep."""

import json
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from local_cloud import LocalCloud
from local_cloud.service import eventually

ROOT = Path(__file__).parent.parent.parent
APP = Path(__file__).with_name("standby_app.py")
REGION = "us-west-2"
AWAKE, ASLEEP = (20, None, "ENABLED"), (2, 0, "DISABLED")

Outputs = dict[str, str]


@pytest.fixture(scope="module")
def standby(bootstrapped_cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outputs]:
    """The outputs of the deployed standby."""
    folder = tmp_path_factory.mktemp("standby")
    outputs = folder / "outputs.json"
    bootstrapped_cloud.cdk(
        "deploy",
        f"--app={sys.executable} {APP}",
        f"--output={folder / 'cdk.out'}",
        "--require-approval=never",
        f"--outputs-file={outputs}",
        cwd=folder,
        environment={"PYTHONPATH": str(ROOT)},
    )
    yield {
        name.removesuffix("Out"): value for name, value in json.loads(outputs.read_text())["Standby"].items()
    }
    bootstrapped_cloud.cdk("destroy", "--app", str(folder / "cdk.out"), "--force", cwd=ROOT)


def settings(cloud: LocalCloud, outputs: Outputs) -> tuple[Any, Any, Any]:
    """What is reserved for the warm and the cold function, and the state of the rule."""
    client = cloud.client("lambda", REGION)
    reserved = [
        client.get_function_concurrency(FunctionName=outputs[name]).get("ReservedConcurrentExecutions")
        for name in ("Orders", "Mail")
    ]
    rule = cloud.client("events", REGION).describe_rule(Name=outputs["Nightly"])
    return reserved[0], reserved[1], rule["State"]


def command(cloud: LocalCloud, outputs: Outputs, **said: object) -> dict[str, Any]:
    answer = cloud.client("lambda", REGION).invoke(
        FunctionName=outputs["Controller"], Payload=json.dumps(said).encode()
    )
    found: dict[str, Any] = json.loads(answer["Payload"].read())
    return found


def phase_is(cloud: LocalCloud, outputs: Outputs, phase: str) -> bool:
    return command(cloud, outputs, command="status").get("phase") == phase


def told(cloud: LocalCloud, outputs: Outputs, part: str) -> str | None:
    """A notification with `part` in it."""
    queue = cloud.client("sqs", REGION)
    answer = queue.receive_message(QueueUrl=outputs["Inbox"], WaitTimeSeconds=1, MaxNumberOfMessages=10)
    texts = [json.loads(message["Body"])["Message"] for message in answer.get("Messages", [])]
    return next((text for text in texts if part in text), None)


def test_an_alarm_wakes_the_standby_and_people_put_it_back_to_sleep(
    bootstrapped_cloud: LocalCloud, standby: Outputs
) -> None:
    cloud, alarm = bootstrapped_cloud, standby["Alarm"]
    assert settings(cloud, standby) == ASLEEP
    watch = cloud.client("cloudwatch", REGION)

    watch.set_alarm_state(AlarmName=alarm, StateValue="ALARM", StateReason="test")

    eventually(partial(phase_is, cloud, standby, "STANDBY"), "the standby's taking over")
    assert settings(cloud, standby) == AWAKE
    text = eventually(partial(told, cloud, standby, "has taken over"), "the notification")
    assert '{"command": "fail_back", "takeover": 1}' in text

    watch.set_alarm_state(AlarmName=alarm, StateValue="OK", StateReason="test")

    def refused() -> str | None:
        # Another invocation may be at work.
        found: str | None = command(cloud, standby, command="fail_back", takeover=1).get("refused")
        return found

    reason = eventually(refused, "an answer to the command")
    assert reason.startswith("the last change is less than 600 s ago")

    cloud.client("ssm", REGION).put_parameter(Name=standby["Mode"], Value="primary", Overwrite=True)

    def back() -> bool:
        command(cloud, standby)
        return phase_is(cloud, standby, "PRIMARY")

    eventually(back, "failing back")
    assert settings(cloud, standby) == ASLEEP
