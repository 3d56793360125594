"""Metric math equals an independent calculation, one datapoint at a time, on random expressions and series."""

import math
from typing import Any

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from constructs_lib.replay.expressions.metric_math import LONGEST, Frame, parse
from tests.replay.metric_expressions import METRICS, NAMES, arrays, rough, scalars, series
from tests.replay.metric_frames import computed
from tests.replay.metric_math_reference import Node, Row, text_of, value_of

MOST = 5
_values = st.one_of(st.none(), st.integers(-20, 40).map(lambda number: number / 2))


@st.composite
def rows(draw: st.DrawFn) -> list[Row]:
    """Some evaluations, one after the other, of windows that overlap."""
    datapoints = draw(st.integers(1, MOST))
    period = draw(st.sampled_from((10, 60, 300, 86_400)))
    start = draw(st.integers(0, 4_000_000_000))
    column = st.lists(_values, min_size=datapoints, max_size=datapoints)
    return [
        Row(
            series={name: draw(column) for name in NAMES},
            metrics=METRICS,
            times=[float(start + 60 * row + period * place) for place in range(datapoints)],
            period=period,
            quotas={"m1": 100, "m2": 8},
        )
        for row in range(draw(st.integers(1, 3)))
    ]


def frame_of(given_rows: list[Row]) -> Frame:
    def stacked(name: str) -> Any:
        return np.array([row.series[name] for row in given_rows], dtype=np.float64)

    return Frame(
        series={name: stacked(name) for name in NAMES},
        metrics=METRICS,
        times=np.array([row.times for row in given_rows]),
        period=given_rows[0].period,
        quotas=given_rows[0].quotas,
    )


def compare(node: Node, given_rows: list[Row]) -> None:
    text = text_of(node)
    assume(len(text) <= LONGEST)
    over = frame_of(given_rows)
    for number, row in enumerate(given_rows):
        expected, found = value_of(node, row), computed(text, over, number)
        assert same(found, expected), f"{text}: {found} is not {expected}"


def same(found: Any, expected: Any) -> bool:
    if isinstance(expected, list | tuple):
        return (
            type(found) is type(expected) and len(found) == len(expected) and all(map(same, found, expected))
        )
    if found is None or expected is None:
        return found is expected
    return math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-6)


@given(series(4), rows())
def test_time_series(node: Node, given_rows: list[Row]) -> None:
    compare(node, given_rows)


@given(arrays(3), rows())
def test_arrays_of_time_series(node: Node, given_rows: list[Row]) -> None:
    compare(node, given_rows)


@given(scalars(4), rows())
def test_scalars(node: Node, given_rows: list[Row]) -> None:
    compare(node, given_rows)


@given(rough(2), rows())
def test_logarithms_powers_and_deviations(node: Node, given_rows: list[Row]) -> None:
    compare(node, given_rows)


@given(series(3))
def test_an_expression_refers_to_the_names_in_it(node: Node) -> None:
    expression = parse(text_of(node))

    found: dict[str, None] = {}
    uses_metrics = False
    left = [node]
    while left:
        each = left.pop(0)
        left = [*each.operands, *left]
        uses_metrics = uses_metrics or each.word == "METRICS"
        if each.kind == "name":
            found[each.word] = None
    assert expression.names == tuple(found)
    assert expression.uses_metrics == uses_metrics
