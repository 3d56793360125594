from itertools import combinations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.dashboards.layout import COLUMNS, Grid
from tests.dashboards.dashboard_bodies import overlap

rows = st.lists(st.tuples(st.integers(0, 20), st.integers(1, 4), st.integers(1, 9)), max_size=8)


def filled(rows: list[tuple[int, int, int]]) -> list[dict[str, Any]]:
    grid = Grid()
    for count, a_row, height in rows:
        grid.add([{"type": "text"}] * count, height=height, a_row=a_row)
    return grid.widgets


@given(rows)
def test_widgets_never_lie_over_one_another(rows: list[tuple[int, int, int]]) -> None:
    assert not [pair for pair in combinations(filled(rows), 2) if overlap(*pair)]


@given(rows)
def test_every_row_fills_the_grid_and_no_more(rows: list[tuple[int, int, int]]) -> None:
    widths: dict[int, int] = {}
    for widget in filled(rows):
        widths[widget["y"]] = widths.get(widget["y"], 0) + widget["width"]
    assert set(widths.values()) <= {COLUMNS}


def test_four_graphs_stand_two_and_two() -> None:
    assert [widget["width"] for widget in filled([(4, 3, 6)])] == [12, 12, 12, 12]


def test_five_graphs_stand_two_and_three() -> None:
    assert [widget["width"] for widget in filled([(5, 3, 6)])] == [12, 12, 8, 8, 8]
