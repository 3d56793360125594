"""The local cloud as a fixture, for every test that deploys something.

Every pytest-xdist worker has a cloud of its own, on its own port. The tests of a file stay on one worker
(`--dist=loadfile`), so what a module deploys is deployed once.
"""

import fcntl
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local_cloud import LocalCloud
from local_cloud.service import eventually


@pytest.fixture(scope="session")
def cloud() -> Iterator[LocalCloud]:
    """A running local cloud, shared by all tests of the session."""
    with LocalCloud() as running:
        yield running


@pytest.fixture(scope="module")
def both_cores() -> Iterator[None]:
    """Whoever needs the whole machine for what is measured in time waits until nobody else of that kind runs."""
    with Path(tempfile.gettempdir(), "constructs-lib-both-cores.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def bootstrapped_cloud(cloud: LocalCloud) -> LocalCloud:
    """The local cloud after `cdk bootstrap` of both Regions."""
    cloud.bootstrap()
    return cloud


def deploy(
    cloud: LocalCloud, name: str, resources: dict[str, Any], region: str = "us-east-1", **outputs: Any
) -> dict[str, str]:
    """Create or update a stack from raw resources, wait for it and return its outputs."""
    client = cloud.client("cloudformation", region)
    template = {"Resources": resources}
    if outputs:
        template["Outputs"] = {key: {"Value": value} for key, value in outputs.items()}
    body = json.dumps(template)
    exists = any(s["StackName"] == name for s in client.describe_stacks()["Stacks"])
    act = client.update_stack if exists else client.create_stack
    act(StackName=name, TemplateBody=body, Capabilities=["CAPABILITY_IAM"])
    stack = eventually(lambda: _finished(client, name), f"stack {name}")
    if stack["StackStatus"] not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        events = client.describe_stack_events(StackName=name)["StackEvents"]
        failed = [
            (e["LogicalResourceId"], e["ResourceStatusReason"]) for e in events if "ResourceStatusReason" in e
        ]
        pytest.fail(f"{name}: {stack['StackStatus']} {failed}")
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def _finished(client: Any, name: str) -> dict[str, Any] | None:
    stack: dict[str, Any] = client.describe_stacks(StackName=name)["Stacks"][0]
    return None if stack["StackStatus"].endswith("IN_PROGRESS") else stack
