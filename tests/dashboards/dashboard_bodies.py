"""The body of a synthesized dashboard as plain data, and what CloudWatch documents of it."""

import json
import re
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from cfnlint.jsonschema import StandardValidator

from docs._ext import dashboard_picture
from tests.synthesis import Synthesized, synthesize

SCHEMA = json.loads(Path(__file__).with_name("dashboard_body.schema.json").read_text())

Widget = dict[str, Any]


def body_in(template: Synthesized) -> dict[str, Any]:
    """The body of the one dashboard in `template`."""
    return dashboard_picture.body_in(template.body)


def widgets_in(stack: cdk.Stack) -> list[Widget]:
    """The widgets of the one dashboard in `stack`, once its body is found to be valid."""
    body = body_in(synthesize(stack))
    assert problems(body) == []
    widgets: list[Widget] = body["widgets"]
    return widgets


def graph(widgets: list[Widget], title: str) -> dict[str, Any]:
    """The properties of the one widget whose title is `title`."""
    (found,) = (widget["properties"] for widget in widgets if widget["properties"].get("title") == title)
    properties: dict[str, Any] = found
    return properties


def titles(widgets: list[Widget]) -> list[str]:
    """The titles of graphs and answers, in order."""
    return [widget["properties"]["title"] for widget in widgets if widget["type"] in {"metric", "log"}]


def headings(widgets: list[Widget]) -> list[str]:
    """The headings of the sections, in order."""
    texts = [widget["properties"]["markdown"] for widget in widgets if widget["type"] == "text"]
    return [text.removeprefix("## ") for text in texts if text.startswith("## ")]


def line(properties: Mapping[str, Any], label: str) -> list[Any]:
    """The metric or expression of a graph that the legend calls `label`; where there is none, the hidden one."""
    called = [entry for entry in properties["metrics"] if entry[-1]["label"] == label]
    (found,) = [entry for entry in called if entry[-1].get("visible", True)] or called
    entry: list[Any] = found
    return entry


def thresholds(properties: Mapping[str, Any]) -> list[tuple[float, str, str]]:
    """Value, label and axis of the thresholds on a graph."""
    lines = properties.get("annotations", {}).get("horizontal", [])
    return [(drawn["value"], drawn["label"], drawn["yAxis"]) for drawn in lines]


def problems(body: dict[str, Any]) -> list[str]:
    """What CloudWatch would refuse in `body`, and widgets that lie over one another."""
    found = [
        f"{list(error.path)}: {error.message}" for error in StandardValidator(schema=SCHEMA).iter_errors(body)
    ]
    if found:
        return found
    found += [
        f"{one} and {other} overlap" for one, other in combinations(body["widgets"], 2) if overlap(one, other)
    ]
    found += [
        f"{widget} ends beyond the grid" for widget in body["widgets"] if widget["x"] + widget["width"] > 24
    ]
    for widget in body["widgets"]:
        entries = [entry[-1] for entry in widget["properties"].get("metrics", [])]
        ids = [entry["id"] for entry in entries if "id" in entry]
        found += [f"{ids} are not distinct"] if len(ids) != len(set(ids)) else []
        for entry in entries:
            used = set(re.findall(r"\b[a-z_]\w*", entry.get("expression", "")))
            found += [f"{entry['expression']} names what is not there"] if not used <= set(ids) else []
    return found


def overlap(one: Widget, other: Widget) -> bool:
    """Whether two widgets share a cell of the grid."""
    apart = (
        one["x"] >= other["x"] + other["width"]
        or other["x"] >= one["x"] + one["width"]
        or one["y"] >= other["y"] + other["height"]
        or other["y"] >= one["y"] + one["height"]
    )
    return not apart
