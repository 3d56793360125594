"""Many evaluations at once come to what each of them comes to alone."""

from itertools import product
from typing import get_args

import numpy as np
import pytest

from constructs_lib.replay.evaluation import State, evaluate
from constructs_lib.replay.outcomes import ALARM, INSUFFICIENT, KEEP, OK, STATES, breaching, outcomes, settled

TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")
MISSING = float("nan")
M_OF_N = [(needed, periods) for periods in range(1, 5) for needed in range(1, periods + 1)]


@pytest.mark.parametrize("treatment", TREATMENTS)
@pytest.mark.parametrize(("needed", "periods"), M_OF_N)
def test_every_possible_range_comes_to_what_it_comes_to_alone(
    needed: int, periods: int, treatment: str
) -> None:
    alarm = {
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "Threshold": 1,
        "EvaluationPeriods": periods,
        "DatapointsToAlarm": needed,
        "TreatMissingData": treatment,
    }
    ranges = np.array(list(product((MISSING, 0.0, 1.0), repeat=periods + 2)))

    found = outcomes(
        breaching("GreaterThanOrEqualToThreshold", ranges, 1.0),
        periods=periods,
        needed=needed,
        treatment=treatment,
    )

    for row, code in zip(ranges, found, strict=True):
        datapoints = [None if np.isnan(value) else float(value) for value in row]
        for state in get_args(State):
            alone = evaluate(alarm, datapoints, state)
            assert alone == (state if code == KEEP else STATES[code]), datapoints


def test_what_leaves_the_state_as_it_is_leaves_the_last_one() -> None:
    codes = np.array([KEEP, KEEP, OK, KEEP, ALARM, KEEP, KEEP, INSUFFICIENT, KEEP], dtype=np.int8)
    expected = [INSUFFICIENT, INSUFFICIENT, OK, OK, ALARM, ALARM, ALARM, INSUFFICIENT, INSUFFICIENT]

    assert settled(codes).tolist() == expected
    assert settled(codes, ALARM).tolist()[:3] == [ALARM, ALARM, OK]
    assert settled(np.array([], dtype=np.int8)).tolist() == []


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        ("GreaterThanOrEqualToThreshold", [0, 1, 1, -1]),
        ("GreaterThanThreshold", [0, 0, 1, -1]),
        ("LessThanOrEqualToThreshold", [1, 1, 0, -1]),
        ("LessThanThreshold", [1, 0, 0, -1]),
    ],
)
def test_operators_compare_with_the_threshold(operator: str, expected: list[int]) -> None:
    assert breaching(operator, np.array([1.0, 2.0, 3.0, MISSING]), 2.0).tolist() == expected


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        ("GreaterThanUpperThreshold", [0, 0, 1, -1, -1]),
        ("LessThanLowerThreshold", [1, 0, 0, -1, -1]),
        ("LessThanLowerOrGreaterThanUpperThreshold", [1, 0, 1, -1, -1]),
    ],
)
def test_operators_compare_with_the_band_and_miss_where_there_is_none(
    operator: str, expected: list[int]
) -> None:
    lower, upper = np.array([2.0, 2, 2, 2, MISSING]), np.array([4.0, 4, 4, 4, 4])

    assert breaching(operator, np.array([1.0, 4, 5, MISSING, 9]), (lower, upper)).tolist() == expected
