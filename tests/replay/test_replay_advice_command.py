"""``python -m constructs_lib.replay ... --advice``."""

import json
from pathlib import Path

import pytest

from constructs_lib.replay import ErrorBurst, Incident, LambdaFunction, write_timeline
from constructs_lib.replay.command import main
from tests.replay.small_app import alarm, app

DEAF = alarm(
    "deaf",
    Namespace="AWS/Lambda",
    MetricName="Errors",
    Dimensions=[{"Name": "FunctionName", "Value": "create"}],
    Threshold=10_000,
    EvaluationPeriods=3,
)


@pytest.fixture
def given(tmp_path: Path) -> tuple[str, str]:
    """A template whose alarm never rings, and days with an incident that it should have caught."""
    function = LambdaFunction(name="create", per_minute=100)
    days = Incident(start="2026-03-02T00:00Z", duration="48h", seed=3) + function
    burst = ErrorBurst(on=function, at="13h", lasts="30m", share=0.5, name="bad release")
    (tmp_path / "shop.template.json").write_text(json.dumps(app(Deaf=DEAF)))
    write_timeline((days + burst).timeline(), tmp_path / "days.json")
    return str(tmp_path / "shop.template.json"), str(tmp_path / "days.json")


def test_what_would_have_caught_the_incident_is_advised(
    given: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    template, timeline = given
    assert main([template, "--timeline", timeline, "--advice", "--within", "10m"]) == 0
    printed = capsys.readouterr().out

    assert printed.startswith("shop\n1 change advised")
    assert "- Threshold: 10000" in printed
    assert "newly caught    bad release" in printed


def test_advice_comes_as_json_for_each_stack(
    given: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    template, timeline = given
    assert main([template, "--timeline", timeline, "--advice", "--format", "json"]) == 0

    assert list(json.loads(capsys.readouterr().out)) == ["shop"]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--format", "html"], "--advice comes as text or JSON"),
        (["--within", "soon"], "--within: "),
    ],
)
def test_what_cannot_be_advised_ends_with_two_and_one_line(
    given: tuple[str, str], arguments: list[str], problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    template, timeline = given
    assert main([template, "--timeline", timeline, "--advice", *arguments]) == 2
    error = capsys.readouterr().err

    assert error.startswith(problem)
    assert error.count("\n") == 1


def test_without_a_marked_incident_there_is_no_advice(
    given: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = json.loads(Path(given[1]).read_text())
    del document["incidents"]
    (tmp_path / "quiet.json").write_text(json.dumps(document))

    assert main([given[0], "--timeline", str(tmp_path / "quiet.json"), "--advice"]) == 2
    assert "marks no incidents" in capsys.readouterr().err


def test_incidents_that_are_marked_on_the_command_line_are_enough(
    given: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = json.loads(Path(given[1]).read_text())
    del document["incidents"]
    (tmp_path / "plain.json").write_text(json.dumps(document))
    mark = "bad release=2026-03-02T13:00Z/2026-03-02T13:30Z"

    assert main([given[0], "--timeline", str(tmp_path / "plain.json"), "--advice", "--incident", mark]) == 0
    assert "newly caught    bad release" in capsys.readouterr().out
