"""A picture of a dashboard, drawn from its body: ``python -m docs._ext.dashboard_picture TEMPLATE.json OUT.svg``.

The layout, titles, legends, axes and thresholds are those of the body. The lines are sample data unless others are
given, and the picture says so; answers from logs are drawn as their columns, without rows.
"""

import json
import math
import re
import sys
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

__all__ = ["body_in", "picture", "plain"]

_CELL, _ROW, _GAP, _POINTS = 50, 27, 4, 90
_COLOURS = ("#1f77b4", "#ff7f0e", "#2ca02c", "#9467bd", "#8c564b", "#17becf", "#e377c2", "#7f7f7f")
_NOTE = "Rendered from the dashboard's body; the lines are sample data, and so are the states of the alarms."
_GREY = "#545b64"
_CHARACTER = 5.4  # pixels, at 10 px
_SHARES = {"p99": 0.8, "p90": 0.55, "p50": 0.35}

Series = Mapping[tuple[str, str], Sequence[float]]
"""Values over time, by the title of the widget and the label of the line."""


def plain(value: Any) -> str:
    """A template's string, with each intrinsic function as ``<what it refers to>``."""
    match value:
        case str():
            return value
        case {"Fn::Join": [separator, parts]}:
            return str(separator).join(plain(part) for part in parts)
        case {"Ref": name}:
            return f"<{name}>"
        case {"Fn::GetAtt": [name, attribute]}:
            return f"<{name}.{attribute}>"
    return f"<{json.dumps(value).replace(chr(34), chr(39))}>"


def body_in(template: Mapping[str, Any]) -> dict[str, Any]:
    """The body of the one dashboard in a template."""
    (dashboard,) = (
        each for each in template["Resources"].values() if each["Type"] == "AWS::CloudWatch::Dashboard"
    )
    body: dict[str, Any] = json.loads(plain(dashboard["Properties"]["DashboardBody"]))
    return body


def picture(
    body: Mapping[str, Any], series: Series | None = None, note: str = _NOTE, rows: int | None = None
) -> str:
    """`body` as SVG.

    Args:
        body: what CloudWatch would be given, without intrinsic functions.
        series: real values for lines. A line that is not in it is drawn with sample data.
        note: what stands below the picture; say what the lines are when `series` is given.
        rows: how far down to draw, in rows of the dashboard's grid. Left out: to its end.
    """
    widgets = [each for each in body["widgets"] if rows is None or each["y"] + each["height"] <= rows]
    height = max(widget["y"] + widget["height"] for widget in widgets) * _ROW + 26
    size = {"width": str(24 * _CELL), "height": str(height), "viewBox": f"0 0 {24 * _CELL} {height}"}
    root = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "font-family": "sans-serif", **size})
    _box(root, (0, 0, 24 * _CELL, height), fill="#f2f3f3", stroke="none")
    for widget in widgets:
        left, top = widget["x"] * _CELL + _GAP, widget["y"] * _ROW + _GAP
        area = (left, top, widget["width"] * _CELL - 2 * _GAP, widget["height"] * _ROW - 2 * _GAP)
        _DRAW[widget["type"]](root, area, widget["properties"], series or {})
    _text(root, 8, height - 9, note, size=11, fill=_GREY)
    return ET.tostring(root, encoding="unicode") + "\n"


_Area = tuple[float, float, float, float]


def _box(root: ET.Element, area: _Area, **style: str) -> None:
    names = ("x", "y", "width", "height")
    look = {"fill": "#ffffff", "stroke": "#d5dbdb", **style}
    ET.SubElement(root, "rect", {**{n: f"{v:g}" for n, v in zip(names, area, strict=True)}, **look})


def _text(
    root: ET.Element, x: float, y: float, text: str, *, size: int = 10, fill: str = "#16191f", **more: str
) -> None:
    place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "font-size": str(size), "fill": fill}
    ET.SubElement(root, "text", {**place, **{n.replace("_", "-"): v for n, v in more.items()}}).text = text


def _path(root: ET.Element, points: Sequence[tuple[float, float]], colour: str, **more: str) -> None:
    where = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    look = {name.replace("_", "-"): value for name, value in more.items()}
    ET.SubElement(root, "polyline", {"points": where, "fill": "none", "stroke": colour, **look})


def _frame(root: ET.Element, area: _Area, title: str) -> None:
    _box(root, area)
    _text(root, area[0] + 8, area[1] + 15, _cut(title, area[2] - 16, 12), size=12, font_weight="bold")


def _cut(text: str, width: float, size: int = 10) -> str:
    room = int(width / (_CHARACTER * size / 10))
    return text if len(text) <= room else f"{text[: max(room - 1, 1)]}…"


def _draw_text(root: ET.Element, area: _Area, properties: Mapping[str, Any], _series: Series) -> None:
    x, y, width, _ = area
    if properties.get("background") != "transparent":
        _box(root, area)
    heading, _, rest = properties["markdown"].partition("\n")
    _text(root, x + 8, y + 17, heading.lstrip("# "), size=15, font_weight="bold")
    room = int((width - 16) / _CHARACTER)
    for line, words in enumerate(re.findall(rf"(?:.{{1,{room}}})(?:\s|$)", rest)):
        _text(root, x + 8, y + 34 + 13 * line, words.strip(), fill=_GREY)


def _draw_alarms(root: ET.Element, area: _Area, properties: Mapping[str, Any], _series: Series) -> None:
    x, y, width, _ = area
    _frame(root, area, properties["title"])
    a_row, tile = 5, (width - 16) / 5
    for number, arn in enumerate(properties["alarms"]):
        left, top = x + 8 + tile * (number % a_row), y + 22 + 19 * (number // a_row)
        _box(root, (left, top, tile - 4, 16), fill="#e9f5e6", stroke="#1d8102")
        _text(root, left + 5, top + 12, _cut(arn.strip("<>").removesuffix(".Arn").split(":")[-1], tile - 14))


def _draw_log(root: ET.Element, area: _Area, properties: Mapping[str, Any], series: Series) -> None:
    asked = [
        command for command in properties["query"].split("| ") if command.startswith(("fields", "stats"))
    ]
    named = re.split(r", (?![^(]*\))", asked[-1].split(" by ")[0].split(" ", 1)[1].strip()) if asked else []
    columns = [column.split(" as ")[-1] for column in named]
    if properties.get("view") == "timeSeries":
        _draw_lines(root, area, properties, [{"label": column} for column in columns], series)
        return
    x, y, width, height = area
    _frame(root, area, properties["title"])
    for number, column in enumerate(columns):
        _text(root, x + 8 + number * (width - 16) / len(columns), y + 34, column, font_weight="bold")
    for top in range(int(y + 42), int(y + height - 12), 18):
        _path(root, [(x + 8, top), (x + width - 8, top)], "#eaeded")


def _draw_metric(root: ET.Element, area: _Area, properties: Mapping[str, Any], series: Series) -> None:
    entries = [entry[-1] for entry in properties.get("metrics", [])]
    shown = [entry for entry in entries if entry.get("visible", True)] or [
        {"label": "what the alarm watches"}
    ]
    _draw_lines(root, area, properties, shown, series)


def _draw_lines(
    root: ET.Element,
    area: _Area,
    properties: Mapping[str, Any],
    lines: Sequence[Mapping[str, Any]],
    series: Series,
) -> None:
    x, y, width, height = area
    title = properties["title"]
    _frame(root, area, title)
    left, right, top, bottom = x + 40, x + width - 40, y + 38, y + height - 22
    for step in range(4):
        level = top + (bottom - top) * step / 3
        _path(root, [(left, level), (right, level)], "#eaeded")
    limits = properties.get("annotations", {}).get("horizontal", [])
    scales = {}
    for side, outer, inner, edge, anchor in (
        ("left", x + 8, "start", left - 4, "end"),
        ("right", x + width - 8, "end", right + 4, "start"),
    ):
        highest = [limit["value"] for limit in limits if limit["yAxis"] == side]
        highest += [
            max(series[title, line["label"]])
            for line in lines
            if _side(line) == side and (title, line["label"]) in series
        ]
        scales[side] = 1.25 * max(highest, default=0) or 1.0
        label = properties.get("yAxis", {}).get(side, {}).get("label", "")
        _text(root, outer, y + 30, label, size=9, fill=_GREY, text_anchor=inner)
        if highest:
            _text(root, edge, top + 3, _figure(scales[side]), size=9, fill=_GREY, text_anchor=anchor)
    legend = x + 8
    for number, line in enumerate(lines):
        colour, label, scale = _COLOURS[number % len(_COLOURS)], line["label"], scales[_side(line)]
        values = series.get((title, label)) or _sample(title, label, number, scale)
        spread = [left + (right - left) * at / (len(values) - 1) for at in range(len(values))]
        drawn = [bottom - (bottom - top) * min(value / scale, 1) for value in values]
        _path(root, list(zip(spread, drawn, strict=True)), colour, stroke_width="1.3")
        if legend + len(label) * _CHARACTER < x + width - 24:
            _box(root, (legend, y + height - 14, 8, 8), fill=colour, stroke="none")
            _text(root, legend + 11, y + height - 6, label, size=9)
        legend += 18 + len(label) * _CHARACTER
    if legend > x + width - 6:
        _text(root, x + width - 14, y + height - 6, "…", size=9)
    for number, limit in enumerate(limits):
        level = bottom - (bottom - top) * limit["value"] / scales[limit["yAxis"]]
        colour, below = limit["color"], 12 * (number % 2)
        _path(root, [(left, level), (right, level)], colour, stroke_dasharray="5 3")
        _text(root, right - 3, level - 3 + below, limit["label"], size=9, fill=colour, text_anchor="end")


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"  # noqa: PLR2004 - three digits either way


def _side(line: Mapping[str, Any]) -> str:
    return str(line.get("yAxis", "left"))


def _sample(title: str, label: str, number: int, scale: float) -> list[float]:
    """Two waves whose phases come from the names, below the threshold that gave the scale."""
    seed = zlib.crc32(f"{title}/{label}".encode())
    share = next((part for name, part in _SHARES.items() if name in label), 0.7 / (number + 1))
    waves = [
        0.62 + 0.24 * math.sin(at / 14 + seed % 7) + 0.14 * math.sin(at / 3.1 + seed % 11)
        for at in range(_POINTS)
    ]
    return [0.8 * scale * share * wave for wave in waves]


_DRAW = {"text": _draw_text, "alarm": _draw_alarms, "log": _draw_log, "metric": _draw_metric}


if __name__ == "__main__":
    source, target = map(Path, sys.argv[1:])
    content = json.loads(source.read_text())
    target.write_text(picture(content if "widgets" in content else body_in(content)))
