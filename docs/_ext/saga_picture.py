"""A picture of a saga, drawn from its definition: ``python -m docs._ext.saga_picture TEMPLATE.json OUT.svg``.

What is done goes down on the left; what is undone goes up in the middle; what is parked stands on the right. Dashed
lines are taken when something fails.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from constructs_lib.workflow.drawing import Edge, edges, states
from docs._ext.dashboard_picture import plain

__all__ = ["definition_in", "picture"]

_WIDTH, _HEIGHT, _GAP, _PADDING, _BETWEEN = 150, 34, 26, 14, 70
_COLOURS = {
    "Task": "#dbe9ff",
    "Pass": "#eef0f2",
    "Choice": "#fff3cf",
    "Fail": "#ffdcd8",
    "Parallel": "#f7f9fb",
}
_GOOD, _BAD, _LINE = "#d9f2dd", "#b3261e", "#545b64"
_GREEN = "Saga completed"


@dataclass(frozen=True, kw_only=True)
class _Box:
    """Where a state is drawn."""

    x: float
    y: float
    width: float
    height: float


def definition_in(template: Mapping[str, Any]) -> dict[str, Any]:
    """The definition of the one state machine in a template."""
    (machine,) = (
        each for each in template["Resources"].values() if each["Type"] == "AWS::StepFunctions::StateMachine"
    )
    definition: dict[str, Any] = json.loads(plain(machine["Properties"]["DefinitionString"]))
    return definition


def picture(definition: Mapping[str, Any]) -> str:
    """`definition` as SVG: every state is a box, and every way from one to another a line."""
    lines = list(edges(definition))
    boxes = dict(_placed(definition, lines))
    width = max(box.x + box.width for box in boxes.values()) + _PADDING
    height = max(box.y + box.height for box in boxes.values()) + _PADDING
    size = {"viewBox": f"0 0 {width:g} {height:g}", "width": f"{width:g}", "height": f"{height:g}"}
    root = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "font-family": "sans-serif", **size})
    ET.SubElement(root, "rect", {"width": "100%", "height": "100%", "fill": "#ffffff"})
    for colour in (_LINE, _BAD):
        _arrowhead(root, colour)
    for name, state in states(definition):
        _draw(root, name, state["Type"], boxes[name])
    for edge in lines:
        _connect(root, edge, boxes[edge.source], boxes[edge.target])
    ET.indent(root)
    return ET.tostring(root, encoding="unicode") + "\n"


def _placed(definition: Mapping[str, Any], lines: Sequence[Edge]) -> Iterator[tuple[str, _Box]]:
    outer = definition["States"]
    forward = list(_forward(definition, lines))
    parked = [name for name in outer if _is_parking(name, lines, outer) and name not in forward]
    back = [name for name in _in_order(outer, lines) if name not in forward and name not in parked]
    x = float(_PADDING)
    found: dict[str, _Box] = {}
    for column in (forward, list(reversed(back))):
        found.update(_column(definition, column, x))
        x += max((found[name].width for name in column), default=0) + _BETWEEN
    lowest = max(box.y + box.height for box in found.values())
    drop = lowest - max((found[name].y + found[name].height for name in back), default=lowest)
    for name in back:  # up from below
        box = found[name]
        found[name] = _Box(x=box.x, y=box.y + drop, width=box.width, height=box.height)
    for name in parked:
        source = next(edge.source for edge in lines if edge.target == name)
        found[name] = _Box(x=x, y=found[source].y, width=_WIDTH, height=_HEIGHT)
    for name, box in found.items():
        yield name, box
        yield from _inside(outer[name], box)


def _forward(definition: Mapping[str, Any], lines: Sequence[Edge]) -> Iterator[str]:
    """What an execution goes through in which nothing fails."""
    name: str | None = definition["StartAt"]
    while name is not None:
        yield name
        name = next((edge.target for edge in lines if edge.source == name and not edge.fails), None)


def _is_parking(name: str, lines: Sequence[Edge], outer: Mapping[str, Any]) -> bool:
    return (
        outer[name]["Type"] in ("Task", "Fail")
        and all(edge.fails for edge in lines if edge.target == name)
        and (outer[name]["Type"] == "Fail" or ":sqs:" in outer[name]["Resource"])
    )


def _in_order(outer: Mapping[str, Any], lines: Sequence[Edge]) -> list[str]:
    """Each state after all that lead to it."""
    left = {name: {edge.source for edge in lines if edge.target == name} & set(outer) for name in outer}
    found: list[str] = []
    while left:
        ready = [name for name, sources in left.items() if not sources - set(found)]
        found += ready
        left = {name: sources for name, sources in left.items() if name not in ready}
    return found


def _column(definition: Mapping[str, Any], names: Sequence[str], x: float) -> Iterator[tuple[str, _Box]]:
    y = float(_PADDING)
    sizes = {name: _size(definition["States"][name]) for name in names}
    widest = max((width for width, _ in sizes.values()), default=0)
    for name in names:
        width, height = sizes[name]
        yield name, _Box(x=x + (widest - width) / 2, y=y, width=width, height=height)
        y += height + _GAP


def _size(state: Mapping[str, Any]) -> tuple[float, float]:
    branches = state.get("Branches", ())
    if not branches:
        return _WIDTH, _HEIGHT
    longest = max(len(branch["States"]) for branch in branches)
    width = len(branches) * (_WIDTH + _PADDING) + _PADDING
    return width, _HEIGHT + longest * (_HEIGHT + _GAP)


def _inside(state: Mapping[str, Any], box: _Box) -> Iterator[tuple[str, _Box]]:
    for number, branch in enumerate(state.get("Branches", ())):
        x = box.x + _PADDING + number * (_WIDTH + _PADDING)
        for row, name in enumerate(branch["States"]):
            y = box.y + _HEIGHT + row * (_HEIGHT + _GAP)
            yield name, _Box(x=x, y=y, width=_WIDTH, height=_HEIGHT)


def _arrowhead(root: ET.Element, colour: str) -> None:
    marker = ET.SubElement(
        root,
        "marker",
        {
            "id": f"arrow-{colour[1:]}",
            "viewBox": "0 0 8 8",
            "refX": "8",
            "refY": "4",
            "markerWidth": "7",
            "markerHeight": "7",
            "orient": "auto-start-reverse",
        },
    )
    ET.SubElement(marker, "path", {"d": "M0 0L8 4L0 8z", "fill": colour})


def _draw(root: ET.Element, name: str, kind: str, box: _Box) -> None:
    fill = _GOOD if name == _GREEN else _COLOURS[kind]
    place = {"x": f"{box.x:g}", "y": f"{box.y:g}", "width": f"{box.width:g}", "height": f"{box.height:g}"}
    ET.SubElement(root, "rect", {**place, "rx": "6", "fill": fill, "stroke": _LINE, "stroke-width": "0.8"})
    middle = {"x": f"{box.x + box.width / 2:g}", "y": f"{box.y + 21:g}"}
    text = ET.SubElement(
        root, "text", {**middle, "text-anchor": "middle", "font-size": "12", "fill": "#16191f"}
    )
    text.text = name


def _connect(root: ET.Element, edge: Edge, source: _Box, target: _Box) -> None:
    colour = _BAD if edge.fails else _LINE
    style = {
        "fill": "none",
        "stroke": colour,
        "stroke-width": "1.2",
        "marker-end": f"url(#arrow-{colour[1:]})",
    }
    if edge.fails:
        style["stroke-dasharray"] = "5 3"
    path = ET.SubElement(root, "path", {"d": _way(source, target), **style})
    label = f": {edge.label}" if edge.label else ""
    ET.SubElement(path, "title").text = f"{edge.source} to {edge.target}{label}"


def _way(source: _Box, target: _Box) -> str:
    """Straight up or down in a column, else a curve from side to side."""
    middle, other = source.x + source.width / 2, target.x + target.width / 2
    if abs(middle - other) < 1:
        down = target.y > source.y
        begin, end = (source.y + source.height, target.y) if down else (source.y, target.y + target.height)
        if abs(end - begin) <= _GAP:
            return f"M{middle:g} {begin:g}L{other:g} {end:g}"
        right = max(source.x + source.width, target.x + target.width)
        out = right + _BETWEEN / 2
        high, low = source.y + source.height / 2, target.y + target.height / 2
        edge, other_edge = source.x + source.width, target.x + target.width
        return f"M{edge:g} {high:g}C{out:g} {high:g} {out:g} {low:g} {other_edge:g} {low:g}"
    rightwards = other > middle
    begin_x = source.x + source.width if rightwards else source.x
    end_x = target.x if rightwards else target.x + target.width
    begin_y, end_y = source.y + source.height / 2, target.y + target.height / 2
    bend = (end_x - begin_x) / 2
    return f"M{begin_x:g} {begin_y:g}C{begin_x + bend:g} {begin_y:g} {end_x - bend:g} {end_y:g} {end_x:g} {end_y:g}"


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(picture(definition_in(json.loads(Path(sys.argv[1]).read_text()))))
