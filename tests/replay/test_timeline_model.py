"""Series and timelines: what they hold, and how they are cut and put together."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.replay.timelines.errors import TimelineError
from constructs_lib.replay.timelines.moments import epoch_of, seconds_of, span_text
from constructs_lib.replay.timelines.series import MetricSeries
from constructs_lib.replay.timelines.timeline import Mark, Timeline
from tests.replay.timeline_checks import START, START_EPOCH, assert_same_timeline, series_of

NUMBERS = st.integers(-5, 5) | st.floats(-1e6, 1e6)
VALUES = st.lists(st.none() | NUMBERS | st.lists(NUMBERS, max_size=5), min_size=1, max_size=20)


def test_a_series_tells_count_sum_and_extremes_of_each_period() -> None:
    series = series_of([None, 4, [3, 1, 2], []])
    np.testing.assert_array_equal(series.count, [0, 1, 3, 0])
    np.testing.assert_array_equal(series.sum, [np.nan, 4, 6, np.nan])
    np.testing.assert_array_equal(series.minimum, [np.nan, 4, 1, np.nan])
    np.testing.assert_array_equal(series.maximum, [np.nan, 4, 3, np.nan])
    np.testing.assert_array_equal(series.present, [False, True, True, False])
    assert series.knows == {"Sum", "SampleCount", "Average", "Minimum", "Maximum"}


def test_different_samples_are_kept_sorted() -> None:
    samples = series_of([[3, 1, 2], None, [5, 5]]).samples
    np.testing.assert_array_equal(samples.offsets, [0, 3, 3, 3])
    np.testing.assert_array_equal(samples.values, [1, 2, 3])


def test_the_distribution_also_has_samples_that_are_all_the_same() -> None:
    found = series_of(
        [[3, 1], 7, None, [5, 5], {"count": 4, "sum": 10, "minimum": 1, "maximum": 4}]
    ).distribution()
    np.testing.assert_array_equal(found.offsets, [0, 2, 3, 3, 4, 4])
    np.testing.assert_array_equal(found.values, [1, 3, 7, 5])
    np.testing.assert_array_equal(found.weights, [1, 1, 1, 2])


def test_a_statistic_set_knows_only_what_it_tells() -> None:
    series = series_of([{"sum": 3}, None])
    assert series.knows == {"Sum"}
    np.testing.assert_array_equal(series.present, [True, False])
    assert np.isnan(series.count[0])


def test_weighted_samples_count_as_often_as_they_weigh() -> None:
    series = series_of([{"samples": [1, 10], "weights": [9, 1]}])
    assert (series.count[0], series.sum[0], series.minimum[0], series.maximum[0]) == (10, 19, 1, 10)


@given(values=VALUES)
def test_a_series_agrees_with_its_plain_values(values: list[object]) -> None:
    series = series_of(values)
    for index, value in enumerate(values):
        samples = [] if value is None else value if isinstance(value, list) else [value]
        assert series.count[index] == len(samples)
        if samples:
            assert series.sum[index] == pytest.approx(sum(samples), abs=1e-6)
            assert (series.minimum[index], series.maximum[index]) == (min(samples), max(samples))
            found = series.distribution().between(index, index + 1)
            np.testing.assert_array_equal(np.repeat(found.values, found.weights.astype(int)), sorted(samples))


def test_arrays_cannot_be_written_to() -> None:
    series = series_of([1, [1, 2]])
    for array in (series.count, series.sum, series.samples.values):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 5


def test_gaps_are_the_spans_without_a_datapoint() -> None:
    assert series_of([None, 1, None, None, 0]).gaps == (
        (START_EPOCH, START_EPOCH + 60),
        (START_EPOCH + 120, START_EPOCH + 240),
    )
    assert series_of([1, 2]).gaps == ()


def test_times_and_end_follow_from_start_and_period() -> None:
    series = series_of([1, 2, 3], period=300)
    np.testing.assert_array_equal(series.times, START_EPOCH + np.array([0, 300, 600]))
    assert series.end == START_EPOCH + 900


@pytest.mark.parametrize("period", [0, -60, 7, 90, 61, True, 60.0, "60", 10**12])
def test_fails_with_a_period_that_cloudwatch_does_not_have(period: object) -> None:
    with pytest.raises(TimelineError, match="no period"):
        MetricSeries.of("A", "b", {}, [1], start=START, period=period)


@pytest.mark.parametrize(("start", "period"), [("2026-03-02T00:00:30Z", 60), ("2026-03-02T00:00:05Z", 10)])
def test_fails_when_it_starts_within_a_period(start: str, period: int) -> None:
    with pytest.raises(TimelineError, match="within a period"):
        series_of([1], start=start, period=period)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("3", "is '3'"),
        (True, "is True"),
        (float("inf"), "is inf"),
        (float("nan"), "is nan"),
        (2.0**361, "beyond 2"),
        (10**400, "beyond 2"),
        ([1, None], "Give null, a number"),
        ({"total": 3}, "'total', which is no key"),
        ({"count": 0, "sum": 0}, "count above 0"),
        ({"count": 2, "minimum": 3, "maximum": 1}, "minimum up to the maximum"),
        ({"sum": "3"}, "has sum '3'"),
        ({"samples": [1, 2], "weights": [1]}, "as many weights"),
        ({"samples": [1, 2], "weights": [1, 0]}, "above 0"),
        ({"count": 5, "samples": [1, 2]}, "Let them be the same"),
    ],
)
def test_fails_with_a_value_that_is_none(value: object, reason: str) -> None:
    with pytest.raises(TimelineError, match=reason) as error:
        series_of([1, value])
    assert str(error.value).startswith("values[1] ")
    assert "\n" not in str(error.value)


def test_a_metric_is_found_by_exactly_its_dimensions() -> None:
    timeline = Timeline.of([series_of([1])])
    assert [each.name for each in timeline.find("AWS/Lambda", "Errors", {"FunctionName": "f"})] == ["Errors"]
    assert timeline.find("AWS/Lambda", "Errors") == ()
    assert timeline.find("AWS/Lambda", "Errors", {"FunctionName": "f", "Resource": "f:live"}) == ()


def test_a_series_without_namespace_is_found_by_name() -> None:
    timeline = Timeline.of([MetricSeries.of("", "Errors", {}, [1], start=START)])
    assert len(timeline.find("AWS/Lambda", "Errors", {"FunctionName": "f"})) == 1
    assert timeline.find("AWS/Lambda", "Throttles") == ()


def test_series_of_one_metric_are_found_shortest_period_first() -> None:
    timeline = Timeline.of([series_of([1], period=300), series_of([1])])
    found = timeline.find("AWS/Lambda", "Errors", {"FunctionName": "f"})
    assert [each.period for each in found] == [60, 300]


def test_merging_adds_up_what_both_have_and_keeps_what_one_has() -> None:
    one = Timeline.of([series_of([1, [1, 2], None])])
    other = Timeline.of([series_of([4, None, 5, 6], start=START_EPOCH + 60)])
    merged = one.merged(other).series[0]
    np.testing.assert_array_equal(merged.count, [1, 3, 0, 1, 1])
    np.testing.assert_array_equal(merged.sum, [1, 7, np.nan, 5, 6])
    np.testing.assert_array_equal(merged.maximum, [1, 4, np.nan, 5, 6])
    np.testing.assert_array_equal(merged.distribution().values, [1, 1, 2, 4, 5, 6])


def test_merging_knows_no_percentiles_where_one_part_has_none() -> None:
    one = Timeline.of([series_of([[1, 2], [1, 2]])])
    other = Timeline.of([series_of([{"count": 2, "sum": 5, "minimum": 2, "maximum": 3}])])
    merged = one.merged(other).series[0]
    np.testing.assert_array_equal(merged.count, [4, 2])
    np.testing.assert_array_equal(merged.distribution().lengths, [0, 2])


def test_merging_does_not_make_up_what_one_part_does_not_tell() -> None:
    one = Timeline.of([series_of([{"sum": 3}, {"sum": 4}])])
    merged = one.merged(Timeline.of([series_of([1])])).series[0]
    assert np.isnan(merged.count).all()
    assert np.isnan(merged.minimum).all()
    np.testing.assert_array_equal(merged.sum, [4, 4])


def test_merging_keeps_the_marks_of_both_once() -> None:
    mark = Mark(name="a", start=datetime(2026, 3, 2, tzinfo=UTC), end=datetime(2026, 3, 3, tzinfo=UTC))
    timeline = Timeline.of([series_of([1])], [mark])
    assert timeline.merged(timeline).marks == (mark,)


def test_fails_to_merge_periods_that_do_not_begin_together() -> None:
    other = Timeline.of([series_of([1], period=300, start=START_EPOCH + 60)])
    with pytest.raises(TimelineError, match="different seconds"):
        Timeline.of([series_of([1], period=300)]).merged(other)


@given(values=VALUES, cut=st.integers(0, 20))
def test_two_parts_of_a_timeline_merge_to_the_whole(values: list[object], cut: int) -> None:
    whole = Timeline.of([series_of(values)])
    at = min(START_EPOCH + 60 * cut, int(whole.end.timestamp()))
    parts = whole.between(whole.start, at), whole.between(at, whole.end)
    assert_same_timeline(parts[0].merged(parts[1]), whole)


def test_a_slice_has_whole_periods_and_its_part_of_the_incidents() -> None:
    mark = Mark(name="a", start=datetime(2026, 3, 2, tzinfo=UTC), end=datetime(2026, 3, 2, 0, 20, tzinfo=UTC))
    timeline = Timeline.of([series_of([1, 2, 3, 4], period=300), series_of(range(20), name="Other")], [mark])
    part = timeline.between("2026-03-02T00:03:00Z", "2026-03-02T00:12:00Z")
    five, one = part.series
    np.testing.assert_array_equal(five.sum, [2])
    np.testing.assert_array_equal(one.sum, range(3, 12))
    assert part.marks[0].start == part.start
    assert part.marks[0].end == part.end


def test_fails_with_a_series_beyond_the_timeline() -> None:
    with pytest.raises(TimelineError, match="beyond the timeline"):
        Timeline(
            start=datetime(2026, 3, 2, tzinfo=UTC),
            end=datetime(2026, 3, 2, 0, 1, tzinfo=UTC),
            series=(series_of([1, 2]),),
        )


def test_fails_with_an_incident_that_ends_before_it_starts() -> None:
    with pytest.raises(TimelineError, match="an end after its start"):
        Mark(name="a", start=datetime(2026, 3, 2, tzinfo=UTC), end=datetime(2026, 3, 1, tzinfo=UTC))


def test_fails_without_any_data() -> None:
    with pytest.raises(TimelineError, match="has no data"):
        Timeline.of([series_of([])])


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("5m", 300), ("1h30m", 5400), ("30d", 2_592_000), (7, 7), ("1d1s", 86_401)],
)
def test_spans_are_read_as_written(text: str | int, seconds: int) -> None:
    assert seconds_of(text) == seconds


@given(st.integers(0, 10**8))
def test_spans_are_written_as_they_are_read(seconds: int) -> None:
    assert seconds_of(span_text(seconds)) == seconds


@pytest.mark.parametrize("span", ["", "5", "m", "5m1h", "-5m", -1, True, "1.5h", float("nan")])
def test_fails_with_what_is_no_span(span: object) -> None:
    with pytest.raises(TimelineError, match="no span of time"):
        seconds_of(span)  # type: ignore[arg-type] # that is the point


@pytest.mark.parametrize(
    "instant",
    [
        START,
        "2026-03-02",
        "2026-03-02T00:00:00+00:00",
        "2026-03-02T01:00:00+01:00",
        START_EPOCH,
        START_EPOCH + 0.9,
    ],
)
def test_points_in_time_are_read_in_all_their_forms(instant: str | float) -> None:
    assert epoch_of(instant) == START_EPOCH


@pytest.mark.parametrize(
    "instant",
    ["", "yesterday", None, True, -1, 1e300, float("nan"), "0001-01-01T00:00:00+23:00", "1969-12-31", [1]],
)
def test_fails_with_what_is_no_point_in_time(instant: object) -> None:
    with pytest.raises(TimelineError, match="no point in time"):
        epoch_of(instant)
