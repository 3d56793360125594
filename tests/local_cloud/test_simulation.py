"""Failover over random schedules of faults: what has to hold does, and is reported where it does not."""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from failover_controller import controller, decisions
from failover_controller.model import Phase, Settings, State

from local_cloud.health_checks import status
from local_cloud.health_checks.config import CHECKER_REGIONS
from local_cloud.simulation.__main__ import main
from local_cloud.simulation.faults import Fault, Kind, Schedule, draw
from local_cloud.simulation.outcome import Outcome
from local_cloud.simulation.report import percentile
from local_cloud.simulation.setups import COLD, CONTROLLER, HOT, SETUPS, WARM, Setup, worst_case
from local_cloud.simulation.world import simulate

FIRST, RUNS = 500, 100
HOUR = 3600.0
NAMES = [setup.name for setup in SETUPS]


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logger = logging.getLogger("failover_controller")
    before = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    yield
    logger.setLevel(before)


def fault(kind: Kind, start: float, end: float, **options: Any) -> Fault:
    return Fault(kind=kind, start=start, end=end, **options)


def run(setup: Setup, *faults: Fault, seed: int = 1, **options: Any) -> Outcome:
    return simulate(setup, Schedule(seed=seed, faults=faults), **options)


DOWN = fault(Kind.PRIMARY_DOWN, HOUR, 3 * HOUR, answer=4.0)


@pytest.mark.parametrize("setup", SETUPS, ids=NAMES)
def test_nothing_that_has_to_hold_is_broken_in_any_of_many_days(setup: Setup) -> None:
    outcomes = [simulate(setup, draw(seed)) for seed in range(FIRST, FIRST + RUNS)]

    assert {each.seed: each.broken for each in outcomes if each.broken} == {}
    assert sum(len(each.outages) for each in outcomes) > RUNS  # and there was something to survive


@pytest.mark.parametrize("setup", SETUPS, ids=NAMES)
def test_the_same_seed_is_the_same_day(setup: Setup) -> None:
    assert [simulate(setup, draw(seed)) for seed in (7, 8)] == [
        simulate(setup, draw(seed)) for seed in (7, 8)
    ]
    assert draw(7) != draw(8)


@pytest.mark.parametrize("setup", SETUPS, ids=NAMES)
@pytest.mark.parametrize("seed", [3, 4])
def test_leaving_out_what_does_not_change_changes_nothing(setup: Setup, seed: int) -> None:
    short, full = simulate(setup, draw(seed)), simulate(setup, draw(seed), rests=False)

    assert short.availability == pytest.approx(full.availability, abs=1e-9)
    assert [to_standby for _, to_standby in short.answers] == [to_standby for _, to_standby in full.answers]
    assert [when for when, _ in short.answers] == pytest.approx([when for when, _ in full.answers])
    assert [(each.phase, round(each.at, 3)) for each in short.changes] == [
        (each.phase, round(each.at, 3)) for each in full.changes
    ]


@pytest.mark.parametrize("setup", SETUPS, ids=NAMES)
def test_a_primary_that_is_down_is_left_within_the_worst_case(setup: Setup) -> None:
    (outage,) = run(setup, DOWN).outages

    assert (outage.start, outage.cause) == (DOWN.start, Kind.PRIMARY_DOWN)
    assert 60 < outage.seconds <= worst_case(setup)


@pytest.mark.parametrize("setup", [WARM, COLD], ids=["warm", "cold"])
def test_the_standby_takes_over_by_itself_and_people_fail_back(setup: Setup) -> None:
    taken, back = run(setup, DOWN).changes

    assert (taken.phase, taken.commanded) == (Phase.WAKING, False)
    assert (back.phase, back.commanded) == (Phase.RELEASING, True)
    assert back.at > DOWN.end + CONTROLLER.healthy_for


@pytest.mark.parametrize("setup", SETUPS, ids=NAMES)
def test_failover_needs_nothing_of_us_east_1(setup: Setup) -> None:
    """Of eight checkers seven are left, and nobody reaches Route 53's control plane."""
    gone = fault(Kind.CONTROL_PLANE, 0.5 * HOUR, 4 * HOUR)
    (outage,) = run(setup, DOWN, gone).outages

    assert outage.seconds <= worst_case(setup)


def test_a_standby_that_cannot_see_the_primary_takes_over_and_all_are_served() -> None:
    outcome = run(COLD, fault(Kind.PARTITION, HOUR, 2 * HOUR))

    assert [each.phase for each in outcome.changes] == [Phase.WAKING, Phase.RELEASING]
    assert (outcome.availability, outcome.outages) == (1.0, ())


@pytest.mark.parametrize("blocked", [1, 6, 7, 8])
def test_a_primary_that_six_of_eight_checkers_do_not_reach_is_still_named(blocked: int) -> None:
    regions = frozenset(CHECKER_REGIONS[:blocked])
    outcome = run(HOT, fault(Kind.BLOCKED, HOUR, 2 * HOUR, answer=4.0, blocked=regions))

    assert bool(outcome.answers) is (blocked > 6)
    assert outcome.availability == 1.0


def test_a_primary_that_two_checkers_reach_is_left_when_one_of_them_is_gone() -> None:
    """One of seven is not more than 18 %."""
    assert CHECKER_REGIONS[0] == "us-east-1"
    blocked = fault(Kind.BLOCKED, HOUR, 3 * HOUR, answer=4.0, blocked=frozenset(CHECKER_REGIONS[2:]))
    gone = fault(Kind.CONTROL_PLANE, 2 * HOUR, 3 * HOUR)

    assert run(HOT, blocked).answers == ()
    (left, _), _ = run(HOT, blocked, gone).answers
    assert left == pytest.approx(gone.start, abs=HOT.allowance)


def test_both_regions_down_is_no_outage_that_failover_could_have_shortened() -> None:
    outcome = run(HOT, fault(Kind.BOTH_DOWN, HOUR, 2 * HOUR))

    assert outcome.outages == ()
    assert outcome.availability == outcome.possible == pytest.approx(23 / 24)


# What has to hold, broken on purpose.


def reported(setup: Setup, *faults: Fault, seed: int = 1) -> str:
    return "; ".join(run(setup, *faults, seed=seed).broken)


def test_a_primary_without_health_check_is_reported() -> None:
    assert "not served for 7200 s" in reported(replace(HOT, primary_check=None), DOWN)


def test_a_secondary_without_health_check_is_reported_once_the_standby_that_took_over_is_gone() -> None:
    taken_over = fault(Kind.PARTITION, HOUR, 1.2 * HOUR)
    gone = fault(Kind.STANDBY_DOWN, 1.2 * HOUR, 3 * HOUR)

    assert reported(COLD, taken_over, gone) == ""
    assert "not served for 6480 s" in reported(replace(COLD, secondary_check=None), taken_over, gone)


def test_a_warm_standby_that_does_not_watch_its_own_load_is_reported() -> None:
    """Checkers lead all users to it, while its own probe finds the primary well."""
    blocked = fault(Kind.BLOCKED, HOUR, 3 * HOUR, answer=4.0, blocked=frozenset(CHECKER_REGIONS))

    assert reported(WARM, blocked) == ""
    assert "not served" in reported(replace(WARM, watches_load=False), blocked)


def again_after_failing_back(setup: Setup) -> tuple[Fault, Fault]:
    back = run(setup, DOWN).changes[-1].at
    return DOWN, fault(Kind.PRIMARY_DOWN, back + 30, back + HOUR, answer=4.0)


def test_a_controller_without_damping_is_reported() -> None:
    undamped = replace(COLD, controller=replace(CONTROLLER, between=-10))

    assert reported(COLD, *again_after_failing_back(COLD)) == ""
    assert "after the change before" in reported(undamped, *again_after_failing_back(undamped))


def test_a_controller_that_fails_back_by_itself_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    real = decisions.directed

    def eager(state: State, now: float, settings: Settings) -> tuple[Phase, str] | None:
        if state.phase is Phase.STANDBY and not state.ringing:
            return Phase.RELEASING, "the alarm is silent"
        return real(state, now, settings)

    monkeypatch.setattr(controller, "directed", eager)
    assert "nobody said so" in reported(COLD, DOWN)


def test_a_controller_that_never_wakes_anything_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(controller, "directed", lambda *_: None)
    assert "not served for 7200 s" in reported(COLD, DOWN)


def test_health_checks_that_one_checker_alone_can_change_are_reported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    noise = fault(Kind.NOISE, HOUR, 3 * HOUR, share=0.3)

    assert reported(HOT, noise) == ""
    monkeypatch.setattr(status, "endpoint_is_healthy", all)
    assert "changes of the answer under noise" in reported(HOT, noise)


def test_a_day_that_ends_unserved_is_reported() -> None:
    to_the_end = fault(Kind.PRIMARY_DOWN, 23.99 * HOUR, 24 * HOUR)
    assert "at the end not all are served" in reported(HOT, to_the_end)


def test_the_nearest_rank_is_a_value_that_was_there() -> None:
    values = [float(n) for n in range(1, 201)]
    assert [percentile(values, p) for p in (0, 1, 50, 99, 100)] == [1, 2, 100, 198, 200]


def test_the_command_prints_the_figures_and_writes_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "figures.json"

    assert main(["--runs", "5", "--seed", "40", "--json", str(file)]) == 0
    assert "5 virtual days from seed 40" in capsys.readouterr().out
    found = json.loads(file.read_text())
    assert [each["setup"] for each in found["setups"]] == NAMES
    assert all(len(each["availability"]["each"]) == 5 for each in found["setups"])


def test_the_command_fails_when_an_invariant_is_broken(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(status, "endpoint_is_healthy", lambda _: True)

    assert main(["--runs", "5"]) == 1
    assert "runs broke an invariant" in capsys.readouterr().out
