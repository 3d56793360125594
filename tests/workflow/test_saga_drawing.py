"""A drawing of a saga shows every state and every way between them."""

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from constructs_lib.workflow import Saga
from constructs_lib.workflow.definition import definition_of
from constructs_lib.workflow.drawing import edges, mermaid, states
from docs._ext.saga_picture import definition_in, picture
from examples import saga as example
from tests.synthesis import RECOMMENDED, ROOT, fresh_app
from tests.workflow.saga_world import some_saga
from tests.workflow.test_saga import every_kind, steps
from tests.workflow.test_saga_compensation import grouped, three

SVG = "{http://www.w3.org/2000/svg}"

each_saga = pytest.mark.parametrize("made", [steps, every_kind, three, grouped])


def named(definition: dict[str, Any]) -> set[str]:
    """The names of all states, found without the code that is tested."""
    found = set(definition["States"])
    for state in definition["States"].values():
        for branch in state.get("Branches", []):
            found |= named(branch)
    return found


def ways(definition: dict[str, Any]) -> int:
    """How many targets the states name."""
    return len(re.findall(r'"(?:Next|Default)": ', json.dumps(definition)))


def drawn(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - what this repository has drawn


def texts(svg: str) -> set[str | None]:
    return {each.text for each in drawn(svg).iter(f"{SVG}text")}


@each_saga
def test_flow_chart_has_every_state_and_every_way(made: Any) -> None:
    saga: Saga = some_saga(made)
    definition, chart = definition_of(saga.state_machine), saga.drawing()

    names = set(re.findall(r'"([^"]+)"', chart))
    arrows = re.findall(r"^ +s\d+ (?:-->|-\.->)(?:\|\w+\|)? s\d+$", chart, re.MULTILINE)
    assert names == named(definition)
    assert len(arrows) == ways(definition) > 0
    assert chart.startswith("flowchart TD\n")


@each_saga
def test_picture_has_every_state_and_every_way(made: Any) -> None:
    definition = definition_of(some_saga(made).state_machine)
    svg = picture(definition)

    lines = [each for each in drawn(svg).iter(f"{SVG}path") if each.find(f"{SVG}title") is not None]
    assert texts(svg) == named(definition)
    assert len(lines) == ways(definition)


@each_saga
def test_no_box_of_a_picture_covers_another(made: Any) -> None:
    definition = definition_of(some_saga(made).state_machine)
    boxes = [
        tuple(float(each.get(key, "")) for key in ("x", "y", "width", "height"))
        for each in drawn(picture(definition)).iter(f"{SVG}rect")
        if each.get("x") is not None
    ]

    for number, (x, y, width, height) in enumerate(boxes):
        for other_x, other_y, other_width, other_height in boxes[number + 1 :]:
            apart = (
                x + width <= other_x
                or other_x + other_width <= x
                or y + height <= other_y
                or other_y + other_height <= y
            )
            inside = x < other_x and other_x + other_width < x + width and y < other_y
            inside = inside and other_y + other_height < y + height
            assert apart or inside


def test_picture_in_the_documentation_is_that_of_the_example() -> None:
    app = fresh_app(RECOMMENDED)
    example.build(app)
    app.synth()
    (template,) = Path(app.outdir).glob("*.template.json")

    svg = picture(definition_in(json.loads(template.read_text())))

    assert (ROOT / "docs/_static/saga.svg").read_text() == svg
    assert {"flight", "hotel", "pay", "confirm", "Undo pay", "Park pay"} <= texts(svg)


def test_state_that_nothing_leads_to_is_drawn_all_the_same() -> None:
    definition = {"StartAt": "A", "States": {"A": {"Type": "Succeed"}, "B": {"Type": "Fail"}}}

    assert [name for name, _ in states(definition)] == ["A", "B"]
    assert list(edges(definition)) == []
    assert '"B"' in mermaid(definition)
