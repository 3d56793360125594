"""CloudWatch's statistics, against a calculation by lists."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.replay.statistics import StatisticError, parse_statistic
from constructs_lib.replay.timelines.series import MetricSeries
from constructs_lib.replay.windows import Bins, Grid, ranges

VALUES = st.lists(st.integers(-50, 50), max_size=6)
STATISTICS = (
    "Sum", "Average", "Minimum", "Maximum", "SampleCount", "p50", "p99", "p0", "p100", "p99.9", "tm90", "wm90", "tc90",
    "ts90", "IQM", "TM(10%:90%)", "TM(:10)", "TM(-10:10)", "WM(10%:90%)", "WM(-10:10)", "TC(0:)", "TS(:20)", "PR(-5:5)",
    "PR(:0)",
)  # fmt: skip


def kept(values: list[float], low: str, high: str) -> tuple[list[float], int, int]:
    """The sorted values between two bounds, and how many there are below and above."""
    ordered = sorted(values)
    first, last = 0, len(ordered)
    if low.endswith("%"):
        first = math.floor(round(len(ordered) * float(low[:-1]) / 100, 9))
    elif low:
        first = sum(value <= float(low) for value in ordered)
    if high.endswith("%"):
        last = math.ceil(round(len(ordered) * float(high[:-1]) / 100, 9))
    elif high:
        last = sum(value <= float(high) for value in ordered)
    return ordered[first:last], first, len(ordered) - max(last, first)


def bounds(statistic: str) -> tuple[str, str, str]:
    if statistic == "IQM":
        return "TM", "25%", "75%"
    if "(" in statistic:
        low, _, high = statistic[3:-1].partition(":")
        return statistic[:2], low, high
    return statistic[:2].upper(), "", f"{statistic[2:]}%"


def by_hand(statistic: str, values: list[float]) -> float:  # noqa: C901, PLR0911 - one case a statistic
    if not values:
        return math.nan
    match statistic:
        case "Sum":
            return sum(values)
        case "Average":
            return sum(values) / len(values)
        case "Minimum":
            return min(values)
        case "Maximum":
            return max(values)
        case "SampleCount":
            return len(values)
    if statistic[0] == "p":
        rank = max(1, math.ceil(round(len(values) * float(statistic[1:]) / 100, 9)))
        return sorted(values)[rank - 1]
    kind, low, high = bounds(statistic)
    inside, below, above = kept(values, low, high)
    match kind:
        case "TC":
            return len(inside)
        case "TS":
            return sum(inside)
        case "TM":
            return sum(inside) / len(inside) if inside else math.nan
        case "PR":
            return 100 * len(inside) / len(values)
    ordered = sorted(values)
    lowest = (
        float(low) if low and not low.endswith("%") else ordered[below] if below < len(ordered) else math.nan
    )
    highest = float(high) if high and not high.endswith("%") else ordered[max(len(ordered) - above - 1, 0)]
    return (sum(inside) + below * lowest + above * highest) / len(values)


@given(st.lists(VALUES, min_size=1, max_size=12), st.integers(1, 4), st.sampled_from(STATISTICS))
def test_statistics_of_windows_are_those_of_their_samples(
    periods: list[list[int]], width: int, statistic: str
) -> None:
    series = MetricSeries.of("N", "M", {}, [each or None for each in periods], start=0)
    bins = Bins.of([series], Grid(origin=0, step=60, count=len(periods)), distribution=True)
    found = bins.statistic(parse_statistic(statistic), width)

    for index in range(len(periods)):
        window = [float(v) for each in periods[max(0, index - width + 1) : index + 1] for v in each]
        if statistic.startswith("WM(-") and not kept(window, "-10", "10")[0]:
            continue  # nothing lies between the bounds: there is no value at an edge
        expected = by_hand(statistic, window)
        assert found[index] == pytest.approx(expected, nan_ok=True), (statistic, window)


@pytest.mark.parametrize(
    "text", ["", "Median", "p", "p101", "p-1", "tm", "TM", "TM()", "TM(:)", "tm200", "PR(a:b)", "p99 "]
)
def test_what_is_no_statistic_is_refused(text: str) -> None:
    with pytest.raises(StatisticError, match="is no statistic"):
        parse_statistic(text)


@pytest.mark.parametrize(
    ("text", "least"),
    [("p99", 1_000), ("p50", 20), ("p90", 100), ("p10", 100), ("Sum", 0), ("TM(10%:90%)", 0)],
)
def test_a_percentile_needs_as_many_samples_as_the_documentation_says(text: str, least: float) -> None:
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/percentiles-with-low-samples.html
    assert parse_statistic(text).least_samples == pytest.approx(least)


def test_weighted_samples_count_as_often_as_they_were_seen() -> None:
    value = {"count": 100, "sum": 199, "minimum": 1, "maximum": 100, "samples": [1, 100], "weights": [99, 1]}
    series = MetricSeries.of("N", "M", {}, [value], start=0)
    bins = Bins.of([series], Grid(origin=0, step=60, count=1), distribution=True)

    found = {
        name: bins.statistic(parse_statistic(name), 1)[0]
        for name in ("p99", "p99.5", "TC(:1)", "tm99", "SampleCount")
    }
    assert found == {"p99": 1, "p99.5": 100, "TC(:1)": 99, "tm99": 1, "SampleCount": 100}


def test_shorter_periods_than_a_step_are_put_together_and_longer_ones_leave_gaps() -> None:
    grid = Grid(origin=0, step=60, count=6)
    short = Bins.of(
        [MetricSeries.of("N", "M", {}, [1, 2, 3, 4, None, 6], period=30, start=0)], grid, distribution=False
    )
    long = Bins.of([MetricSeries.of("N", "M", {}, [1, 2], period=180, start=0)], grid, distribution=False)

    assert short.statistic(parse_statistic("Sum"), 1)[:3].tolist() == [3, 7, 6]
    # A period is known when it is over, and not before.
    assert np.isnan(long.statistic(parse_statistic("Sum"), 1)).tolist() == [True, True, False] * 2
    assert long.statistic(parse_statistic("Sum"), 3)[2:].tolist() == [1, 1, 1, 2]


def test_many_samples_are_looked_at_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    series = MetricSeries.of("N", "M", {}, [[float(n), n + 1.5] for n in range(50)], start=0)
    bins = Bins.of([series], Grid(origin=0, step=60, count=50), distribution=True)
    at_once = bins.statistic(parse_statistic("p90"), 5)

    monkeypatch.setattr("constructs_lib.replay.windows._MOST_CELLS", 20)
    assert bins.statistic(parse_statistic("p90"), 5).tolist() == at_once.tolist()


def test_the_datapoints_of_an_evaluation_range_lie_one_period_apart() -> None:
    found = ranges(np.arange(10.0), np.array([4, 9]), width=3, length=3)

    assert np.isnan(found[0, 0])
    assert found[0, 1:].tolist() == [1, 4]
    assert found[1].tolist() == [3, 6, 9]
