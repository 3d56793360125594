import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from docs._ext.dashboard_picture import picture
from tests.synthesis import ROOT

SVG = "{http://www.w3.org/2000/svg}"
THRESHOLD = {"value": 5, "label": "errors >= 5", "color": "#d62728", "yAxis": "left"}


def widget(kind: str, y: int = 0, **properties: Any) -> dict[str, Any]:
    return {"type": kind, "x": 0, "y": y, "width": 12, "height": 6, "properties": properties}


BODY = {
    "widgets": [
        widget(
            "alarm", 0, title="Alarms", alarms=["arn:aws:cloudwatch:eu-west-1:1:alarm:slow", "<Errors.Arn>"]
        ),
        widget("text", 6, markdown="# Shop\nMade by <CloudFormation>"),
        widget(
            "metric",
            12,
            title="Orders: errors",
            metrics=[
                ["AWS/Lambda", "Errors", {"label": "errors", "stat": "Sum"}],
                ["AWS/Lambda", "Invocations", {"label": "hidden", "stat": "Sum", "visible": False}],
                [{"expression": "e", "label": "rate", "yAxis": "right"}],
            ],
            yAxis={"left": {"label": "errors a minute"}, "right": {"label": "percent"}},
            annotations={"horizontal": [THRESHOLD]},
        ),
        widget("metric", 18, title="Band", annotations={"alarms": ["<Band.Arn>"]}),
        widget(
            "log",
            24,
            title="Slowest",
            query="SOURCE 'a' | fields max(a, b) as tookMs, traceId\n| limit 9",
            view="table",
        ),
        widget("log", 30, title="Starts", query="SOURCE 'a' | stats count(b) as starts", view="timeSeries"),
    ]
}


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314 - made above


def lines(svg: str, colour: str) -> list[list[float]]:
    """The heights of the lines of one colour."""
    found = ET.fromstring(svg).iter(f"{SVG}polyline")  # noqa: S314 - made above
    return [
        [float(point.split(",")[1]) for point in element.attrib["points"].split()]
        for element in found
        if element.attrib["stroke"] == colour
    ]


LAYOUT = "Alarms|slow|Errors|Shop|Orders: errors|Band|Slowest|tookMs|traceId|Starts|starts"
LEGEND = "errors|rate|errors a minute|percent|errors >= 5"


@pytest.mark.parametrize("text", [*LAYOUT.split("|"), *LEGEND.split("|")])
def test_picture_says_what_the_body_says(text: str) -> None:
    assert text in texts(picture(BODY))


def test_what_the_body_hides_is_not_in_the_picture() -> None:
    assert "hidden" not in texts(picture(BODY))


def test_picture_says_that_its_lines_are_samples() -> None:
    assert "sample data" in texts(picture(BODY))[-1]


def test_picture_is_the_same_every_time() -> None:
    assert picture(BODY) == picture(json.loads(json.dumps(BODY)))


def test_sample_lines_stay_below_the_threshold() -> None:
    svg = picture({"widgets": [BODY["widgets"][2]]})
    ((level, _),) = lines(svg, THRESHOLD["color"])  # type: ignore[arg-type] # a colour
    (errors,) = lines(svg, "#1f77b4")
    assert min(errors) > level  # down is up


def test_given_values_are_drawn_in_place_of_samples() -> None:
    svg = picture(
        {"widgets": [BODY["widgets"][2]]}, {("Orders: errors", "errors"): [0, 10, 0]}, note="A real day"
    )
    ((level, _),) = lines(svg, THRESHOLD["color"])  # type: ignore[arg-type] # a colour
    (errors,) = lines(svg, "#1f77b4")
    assert errors[1] < level < errors[0]
    assert len(errors) == 3
    assert texts(svg)[-1] == "A real day"


def test_command_draws_the_dashboard_of_a_template(tmp_path: Path) -> None:
    parts = ["", [json.dumps(BODY)[:-1], ',"start":"', {"Ref": "Start"}, '"}']]
    dashboard = {"Type": "AWS::CloudWatch::Dashboard", "Properties": {"DashboardBody": {"Fn::Join": parts}}}
    (tmp_path / "template.json").write_text(json.dumps({"Resources": {"D": dashboard}}))
    subprocess.run(
        [
            sys.executable,
            "-m",
            "docs._ext.dashboard_picture",
            tmp_path / "template.json",
            tmp_path / "out.svg",
        ],
        cwd=ROOT,
        check=True,
    )
    assert (tmp_path / "out.svg").read_text() == picture(BODY)
