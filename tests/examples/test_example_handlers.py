"""The handlers that the examples deploy do what the examples say."""

import os
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest

from constructs_lib.function import WARM_UP_EVENT
from examples import warm_up
from examples.handlers.checks import checks
from examples.handlers.orders import orders
from tests.synthesis import fresh_app


def test_order_handler_answers_as_an_api_expects() -> None:
    assert orders.handler({"body": "one"}, None) == {"statusCode": 202, "body": "one"}


@pytest.mark.parametrize(
    ("event", "answer"), [(WARM_UP_EVENT, "{'warm_up': True}"), ({"body": "one"}, "'one'")]
)
def test_bundled_warm_up_helper_answers_the_ping_only(event: dict[str, str], answer: str) -> None:
    app = fresh_app()
    warm_up.build(app)
    app.synth()
    (bundle,) = Path(app.outdir).glob("asset.*")
    done = subprocess.run(
        [sys.executable, "-c", f"import warm; print(warm.handler({event!r}, None))"],
        cwd=bundle,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer in done.stdout


@pytest.mark.parametrize(
    ("answer", "status"), [({}, "Succeeded"), ({"FunctionError": "Unhandled"}, "Failed")]
)
def test_hook_reports_what_the_new_version_did(
    answer: dict[str, str], status: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEW_VERSION", "arn:aws:lambda:eu-west-1:111122223333:function:orders:7")
    client = mock.Mock()
    client.invoke.return_value = answer
    with mock.patch("boto3.client", return_value=client):
        checks.handler({"DeploymentId": "d-1", "LifecycleEventHookExecutionId": "e-1"}, None)
    client.put_lifecycle_event_hook_execution_status.assert_called_once_with(
        deploymentId="d-1", lifecycleEventHookExecutionId="e-1", status=status
    )
