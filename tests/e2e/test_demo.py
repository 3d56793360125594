"""The demo proves what it says, and says so when it cannot."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from local_cloud import LocalCloud, LocalCloudError, demo

ROOT = Path(__file__).parent.parent.parent


def test_the_demo_proves_every_claim_and_leaves_nothing_running() -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    done = subprocess.run(
        [sys.executable, "-m", "local_cloud.demo"],
        cwd=ROOT,
        env={**environment, "COLUMNS": "120"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    claims = re.findall(r"^│ ✓ (.+?) +│$", done.stdout, re.MULTILINE)
    assert len(claims) == 12
    assert "Next: make test" in done.stdout
    assert str(ROOT) not in done.stdout


def test_the_demo_ends_with_the_reason_when_a_claim_does_not_hold(
    capsys: pytest.CaptureFixture[str],
) -> None:
    script = demo.Script()
    with pytest.raises(demo.DemoError, match="this did not hold: pigs fly"):
        script.prove("pigs fly", holds=False)
    assert script.proved == []
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    "error", [LocalCloudError("no port"), TimeoutError("waited"), demo.DemoError("untrue")]
)
def test_the_demo_exits_with_the_reason_when_it_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception
) -> None:
    def fail(_: LocalCloud) -> LocalCloud:
        raise error

    monkeypatch.setattr(LocalCloud, "start", fail)
    assert demo.main([]) == 1
    assert f"The demo failed: {error}" in capsys.readouterr().out
