"""Every example synthesizes, passes what a stack must pass, and runs as its own program."""

import importlib
import os
import runpy
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import aws_cdk as cdk
import pytest
from syrupy.assertion import SnapshotAssertion

from tests.delivery import lost_alarms
from tests.gates import UNSUBSCRIBED, Finding, findings, lint
from tests.graph import circle
from tests.reviewing import unexplained
from tests.synthesis import RECOMMENDED, ROOT, fresh_app, read_template, scrubbed

EXAMPLES = sorted(path.stem for path in (ROOT / "examples").glob("*.py"))

# The function that the app had before the library came is as it was: what cdk-nag says of it is the app's.
NOT_THE_LIBRARYS = ("AroundExisting/Existing/", "WatchExisting/Existing/")

each_example = pytest.mark.parametrize("name", EXAMPLES)


def built(name: str) -> cdk.App:
    build: Callable[[cdk.App], None] = importlib.import_module(f"examples.{name}").build
    app = fresh_app(RECOMMENDED)
    build(app)
    return app


def concerns_the_library(finding: Finding) -> bool:
    elsewhere = all(path.startswith(NOT_THE_LIBRARYS) for path in finding.constructs)
    return UNSUBSCRIBED not in finding.rule and not elsewhere


def templates(app: cdk.App) -> list[Path]:
    return sorted(Path(app.outdir).glob("*.template.json"))


@each_example
def test_example_passes_every_gate_and_its_snapshot(name: str, snapshot: SnapshotAssertion) -> None:
    app = built(name)
    assert [finding for finding in findings(app) if concerns_the_library(finding)] == []
    found = {path: read_template(path).body for path in templates(app)}
    assert found
    for path, template in found.items():
        assert lint(template) == []
        assert circle(template["Resources"]) == []
        assert lost_alarms(template["Resources"], subscribed=False) == []
        # The stacks of several Regions have a snapshot each.
        assert scrubbed(template) == (snapshot if len(found) == 1 else snapshot(name=path.name.split(".")[0]))


@each_example
def test_a_review_of_an_example_finds_nothing_that_is_not_explained(name: str) -> None:
    app = built(name)
    app.synth()

    assert unexplained(Path(app.outdir), ROOT / "examples/acknowledged.yaml") == []


@each_example
def test_example_is_a_program(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cdk, "App", partial(cdk.App, outdir=str(tmp_path)))

    runpy.run_path(str(ROOT / "examples" / f"{name}.py"), run_name="__main__")

    assert list(tmp_path.glob("*.template.json"))


def test_an_example_runs_in_a_process_of_its_own(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "CDK_OUTDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, ROOT / "examples/compose.py"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.glob("*.template.json"))
