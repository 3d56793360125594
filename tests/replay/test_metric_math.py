"""Metric math: what binds tighter, what missing datapoints come to, and how large it may get."""

import re
import time
from typing import Any

import numpy as np
import pytest

from constructs_lib.replay.expressions.assumptions import ASSUMPTIONS
from constructs_lib.replay.expressions.metric_math import (
    Frame,
    SeriesArray,
    compute,
    compute_series,
    parse,
)
from tests.replay.metric_frames import Datapoints, computed, frame

no: None = None
FOUR: dict[str, Datapoints] = {"a": [1, no, 4, 0], "b": [10, 5, no, 0], "c": [no, no, no, no]}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("2 + 3 * 4", 14),
        ("(2 + 3) * 4", 20),
        ("10 - 4 - 3", 3),
        ("100 / 10 / 5", 2),
        ("2 ^ 3 ^ 2", 512),
        ("-2 ^ 2", -4),
        ("(-2) ^ 2", 4),
        ("2 ^ -1", 0.5),
        ("2 - -3", 5),
        ("--2", 2),
        ("3 * 2 ^ 2", 12),
        ("1 + 1 == 2", 1),
        ("2 > 1 AND 1 > 2", 0),
        ("1 OR 0 AND 0", 1),
        ("(1 OR 0) AND 0", 0),
        ("0 AND 1 OR 1", 1),
        ("1 || 0 && 0", 1),
        ("2 != 2", 0),
        ("1<=1", 1),
        (".5 + 1.", 1.5),
        ("1e3 + 2.5E-1", 1_000.25),
        ("\n 1\t+ 1 ", 2),
        ("IF(2 > 1, 3, 4)", 3),
        ("IF(AVG([a, b]) > 2, 3)", [3, 3, no, no]),
    ],
)
def test_operators_bind_as_in_mathematics(expression: str, expected: Any) -> None:
    assert computed(expression, frame(FOUR)) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        # One of the two is missing: it counts as 0. Both are: there is no datapoint.
        ("a + b", [11, 5, 4, 0]),
        ("a * c", [0, no, 0, 0]),
        ("c - c", [no, no, no, no]),
        ("a > b", [0, 0, 1, 0]),
        ("a == c", [0, no, 0, 1]),
        ("a OR c", [1, no, 1, 0]),
        # A division by zero drops the datapoint, whether the zero was there or not.
        ("a / b", [0.1, 0, no, no]),
        ("100 / a", [100, no, 25, no]),
        ("a ^ -1", [1, no, 0.25, no]),
        # So does what is no number, or none that fits.
        ("(a - 2) ^ 0.5", [no, no, 2**0.5, no]),
        ("LOG(a)", [0, no, pytest.approx(1.3862943611), no]),
        ("(a * 1e300) * 1e300", [no, no, no, 0]),
        # With a scalar, missing datapoints stay missing; a scalar that is missing makes none.
        ("a * 2", [2, no, 8, 0]),
        ("a < 2", [1, no, 0, 1]),
        ("c < 2", [no, no, no, no]),
        ("a + AVG(c)", [no, no, no, no]),
        ("a + 1 / 0", [no, no, no, no]),
        ("IF(AVG(c), a, b)", [no, no, no, no]),
        ("IF(a, AVG(c), b)", [no, no, no, 0]),
        ("IF(1, 2, a)", [2, 2, 2, 2]),
        ("IF(0, a, 2)", [2, 2, 2, 2]),
        # FILL fills whatever there is not.
        ("FILL(c, 0)", [0, 0, 0, 0]),
        ("FILL(c, REPEAT)", [no, no, no, no]),
        ("FILL(c, LINEAR)", [no, no, no, no]),
        ("FILL(c, a)", [1, no, 4, 0]),
        ("FILL(a, -1)", [1, -1, 4, 0]),
        ("FILL(a, AVG(c))", [1, no, 4, 0]),
        ("FILL(1 / DATAPOINT_COUNT([b, c]), LINEAR)", [1, 1, 1, 1]),
        # Aggregates of nothing.
        ("SUM(c)", no),
        ("AVG(c)", no),
        ("MIN(c)", no),
        ("MAX(c)", no),
        ("STDDEV(c)", no),
        ("DATAPOINT_COUNT(c)", 0),
        ("SUM([c])", [no, no, no, no]),
        # AVG counts what is missing as 0, MIN, MAX and STDDEV do not.
        ("AVG(a)", 1.25),
        ("AVG([a, b, c])", [11 / 3, 5 / 3, 4 / 3, 0]),
        ("MIN([a, b])", [1, 5, 4, 0]),
        ("STDDEV(b)", pytest.approx((50 / 3) ** 0.5)),
        ("DATAPOINT_COUNT([a, b, c])", [2, 1, 1, 2]),
        ("RUNNING_SUM(a)", [1, no, 5, 5]),
        # Across a gap, the change is spread over its time.
        ("DIFF(a)", [no, no, 3, -4]),
        ("RATE(a)", [no, no, 3 / 120, -4 / 60]),
        ("DIFF_TIME(a)", [no, no, 120, 60]),
        ("DIFF_TIME(1 / a)", [no, no, 120, no]),
        ("DIFF_TIME(DIFF(a))", [no, no, no, 60]),
    ],
)
def test_missing_datapoints(expression: str, expected: Any) -> None:
    assert computed(expression, frame(FOUR)) == expected


def test_a_series_joins_and_leaves_an_array_row_by_row() -> None:
    """What is empty in one evaluation has datapoints in the next."""
    over = Frame(
        series={
            "a": np.array([[1.0, np.nan], [np.nan, np.nan], [np.nan, np.nan]]),
            "b": np.array([[5.0, 6.0], [np.nan, 4.0], [np.nan, np.nan]]),
        },
        metrics=("a", "b"),
        times=np.array([[0.0, 60.0], [60.0, 120.0], [120.0, 180.0]]),
        period=60,
        quotas={},
    )

    def rows(expression: str) -> list[Any]:
        return [computed(expression, over, row) for row in range(3)]

    assert rows("REMOVE_EMPTY(METRICS())") == [([1, no], [5, 6]), ([no, 4],), ()]
    assert rows("METRIC_COUNT(REMOVE_EMPTY(METRICS()))") == [2, 1, 0]
    assert rows("LAST(REMOVE_EMPTY(METRICS()))") == [[5, 6], [no, 4], [no, no]]
    assert rows("FIRST(SORT(METRICS(), MIN, DESC))") == [[5, 6], [no, 4], [no, no]]
    assert rows("SUM(REMOVE_EMPTY(METRICS()) + TIME_SERIES(1))") == [[8, 8], [1, 5], [no, no]]
    assert rows("SUM(FILL(REMOVE_EMPTY(METRICS()), 2))") == [[6, 8], [2, 4], [no, no]]
    assert rows("AVG(REMOVE_EMPTY(METRICS()))") == [[3, 3], [no, 4], [no, no]]
    assert rows("[REMOVE_EMPTY([a]), b]") == [([1, no], [5, 6]), ([no, 4],), ([no, no],)]
    assert rows("SLICE(METRICS(), METRIC_COUNT(REMOVE_EMPTY(METRICS())) - 1, 2)") == [
        ([5, 6],),
        ([no, no], [no, 4]),
        ([no, no], [no, no]),
    ]
    assert rows("METRIC_COUNT(SLICE(REMOVE_EMPTY(METRICS()), 1))") == [1, 0, 0]
    assert rows("METRICS() - REMOVE_EMPTY(METRICS())") == [([0, no], [0, 0]), ([no, -4],), ()]
    assert rows("REMOVE_EMPTY(METRICS()) - METRICS()") == [([0, no], [0, 0]), ([no, 4],), ()]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("SLICE(METRICS(), 0, 0)", ()),
        ("SLICE(METRICS(), -5, 1.9)", ([1, no, 4, 0],)),
        ("SLICE(METRICS(), 1 / 0)", ([1, no, 4, 0], [10, 5, no, 0], [no, no, no, no])),
        ("FIRST(SLICE(METRICS(), 9))", [no, no, no, no]),
        ("LAST(METRICS('x'))", [no, no, no, no]),
        ("METRIC_COUNT(METRICS('x'))", 0),
        ("SORT(METRICS('x'), SUM, ASC)", ()),
        ("REMOVE_EMPTY(METRICS('x'))", ()),
        ("RATE(METRICS('x'))", ()),
        ("SORT(METRICS(), AVG, ASC, -1)", ()),
        (
            "SORT([a, c, a * 1, b], SUM, DESC)",
            ([10, 5, no, 0], [1, no, 4, 0], [1, no, 4, 0], [no, no, no, no]),
        ),
        ("[a, b] - [b]", ([-9, -5, 4, 0],)),
        ("[[a], [b, c]]", ([1, no, 4, 0], [10, 5, no, 0], [no, no, no, no])),
    ],
)
def test_arrays_of_any_length(expression: str, expected: Any) -> None:
    assert computed(expression, frame(FOUR)) == expected


@pytest.mark.parametrize("order", ["ASC", "DESC"])
def test_equals_keep_their_order(order: str) -> None:
    many = {f"m{number}": [number, number % 3 - number] for number in range(60)}

    found = computed(f"SORT(METRICS(), SUM, {order})", frame(many))

    assert found == tuple(sorted(many.values(), key=sum, reverse=order == "DESC"))


@pytest.mark.parametrize("rows", [0, 1])
@pytest.mark.parametrize("datapoints", [0, 1])
@pytest.mark.parametrize(
    "expression",
    [
        "a + 1",
        "AVG(a) + a",
        "RATE(a)",
        "FILL(a, REPEAT)",
        "FILL(a, LINEAR)",
        "RUNNING_SUM(a)",
        "SUM(SLICE(SORT(REMOVE_EMPTY(METRICS()), MAX, ASC, 1), 0))",
        "FIRST(METRICS())",
        "LAST(METRICS())",
        "STDDEV(METRICS())",
        "IF(DAY(a) < 6, MIN(a))",
        "TIME_SERIES(5)",
    ],
)
def test_the_smallest_frames(rows: int, datapoints: int, expression: str) -> None:
    shape = (rows, datapoints)
    over = Frame(series={"a": np.ones(shape)}, metrics=("a",), times=np.ones(shape), period=60, quotas={})

    assert compute_series(parse(expression), over).shape == shape


def test_an_expression_may_give_an_array_to_another() -> None:
    over = frame(FOUR)
    array = compute(parse("METRICS() * 2"), over)
    assert isinstance(array, SeriesArray)

    both = Frame(
        series={**over.series, "e1": array},
        metrics=over.metrics,
        times=over.times,
        period=over.period,
        quotas={},
    )

    assert computed("SUM(e1)", both) == [22, 10, 8, 0]
    assert computed("SUM(METRICS())", both) == [11, 5, 4, 0]


def test_one_time_series_may_come_as_an_array() -> None:
    assert compute_series(parse("SORT([a], SUM, ASC)"), frame(FOUR)).shape == (1, 4)


def test_names_are_those_that_it_refers_to_once_and_in_order() -> None:
    expression = parse("IF(b2 > aLong_1, FILL(c, REPEAT), b2) + SUM(METRICS('zz'))")

    assert expression.names == ("b2", "aLong_1", "c")
    assert expression.uses_metrics
    assert not parse("SUM([a, b])").uses_metrics
    assert parse("a + b") is parse("a + b")


@pytest.mark.parametrize(
    ("expression", "finished", "waiting", "expected"),
    [
        ("IF(FILL(finished, 0) + 0 * waiting > 0, 0, waiting)", [no, 0, 3, no], [7, 7, 7, no], [7, 7, 0, no]),
        ("FILL(finished, 0) + 0 * waiting", [no, 4, no, no], [no, no, 1, no], [0, 4, 0, 0]),
        ("IF(waiting >= 20, 100 * finished / waiting, 0)", [5, no, 1, 1], [20, 40, 19, no], [25, 0, 0, no]),
        ("100 * finished / SERVICE_QUOTA(waiting)", [9, 5, no, no], [1, no, 2, no], [90, no, 0, no]),
    ],
)
def test_what_this_library_watches(
    expression: str, finished: Datapoints, waiting: Datapoints, expected: Datapoints
) -> None:
    over = frame({"finished": finished, "waiting": waiting}, quotas={"waiting": 10})

    assert computed(expression, over) == expected


def test_a_month_of_evaluations_takes_less_than_a_tenth_of_a_loop_over_them() -> None:
    """A ratio in one run: the same expression over all rows at once, and over some of them one by one."""
    rows, some = 43_200, 200
    random = np.random.default_rng(7)
    values = random.integers(0, 9, (2, rows, 5)).astype(np.float64)
    values[random.random(values.shape) < 0.2] = np.nan
    times = (60.0 * np.arange(rows))[:, np.newaxis] + 60.0 * np.arange(5)
    expression = parse("IF(FILL(total, 0) >= 3, 100 * failed / total, 0) + 0 * RATE(total)")

    def over(part: slice) -> Frame:
        return Frame(
            series={"failed": values[0, part], "total": values[1, part]},
            metrics=("failed", "total"),
            times=times[part],
            period=60,
            quotas={},
        )

    start = time.perf_counter()
    whole = compute_series(expression, over(slice(None)))
    at_once = time.perf_counter() - start
    start = time.perf_counter()
    single = [compute_series(expression, over(slice(row, row + 1))) for row in range(some)]
    one_by_one = (time.perf_counter() - start) / some * rows

    assert np.array_equal(whole[:some], np.concatenate(single), equal_nan=True)
    assert at_once < one_by_one / 10


def test_frames_refuse_series_that_do_not_fit() -> None:
    values, times = np.ones((2, 3)), np.ones((2, 4))
    whole: dict[str, Any] = {"period": 60, "quotas": {}}

    with pytest.raises(
        ValueError, match=re.escape("the series a has the shape (2, 3), the times have (2, 4).")
    ):
        Frame(series={"a": values}, metrics=("a",), times=times, **whole)
    with pytest.raises(ValueError, match=r"the metrics b, c have no series\."):
        Frame(series={"a": values}, metrics=("c", "a", "b"), times=values, **whole)


def test_every_assumption_is_named_once_with_its_reason_and_source() -> None:
    assert len({each.name for each in ASSUMPTIONS}) == len(ASSUMPTIONS)
    for each in ASSUMPTIONS:
        assert each.text.endswith(".")
        assert each.reason.endswith(".")
        assert each.source.startswith("https://docs.aws.amazon.com/")
