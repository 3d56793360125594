"""The stand-in for the bands of anomaly detection."""

from datetime import UTC, datetime

import numpy as np
import pytest

from constructs_lib.replay import replay
from constructs_lib.replay.alarms import MetricAlarm
from constructs_lib.replay.bands import TRAINED_DAYS, seasonal_band
from constructs_lib.replay.statistics import Floats
from constructs_lib.replay.timelines.series import MetricSeries
from constructs_lib.replay.timelines.timeline import Timeline
from tests.replay.small_app import alarm, app

MIDNIGHT = int(datetime(2026, 3, 2, tzinfo=UTC).timestamp())
HOUR, DAY = 60, 1_440


def ends(count: int) -> Floats:
    """When so many minutes end."""
    return MIDNIGHT + 60 * np.arange(1, count + 1, dtype=np.float64)


def season(days: int, *, level: float = 100.0, swing: float = 50.0, noise: float = 2.0) -> Floats:
    """A metric that goes up and down every day, with noise."""
    minutes = np.arange(days * DAY)
    random = np.random.default_rng(7)
    values: Floats = level + swing * np.sin(2 * np.pi * minutes / DAY) + random.normal(0, noise, len(minutes))
    return values


def outside(values: Floats, width: float) -> np.ndarray:
    lower, upper = seasonal_band(ends(len(values)), values, width)
    return (values < lower) | (values > upper)


def anomaly(width: str = "", **properties: object) -> dict[str, object]:
    metric = {"Metric": {"Namespace": "Shop", "MetricName": "Orders"}, "Period": 60, "Stat": "Average"}
    queries = [
        {"Id": "m", "MetricStat": metric},
        {"Id": "band", "Expression": f"ANOMALY_DETECTION_BAND(m{width})"},
    ]
    none = dict.fromkeys(("Namespace", "MetricName", "Statistic", "Period", "Threshold"))
    usual = {
        "ComparisonOperator": "LessThanLowerOrGreaterThanUpperThreshold",
        "ThresholdMetricId": "band",
        "Metrics": queries,
        "EvaluationPeriods": 3,
    }
    return alarm("Orders", **{**none, **usual, **properties})


def orders(values: Floats) -> Timeline:
    return Timeline.of([MetricSeries.of("Shop", "Orders", {}, values.tolist(), start=MIDNIGHT)])


def test_there_is_no_band_until_enough_is_known() -> None:
    lower, upper = seasonal_band(ends(3 * HOUR), np.concatenate([np.full(31, np.nan), np.ones(149)]), 2)

    # 29 values in the first hour, which are too few; the next hour makes them enough.
    assert np.isnan(lower[: 2 * HOUR]).all()
    assert np.isnan(upper[: 2 * HOUR]).all()
    assert not np.isnan(lower[2 * HOUR :]).any()
    assert seasonal_band(ends(0), np.array([]), 2)[0].tolist() == []
    assert np.isnan(seasonal_band(ends(DAY), np.full(DAY, np.nan), 2)[0]).all()


def test_a_band_is_made_of_the_past_alone() -> None:
    values = season(5)
    changed = values.copy()
    changed[3 * DAY :] = 1e6

    before, after = (seasonal_band(ends(len(each)), each, 2) for each in (values, changed))

    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(one[: 3 * DAY], other[: 3 * DAY])
        assert not np.array_equal(one[4 * DAY :], other[4 * DAY :])


def test_a_metric_with_a_season_stays_inside_and_a_spike_does_not() -> None:
    values = season(10)
    values[8 * DAY + 600 : 8 * DAY + 610] += 80
    found = outside(values, 4)

    assert found[8 * DAY + 600 : 8 * DAY + 610].all()
    rest = np.delete(found[3 * DAY :], np.arange(5 * DAY + 600, 5 * DAY + 610))
    assert rest.mean() < 0.001


def test_a_value_that_is_usual_at_another_hour_leaves_the_band() -> None:
    values = season(10)
    night, noon = 8 * DAY + 18 * HOUR, 8 * DAY + 6 * HOUR
    values[night : night + 30] = values[noon : noon + 30]

    assert outside(values, 4)[night : night + 30].all()


def test_the_band_reaches_as_many_standard_deviations_as_the_expression_says() -> None:
    values = season(4)
    two, six = (seasonal_band(ends(len(values)), values, width) for width in (2.0, 6.0))
    half = (two[1] - two[0])[3 * DAY] / 2

    assert half == pytest.approx(2 * np.std([values[day * DAY : day * DAY + HOUR] for day in range(3)]))
    assert (six[1] - six[0])[3 * DAY] / 2 == pytest.approx(3 * half)
    middle = (two[0] + two[1])[3 * DAY] / 2
    assert middle == pytest.approx(np.mean([values[day * DAY : day * DAY + HOUR] for day in range(3)]))


@pytest.mark.parametrize("level", [0.1, 1e9, -3e12])
def test_a_metric_that_never_changes_stays_inside(level: float) -> None:
    assert not outside(np.full(4 * DAY, level), 2).any()


def test_small_changes_of_a_large_metric_have_a_band() -> None:
    small, large = (season(4, level=level, swing=0, noise=1) for level in (0.0, 1e9))
    bands = [seasonal_band(ends(4 * DAY), each, 2) for each in (small, large)]
    one, other = ((upper - lower)[3 * DAY :] for lower, upper in bands)
    np.testing.assert_allclose(one, other, rtol=1e-3)


def test_what_was_two_weeks_ago_is_forgotten() -> None:
    values = np.concatenate([season(3, level=1_000), season(TRAINED_DAYS + 1)])
    lower, upper = seasonal_band(ends(len(values)), values, 2)

    # As long as the old level is a part of what is known, the band reaches up to it.
    last = upper[-DAY:] - lower[-DAY:]
    assert last.max() < 60
    assert (upper - lower)[5 * DAY : 6 * DAY].min() > 1_000


def test_once_two_weeks_are_known_a_weekend_is_what_weekends_were() -> None:
    values = season(22, swing=0)
    for day in (5, 6, 12, 13, 19, 20):  # it begins on a Monday
        values[day * DAY : (day + 1) * DAY] -= 80
    lower, upper = seasonal_band(ends(len(values)), values, 2)
    middle = (lower + upper) / 2

    assert outside(values, 5)[5 * DAY : 6 * DAY].all()  # the first Saturday is unlike all days before
    np.testing.assert_allclose(middle[18 * DAY : 19 * DAY], 100, atol=1.5)
    np.testing.assert_allclose(middle[19 * DAY : 21 * DAY], 20, atol=1.5)
    np.testing.assert_allclose(middle[21 * DAY :], 100, atol=1.5)
    # As wide as all days make it: one weekday has too few of its own.
    spread = np.std([values[day * DAY : day * DAY + HOUR] for day in range(5, 19)])
    assert (upper - lower)[19 * DAY] == pytest.approx(4 * spread)


def test_with_too_few_values_of_a_weekday_all_days_count() -> None:
    hourly = np.full(22 * DAY, np.nan)
    hourly[::HOUR] = season(22, swing=0)[::HOUR]
    for day in (5, 6, 12, 13, 19, 20):
        hourly[day * DAY : (day + 1) * DAY] -= 80
    lower, upper = seasonal_band(ends(len(hourly)), hourly, 2)

    middle = (lower + upper)[21 * DAY :] / 2
    assert middle.max() < 90  # between weekdays and weekends


def test_gaps_do_not_move_the_band() -> None:
    values = season(5)
    values[2 * DAY : 2 * DAY + 300] = np.nan
    assert outside(values, 5)[3 * DAY :].sum() == 0


# In a replay


def test_an_alarm_on_a_band_rings_where_the_metric_leaves_it_and_the_report_says_that_it_is_a_stand_in() -> (
    None
):
    values = season(6)
    quiet = replay(app(A=anomaly(", 6")), orders(values))
    assert quiet.quiet()
    assert quiet.approximate

    values[5 * DAY + 30 : 5 * DAY + 60] = 0
    report = replay(app(A=anomaly(", 6")), orders(values))
    (ring,) = [each for each in report.transitions if each.after == "ALARM"]
    assert (ring.at - MIDNIGHT) / 60 == 5 * DAY + 33
    assert "outside the band" in ring.reason


@pytest.mark.parametrize(
    ("operator", "rings"),
    [
        ("GreaterThanUpperThreshold", False),
        ("LessThanLowerThreshold", True),
        ("LessThanLowerOrGreaterThanUpperThreshold", True),
    ],
)
def test_an_alarm_on_a_band_looks_to_the_side_that_it_is_told(operator: str, *, rings: bool) -> None:
    values = season(4)
    values[3 * DAY + 30 : 3 * DAY + 60] = 0
    report = replay(app(A=anomaly(", 6", ComparisonOperator=operator)), orders(values))
    assert bool(report.rang("A")) is rings


def test_the_width_is_two_where_the_expression_says_nothing() -> None:
    values = season(4)
    (plain,), (two,) = (replay(app(A=anomaly(width)), orders(values)).stacks[0].seen for width in ("", ", 2"))
    assert plain.upper is not None
    assert two.upper is not None
    np.testing.assert_array_equal(plain.upper, two.upper)


def test_a_band_of_ones_own_replaces_the_stand_in() -> None:
    asked = []

    def own(watched: MetricAlarm, moments: Floats, values: Floats) -> tuple[Floats, Floats]:
        asked.append((watched.id, len(moments), float(np.nanmax(values))))
        return np.full(len(moments), 5.0), np.full(len(moments), 7.0)

    values = np.array([6.0] * 10 + [9.0] * 5 + [6.0] * 5)
    report = replay(app(A=anomaly()), orders(values), bands=own)

    assert asked == [("A", 20, 9.0)]
    assert [((each.at - MIDNIGHT) / 60, each.after) for each in report.transitions][-2:] == [
        (13, "ALARM"),
        (16, "OK"),
    ]
    assert not report.approximate
    assert report.transitions[-2].reason == "9, 9, 9 outside the band 5 to 7, 3 of 3 to alarm"


def test_a_report_without_an_alarm_on_a_band_rests_on_no_stand_in() -> None:
    assert not replay(app(A=alarm("Orders")), orders(season(1))).approximate


def test_an_alarm_whose_threshold_is_no_band_is_told() -> None:
    resource = anomaly()
    resource["Properties"]["Metrics"][1]["Expression"] = "m * 2"  # type: ignore[index] # it is a resource
    timeline = Timeline.of([MetricSeries.of("Shop", "Orders", {}, [1.0] * 10, start=MIDNIGHT)])
    (told,) = replay(app(A=resource), timeline).stacks[0].unreadable

    assert told.problem == "its ThresholdMetricId band is no ANOMALY_DETECTION_BAND."
