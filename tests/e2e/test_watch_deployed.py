"""An app that is deployed already is watched: nothing of it changes, and what fails is heard of."""

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
APP = Path(__file__).with_name("watched_shop_app.py")
STACK = "WatchedShop"
ALARM_TYPES = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")


def resources(cloud: LocalCloud) -> dict[str, dict[str, Any]]:
    """Logical id to what is deployed."""
    found = cloud.client("cloudformation").describe_stack_resources(StackName=STACK)["StackResources"]
    return {each["LogicalResourceId"]: each for each in found}


def deploy(cloud: LocalCloud, folder: Path, *more: str) -> dict[str, str]:
    """Deploy the app, and return its outputs."""
    outputs = folder / "outputs.json"
    app = ("--app", f"{sys.executable} {APP}", "--output", str(folder / "cdk.out"))
    cloud.cdk(
        "deploy",
        *app,
        *more,
        "--require-approval=never",
        f"--outputs-file={outputs}",
        cwd=folder,
        environment={"PYTHONPATH": str(ROOT)},
    )
    found: dict[str, str] = json.loads(outputs.read_text())[STACK]
    return found


@pytest.fixture(scope="module")
def shop(
    bootstrapped_cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[dict[str, dict[str, Any]], dict[str, str]]]:
    """What was deployed before it was watched, and the outputs since."""
    folder = tmp_path_factory.mktemp("watched")
    deploy(bootstrapped_cloud, folder)
    before = resources(bootstrapped_cloud)
    yield before, deploy(bootstrapped_cloud, folder, "--context", "watch=yes")
    bootstrapped_cloud.cdk("destroy", "--app", str(folder / "cdk.out"), "--force", cwd=ROOT)


def alarms(cloud: LocalCloud) -> dict[str, str]:
    """Name to state of all alarms of the stack."""
    names = {
        each["PhysicalResourceId"]
        for each in resources(cloud).values()
        if each["ResourceType"] in ALARM_TYPES
    }
    pages = cloud.client("cloudwatch").get_paginator("describe_alarms")
    return {
        each["AlarmName"]: each["StateValue"]
        for page in pages.paginate(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
        for each in [*page["MetricAlarms"], *page["CompositeAlarms"]]
        if each["AlarmName"] in names
    }


def ringing(cloud: LocalCloud, part: str) -> str | None:
    return next((name for name, state in alarms(cloud).items() if part in name and state == "ALARM"), None)


def told(cloud: LocalCloud, inbox: str) -> dict[str, Any] | None:
    """The next notification."""
    queue = cloud.client("sqs")
    for message in queue.receive_message(QueueUrl=inbox, WaitTimeSeconds=1).get("Messages", []):
        queue.delete_message(QueueUrl=inbox, ReceiptHandle=message["ReceiptHandle"])
        found: dict[str, Any] = json.loads(json.loads(message["Body"])["Message"])
        return found
    return None


def test_nothing_that_was_deployed_is_replaced(
    bootstrapped_cloud: LocalCloud, shop: tuple[dict[str, dict[str, Any]], dict[str, str]]
) -> None:
    before, _ = shop
    after = resources(bootstrapped_cloud)

    assert {key: after[key]["PhysicalResourceId"] for key in before} == {
        key: each["PhysicalResourceId"] for key, each in before.items()
    }
    assert any(each["ResourceType"] in ALARM_TYPES for each in after.values())


def test_what_fails_is_heard_of_once(
    bootstrapped_cloud: LocalCloud, shop: tuple[dict[str, dict[str, Any]], dict[str, str]]
) -> None:
    _, outputs = shop
    function = next(value for key, value in outputs.items() if "Take" in key)
    invoke = partial(bootstrapped_cloud.client("lambda").invoke, FunctionName=function)
    assert "FunctionError" not in invoke(Payload=b"{}")
    assert "ALARM" not in alarms(bootstrapped_cloud).values()

    assert invoke(Payload=b'{"refuse": true}')["FunctionError"] == "Unhandled"

    assert eventually(partial(ringing, bootstrapped_cloud, "Errors"), "the alarm on errors")
    health = eventually(partial(ringing, bootstrapped_cloud, "Health"), "the composite alarm")
    notification = eventually(partial(told, bootstrapped_cloud, outputs["InboxUrl"]), "the notification")
    assert (notification["AlarmName"], notification["NewStateValue"]) == (health, "ALARM")
    assert "ShopTake" in health
    assert told(bootstrapped_cloud, outputs["InboxUrl"]) is None
