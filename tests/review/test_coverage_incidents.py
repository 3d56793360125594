"""Each incident does to the metrics of its failure mode what the mode says."""

import numpy as np
import pytest

from constructs_lib.replay.timelines.timeline import Timeline
from constructs_lib.review.coverage.incidents import INCIDENTS, played
from constructs_lib.review.coverage.mode import LIFE_ENDS, Mode
from constructs_lib.review.coverage.modes import MODES

FACTS = {"timeout": 10.0, "reserved": 50.0, "retention_hours": 24.0, "every_minutes": 60.0, "others": 0.0}
LEAD = 180
ROWS = [(kind, each) for kind, rows in MODES.items() for each in rows]
LOSING = [(kind, each) for kind, each in ROWS if each.incident == "drip"]


def timeline(mode: Mode) -> Timeline:
    return played(mode.incident, mode.metrics, tuple((name, FACTS[name]) for name in mode.facts), LEAD)


@pytest.mark.parametrize(("kind", "mode"), ROWS, ids=[f"{kind}: {mode.id}" for kind, mode in ROWS])
def test_every_metric_of_a_mode_changes_in_its_incident(kind: str, mode: Mode) -> None:
    found = timeline(mode)

    for namespace, name in mode.metrics:
        series = [each for each in found.series if (each.namespace, each.name) == (namespace, name)]
        assert series, (kind, name)
        for each in series:
            before, after = _halves(each.sum)
            assert not np.array_equal(before, after[: len(before)], equal_nan=True), (kind, name)


def _halves(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return values[:LEAD], values[LEAD:]


@pytest.mark.parametrize(("kind", "mode"), ROWS, ids=[f"{kind}: {mode.id}" for kind, mode in ROWS])
def test_what_happens_can_be_said_with_the_facts_of_the_resource(kind: str, mode: Mode) -> None:
    said = mode.happens.format(**{name: FACTS[name] for name in mode.facts})

    assert "{" not in said, kind


def test_incidents_and_modes_are_for_each_other() -> None:
    used = {mode.incident for _, mode in ROWS}

    assert used | {LIFE_ENDS} == set(INCIDENTS)


def test_a_third_of_the_requests_fail() -> None:
    (errors,) = (mode for mode in MODES["function"] if mode.id == "errors")
    found = {each.name: each for each in timeline(errors).series if "Resource" not in each.dimensions}
    failing, invoked = (found[name].sum for name in ("Errors", "Invocations"))

    assert failing[:LEAD].sum() == 0
    assert failing[LEAD:].sum() / invoked[LEAD:].sum() == pytest.approx(0.3, abs=0.03)
    assert invoked.mean() == pytest.approx(60, abs=2)


@pytest.mark.parametrize(("kind", "mode"), LOSING, ids=[f"{kind}: {mode.id}" for kind, mode in LOSING])
def test_what_is_lost_is_lost_a_few_times(kind: str, mode: Mode) -> None:
    for each in timeline(mode).series:
        if each.namespace != "AWS/SQS":
            assert 2 <= np.nansum(each.sum) <= 14, (kind, each.name)


def test_the_same_incident_is_played_once() -> None:
    (errors,) = (mode for mode in MODES["function"] if mode.id == "errors")

    assert timeline(errors) is timeline(errors)
