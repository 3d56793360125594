"""The command line of the drill: what it drills, what it writes, and the exit code that says whether all held."""

import argparse
import json
from pathlib import Path
from typing import Any

import pytest

from local_cloud.drill import cli
from local_cloud.drill.attempts import Attempt
from local_cloud.drill.checks import Check
from local_cloud.drill.evidence import Divergence, Evidence
from local_cloud.drill.faults import FAULTS
from local_cloud.drill.figures import Figures, Phases, Told
from local_cloud.drill.plan import Plan, PlanNotFoundError, Step
from local_cloud.drill.results import Drilled, FaultRun, Order
from local_cloud.server import LocalCloudError

ONE, OTHER = "eu-west-1", "eu-central-1"
EVIDENCE = Evidence(
    acknowledged=2,
    lost=[],
    ordered_twice=[],
    confirmed_twice=[],
    explained_twice=[],
    interrupted_twice=[],
    unconfirmed=[],
)


def drilled(order: Order, *, held: bool = True) -> Drilled:
    phases = Phases(
        fault=order.faults[0], number=1, began=0, broken=15, failed_over=60, mended=80, back=150, ended=160
    )
    figures = Figures(
        failover_seconds=42.0,
        worst_case=119.0,
        failed=7,
        failed_by_standby=0,
        failed_afterwards=0,
        placed=2,
        retried=1,
        given_up=0,
        reads=0,
        not_found=0,
        signed_again=1,
        by_region={ONE: 1, OTHER: 1},
        slowest=0.4,
        back_seconds=70.0,
        told=[Told(after=40.0, region=OTHER, alarm="StandbyServes", state="ALARM", reached=True)],
    )
    apart = Divergence(missing=[], within_lag=[], reappeared=[], waiting=0, caught_up=0.1, conflicts=())
    attempts = [
        Attempt(began=began, seconds=0.2, client=0, kind="order", key=str(began), region=region, status=201)
        for began, region in ((1.0, ONE), (70.0, OTHER))
    ]
    return Drilled(
        order=order,
        plan=Plan(name="orders.example.com", steps=[Step(what="all", seconds=119, arithmetic="119")]),
        runs=[FaultRun(phases=phases, figures=figures, divergence=apart, evidence=EVIDENCE)],
        attempts=attempts,
        evidence=EVIDENCE,
        checks=[Check(claim="it is served again in time", held=held, detail="42 of 119 s")],
    )


def options(*arguments: str) -> argparse.Namespace:
    return cli._parser().parse_args(arguments)


def test_all_faults_are_drilled_with_strong_and_one_with_eventual_consistency() -> None:
    strong, eventual = cli.orders(options())

    assert (strong.consistency, list(strong.faults)) == ("strong", list(FAULTS))
    assert (eventual.consistency, list(eventual.faults)) == ("eventual", ["unreachable"])


def test_what_is_asked_for_is_drilled() -> None:
    (order,) = cli.orders(
        options(
            "--consistency=eventual", "--fault=slow", "--fault=table", "--runs=3", "--lag=2", "--clients=3"
        )
    )
    assert order == Order(consistency="eventual", faults=["slow", "table"], runs=3, lag=2.0, clients=3)


@pytest.mark.parametrize("held", [True, False])
def test_exit_code_says_whether_everything_held(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *, held: bool
) -> None:
    monkeypatch.setattr(cli, "drill", lambda _, order: drilled(order, held=held))

    assert cli.main(["--fault", "slow", "--consistency", "strong"]) == (0 if held else 1)
    said = capsys.readouterr().out
    assert "it is served again in time" in said
    assert ("Held" if held else "Did not hold") in said
    assert "told by StandbyServes (eu-central-1) 40 s" in said


@pytest.mark.parametrize(
    "error", [LocalCloudError("no port"), PlanNotFoundError("no plan"), TimeoutError("late")]
)
def test_a_drill_that_cannot_be_run_fails_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception
) -> None:
    def fail(*_: object) -> Drilled:
        raise error

    monkeypatch.setattr(cli, "drill", fail)
    assert cli.main([]) == 1
    assert f"The drill failed: {error}" in capsys.readouterr().out


def test_it_says_beforehand_how_long_it_takes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "drill", lambda _, order: drilled(order))
    cli.main([])
    assert capsys.readouterr().out.startswith("This takes about ")


def test_figures_and_chart_are_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(cli, "drill", lambda _, order: drilled(order))
    figures, chart = tmp_path / "figures.json", tmp_path / "drill.svg"

    cli.main(["--json", str(figures), "--svg", str(chart)])

    written: dict[str, Any] = json.loads(figures.read_text())
    assert written["held"] is True
    assert written["drills"][0]["runs"][0]["figures"]["failover_seconds"] == 42.0
    for consistency in ("strong", "eventual"):
        drawn = (tmp_path / f"drill-{consistency}.svg").read_text()
        assert f"Failover drill, {consistency} consistency" in drawn
        assert "served again after 42 s" in drawn


def test_a_chart_of_one_drill_has_the_name_that_was_given(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(cli, "drill", lambda _, order: drilled(order))
    cli.main(["--consistency", "strong", "--svg", str(tmp_path / "drill.svg")])
    assert [file.name for file in tmp_path.iterdir()] == ["drill.svg"]


@pytest.mark.parametrize("wrong", [["--fault", "fire"], ["--consistency", "weak"], ["--runs", "0"]])
def test_what_cannot_be_drilled_is_refused(capsys: pytest.CaptureFixture[str], wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(wrong)
    assert ended.value.code == 2
    assert wrong[0] in capsys.readouterr().err
