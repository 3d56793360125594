"""Widgets on CloudWatch's grid of 24 columns."""

from collections.abc import Iterator, Sequence

__all__ = ["COLUMNS", "Grid", "JsonObject"]

JsonObject = dict[str, object]

COLUMNS = 24
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html"""


class Grid:
    """A dashboard that grows downwards.

    Attributes:
        widgets: what stands on it, each with its position.
    """

    def __init__(self) -> None:
        """Start at the top."""
        self.widgets: list[JsonObject] = []
        self._bottom = 0

    def add(self, widgets: Sequence[JsonObject], *, height: int, a_row: int = 1) -> None:
        """Add rows of equally wide widgets, at most `a_row` in each, with no row nearly empty."""
        for row in _rows(widgets, a_row):
            self.add_row(row, [COLUMNS // len(row)] * len(row), height=height)

    def add_row(self, widgets: Sequence[JsonObject], widths: Sequence[int], *, height: int) -> None:
        """Add one row of `widgets`, as wide as `widths` say."""
        left = 0
        for widget, width in zip(widgets, widths, strict=True):
            self.widgets.append({**widget, "x": left, "y": self._bottom, "width": width, "height": height})
            left += width
        self._bottom += height


def _rows(widgets: Sequence[JsonObject], a_row: int) -> Iterator[Sequence[JsonObject]]:
    count = -(-len(widgets) // a_row)
    for row in range(count):
        yield widgets[row * len(widgets) // count : (row + 1) * len(widgets) // count]
