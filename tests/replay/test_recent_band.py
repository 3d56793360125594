"""The band of alarms that have minutes of a past."""

import numpy as np
import pytest

from constructs_lib.replay.bands import recent_band


def test_it_reaches_so_many_standard_deviations_up_and_down() -> None:
    assert recent_band(np.array([1.0, 3.0, 1.0, 3.0]), 2) == pytest.approx((0, 4))
    assert recent_band(np.array([1.0, 3.0, 1.0, 3.0]), 0.5) == pytest.approx((1.5, 2.5))


def test_missing_values_do_not_count() -> None:
    assert recent_band(np.array([np.nan, 1.0, 3.0, np.nan, 1.0, 3.0]), 1) == pytest.approx((1, 3))


@pytest.mark.parametrize("past", [[], [1.0, 2.0], [np.nan] * 100, [1.0, np.nan, 2.0]])
def test_of_too_little_there_is_none(past: list[float]) -> None:
    assert recent_band(np.array(past), 2) is None
