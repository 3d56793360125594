"""Where boxes stand, in layers from left to right, and the ways of the lines between them.

The layers come from python-igraph, the one layered layout on PyPI that is compiled, maintained, and needs no other
program: see https://python.igraph.org/en/stable/api/igraph.layout.html.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from constructs_lib.review.output.picture_parts import Actor, Flow

__all__ = ["BOX_HEIGHT", "BOX_WIDTH", "COLUMN", "MARGIN", "ROW", "Point", "laid_out", "path_of"]

BOX_WIDTH: Final = 172
BOX_HEIGHT: Final = 50
COLUMN: Final = 214
ROW: Final = 66
MARGIN: Final = 16

Point = tuple[float, float]


def laid_out(actors: Sequence[Actor], flows: Sequence[Flow]) -> tuple[dict[str, Point], list[list[Point]]]:
    """Where the actors stand, layers from left to right, and the points on the way of each flow."""
    if not actors:
        return {}, []
    import igraph  # type: ignore[import-untyped] # noqa: PLC0415 - no types; only pages need it

    numbers = {each.id: number for number, each in enumerate(actors)}
    graph = igraph.Graph(
        n=len(actors),
        edges=[(numbers[each.source], numbers[each.target]) for each in flows],
        edge_attrs={"flow": list(range(len(flows)))},
        directed=True,
    )
    top, found, routes = 0.0, {}, [list[Point]() for _ in flows]
    for component in sorted(graph.connected_components(mode="weak"), key=lambda each: (-len(each), each)):
        part = graph.induced_subgraph(component)
        layout = part.layout_sugiyama(maxiter=500)
        routing = [[(layer * COLUMN, across * ROW) for across, layer in way] for way in layout.edge_routing]
        points = [(layer * COLUMN, across * ROW) for across, layer in layout]
        heights = [y for way in (points, *routing) for _, y in way]
        down = top - min(heights)
        for number, (x, y) in zip(sorted(component), points, strict=True):
            found[actors[number].id] = (x, y + down)
        for index, way in zip(part.es["flow"], routing, strict=True):
            routes[index] = [(x, y + down) for x, y in way]
        top = max(heights) + down + ROW + MARGIN
    return found, routes


def path_of(points: Sequence[Point]) -> str:
    """A curve from box to box through the columns between them."""
    middle = BOX_HEIGHT / 2
    (x, y), (last_x, last_y) = points[0], points[-1]
    if last_x > x:
        stops = [(x + BOX_WIDTH, y + middle), *_through(points[1:-1], 1), (last_x, last_y + middle)]
    else:  # a way back
        stops = [(x, y + middle), *_through(points[1:-1], -1), (last_x + BOX_WIDTH, last_y + middle)]
    parts = [f"M{stops[0][0]:g} {stops[0][1]:g}"]
    for (x, y), (to_x, to_y) in pairwise(stops):
        bend = (to_x - x) / 2
        parts.append(f"C{x + bend:g} {y:g} {to_x - bend:g} {to_y:g} {to_x:g} {to_y:g}")
    return "".join(parts)


def _through(points: Sequence[Point], direction: int) -> list[Point]:
    """Both ends of the passage through each column."""
    found: list[Point] = []
    for x, y in points:
        ends = [(x, y + BOX_HEIGHT / 2), (x + BOX_WIDTH, y + BOX_HEIGHT / 2)]
        found += ends[::direction]
    return found
