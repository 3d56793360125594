"""Functions on the toolkit's layer, as Lambda runs them: their breaker is one, and their logs hold no secret."""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.function import WARM_UP_EVENT
from local_cloud import LocalCloud
from local_cloud.service import eventually
from tests.synthesis import ROOT
from tests.toolkit.toolkit_layer_app import NAMES, RECOVERY

APP = Path(__file__).with_name("toolkit_layer_app.py")
SECRET = "hunter2-Xq7"  # noqa: S105 - of nobody
Outputs = dict[str, str]


@pytest.fixture(scope="module")
def deployed(bootstrapped_cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outputs]:
    """The outputs of the deployed app."""
    folder = tmp_path_factory.mktemp("toolkit")
    outputs = folder / "outputs.json"
    options = [f"--app={sys.executable} {APP}", f"--output={folder / 'cdk.out'}"]
    environment = {"PYTHONPATH": str(ROOT)}
    bootstrapped_cloud.cdk(
        "deploy",
        *options,
        "--require-approval=never",
        f"--outputs-file={outputs}",
        cwd=folder,
        environment=environment,
    )
    yield json.loads(outputs.read_text())["SharedToolkit"]
    bootstrapped_cloud.cdk("destroy", *options, "--force", cwd=folder, environment=environment)


@pytest.fixture
def invoke(bootstrapped_cloud: LocalCloud, deployed: Outputs) -> Any:
    client = bootstrapped_cloud.client("lambda")

    def invoke(name: str, *, works: bool, **more: Any) -> dict[str, Any]:
        event = {"works": works, "password": SECRET, **more}
        answer = client.invoke(FunctionName=deployed[f"{name}Out"], Payload=json.dumps(event))
        body = json.loads(answer["Payload"].read())
        assert "FunctionError" not in answer, body
        return dict(body)

    return invoke


def test_functions_share_one_breaker_and_log_no_secret(
    invoke: Any, bootstrapped_cloud: LocalCloud, deployed: Outputs
) -> None:
    first, second = NAMES
    assert invoke(first, works=False)["answer"] == "failed"
    assert invoke(second, works=False)["answer"] == "failed"
    opened = time.monotonic()
    for name in NAMES:
        refused = invoke(name, works=True)
        assert refused["answer"] == "refused"
        assert 0 < refused["wait"] <= RECOVERY

    def probed() -> dict[str, Any] | None:
        answer: dict[str, Any] = invoke(second, works=True)
        return None if answer["answer"] == "refused" else answer

    answer = eventually(probed, "a probe")
    assert answer["answer"] == "works"
    assert time.monotonic() - opened >= RECOVERY - 1
    assert eventually(lambda: invoke(first, works=True)["answer"] == "works", "the first function")
    assert 20 < answer["left"] < 30  # of the function's half minute, less the reserve

    logs = bootstrapped_cloud.client("logs")

    def written() -> list[str]:
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=deployed[f"{second}LogOut"])
        lines = [event["message"] for page in pages for event in page["events"]]
        return lines if any('"Called"' in line for line in lines) else []

    lines = eventually(written, "the log")
    assert not [line for line in lines if SECRET in line]
    assert any("[redacted]" in line for line in lines)


def test_the_ping_is_answered(invoke: Any) -> None:
    assert invoke(NAMES[0], works=True, **WARM_UP_EVENT) == {"warm_up": True}
