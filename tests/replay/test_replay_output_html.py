"""A replay's report as a page."""

import base64
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plotly import graph_objects

from constructs_lib.replay import Report
from constructs_lib.replay.metric_states import Seen
from constructs_lib.replay.output import drawing
from constructs_lib.replay.output.charts import chart_of
from constructs_lib.replay.output.drawing import COLUMNS, drawn_points
from constructs_lib.replay.output.histories import History, Interval, histories_of
from constructs_lib.replay.output.html import html_of
from tests.replay.output_cases import NASTY, large_report, misspelt, small_report, small_template


class Page(HTMLParser):
    """The elements of a page, in order, with their attributes and their own text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None], list[str]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs), []))

    def handle_data(self, data: str) -> None:
        if self.elements:
            self.elements[-1][2].append(data)

    def texts(self, tag: str, **attributes: str) -> list[str]:
        return [
            " ".join("".join(texts).split())
            for found, has, texts in self.elements
            if found == tag and attributes.items() <= has.items()
        ]


@pytest.fixture(scope="module")
def report() -> Report:
    return small_report()


@pytest.fixture(scope="module")
def text(report: Report) -> str:
    return html_of(report)


@pytest.fixture(scope="module")
def page(text: str) -> Page:
    return Page(text)


def decoded(array: Any) -> Any:
    """The numbers of an array of a chart."""
    return np.frombuffer(base64.b64decode(array["bdata"]), dtype=f"<{array['dtype']}")


def history(report: Report, path: str) -> History:
    return next(each for each in histories_of(report, report.stacks[0]) if each.alarm.path == path)


def seen_of(values: list[float | None]) -> Seen:
    numbers = np.array([np.nan if each is None else each for each in values])
    return Seen(
        alarm=None,  # type: ignore[arg-type] # nothing of it is drawn
        moments=60 * np.arange(len(values), dtype=np.float64),
        values=numbers,
        lower=None,
        upper=None,
        states=(np.nan_to_num(numbers) > 5).astype(np.int8),
        fed=True,
    )


def test_alarms_that_rang_come_first_then_quiet_ones(page: Page) -> None:
    names = page.texts("h3")
    assert names[:4] == ["Orders/Calm", "Orders/Errors", "Orders/Health", "Orders/Off"]
    assert set(names[4:]) == {
        f"Orders/{NASTY.replace('/', '|')}",
        "Orders/Anomaly",
        "Orders/Silent",
    }


def test_every_alarm_with_data_has_a_chart_that_plotly_takes(page: Page, report: Report) -> None:
    charts = [json.loads(each) for each in page.texts("script", type="application/json")]
    assert len(charts) == len(page.texts("h3")) == 7
    for chart in charts:
        figure = graph_objects.Figure(chart)  # it refuses what Plotly does not know
        assert figure.layout.xaxis.range == (
            report.start.timestamp() * 1_000,
            report.end.timestamp() * 1_000,
        )
        assert len(figure.layout.shapes) == 2


def test_a_chart_has_metric_threshold_states_and_rings(report: Report) -> None:
    chart = chart_of(history(report, "Orders/Errors"), report.marks)
    states, rings, values, threshold = chart["data"]
    assert states["text"][0] == ["INSUFFICIENT_DATA", "OK", "ALARM", "OK"]
    noon = report.marks[0].start.timestamp()
    assert rings["x"] == [(noon + 120) * 1_000]
    assert max(decoded(values["y"])) == 30.0
    assert threshold["y"] == [5, 5]
    incident = chart["layout"]["shapes"][0]
    assert (incident["x0"], incident["x1"]) == (noon * 1_000, (noon + 2_400) * 1_000)


def test_an_anomaly_alarm_has_its_band(report: Report) -> None:
    _, lower, upper, values = chart_of(history(report, "Orders/Anomaly"), report.marks)["data"]
    assert upper["fill"] == "tonexty"
    low, high = decoded(lower["y"]), decoded(upper["y"])
    assert len(low) == len(high) == len(decoded(upper["x"])) > 10
    assert (low < high).all()
    assert len(decoded(values["y"])) > 10


def test_a_composite_alarm_has_states_alone(report: Report) -> None:
    chart = chart_of(history(report, "Orders/Health"), report.marks)
    assert [each["type"] for each in chart["data"]] == ["heatmap", "scatter"]
    assert chart["data"][1]["mode"] == "markers"


def test_an_alarm_that_flaps_for_days_is_drawn_in_as_many_parts_as_can_be_seen(report: Report) -> None:
    flapping = tuple(
        Interval(start=60.0 * index, end=60.0 * (index + 1), state="ALARM" if index % 7 == 3 else "OK")
        for index in range(43_200)
    )
    calm = replace(history(report, "Orders/Health"), intervals=flapping)
    states, rings = chart_of(calm, ())["data"]
    assert len(states["z"][0]) + 1 == len(states["x"]) <= COLUMNS + 1
    assert (states["x"][0], states["x"][-1]) == (0, 43_200 * 60_000)
    assert states["text"][0].count("ALARM") == len(rings["x"]) > 0


def test_names_are_text_and_never_markup(text: str, page: Page) -> None:
    name = NASTY.replace("/", "|")
    assert any(name in each for each in page.texts("h3"))
    assert "<script>alert" not in text
    assert not [each for tag, _, texts in page.elements if tag == "b" for each in texts if "[red]" in each]


def test_names_of_incidents_alarms_and_metrics_are_text() -> None:
    template = small_template()
    template["Resources"]["Errors"]["Metadata"]["aws:cdk:path"] = f"Shop/{NASTY}/Resource"
    template["Resources"]["Lost"]["Properties"]["MetricName"] = NASTY
    template["Resources"]["Odd"]["Properties"]["ComparisonOperator"] = NASTY
    text = html_of(small_report(template))
    assert NASTY not in text
    assert "<script>alert" not in text
    assert text.count("</script>") == text.count("<script")


def test_nothing_is_loaded_from_anywhere(text: str, page: Page) -> None:
    loading = {"src", "href", "action", "data", "poster", "srcset"}
    assert not [has for _, has, _ in page.elements if loading & has.keys()]
    assert not [tag for tag, _, _ in page.elements if tag in ("link", "iframe", "img", "object", "base")]
    policy = next(has["content"] for _, has, _ in page.elements if "http-equiv" in has)
    assert policy is not None
    assert policy.startswith("default-src 'none';")
    assert "http" not in policy
    style = text[text.index("<style>") : text.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style


def test_alarms_without_data_are_listed_with_what_they_wait_for(page: Page) -> None:
    cells = page.texts("td")
    at = cells.index("Orders/Lost")
    assert cells[at + 1] == "INSUFFICIENT_DATA"
    assert "Shop Lost" in page.texts("div")


def test_metrics_that_alarms_lack_and_those_that_none_reads_are_listed() -> None:
    page = Page(html_of(misspelt(1)))
    assert "The timeline lacks Shop Orders." in page.texts("p", **{"class": "rule"})
    assert {"Errrors", "Shop Order Shop=00", "Shop Visit Shop=00"} <= set(page.texts("div"))


def test_incidents_notifications_and_assumptions_are_listed(page: Page, report: Report) -> None:
    cells = page.texts("td")
    assert {"bad deploy", "nobody saw", "no alarm rang", "nobody was told", "on-call, Everyone"} <= set(cells)
    statuses = [
        "".join(texts).strip()
        for _, has, texts in page.elements
        if (has.get("class") or "").startswith("tag status-")
    ]
    assert statuses == ["sent", "disabled", "sent", "suppressed"]
    assert page.texts("dt") == [each.name for each in report.assumptions]
    assert page.texts("cite") == [each.source for each in report.assumptions]


def test_a_stand_in_for_bands_is_called_approximate(page: Page) -> None:
    assert page.texts("p", **{"class": "note"})[0].startswith("Anomaly bands are")
    assert page.texts("span", **{"class": "tag warn"}) == ["approximate"]
    template = small_template()
    del template["Resources"]["Anomaly"]
    assert not Page(html_of(small_report(template))).texts("p", **{"class": "note"})


def test_every_alarm_can_be_searched_for(page: Page) -> None:
    searched = [has["data-text"] or "" for _, has, _ in page.elements if "data-text" in has]
    assert any(each.startswith("orders/errors template sum of shop errors") for each in searched)
    assert any(each.startswith("orders/lost") for each in searched)
    assert any(each.startswith("orders/odd") for each in searched)


def test_colours_fit_a_light_and_a_dark_page(text: str) -> None:
    style = text[text.index("<style>") : text.index("</style>")]
    assert "color-scheme: light dark" in style
    assert {"--paper", "--ink"} <= set(re.findall(r"(--\w+): light-dark\(", style))


def test_two_hundred_alarms_add_little_to_what_draws_them() -> None:
    one, many = (len(html_of(large_report(count))) for count in (1, 200))
    assert (many - one) / 199 < 8_000


def test_extremes_and_gaps_of_each_part_of_the_time_are_drawn() -> None:
    random = np.random.default_rng(5)
    values: list[float | None] = random.normal(0, 1, 43_200).tolist()
    values[1_000:1_200] = [None] * 200
    values[20_000], values[30_000] = 1_000.0, -1_000.0
    index = drawn_points(seen_of(values))
    assert {20_000, 30_000, 0, 43_199} <= set(index.tolist())
    assert np.isnan(np.array([values[each] for each in index], dtype=float)).any()
    assert len(index) < 3 * COLUMNS


def test_all_is_drawn_around_a_change_of_state() -> None:
    values = np.random.default_rng(5).normal(0, 1, 43_200)
    values[20_000:20_100] = 10.0 + np.arange(100)
    index = set(drawn_points(seen_of(values.tolist())).tolist())
    assert set(range(19_975, 20_025)) <= index


@given(
    st.lists(st.one_of(st.none(), st.integers(0, 9).map(float)), min_size=1, max_size=200),
    st.integers(1, 40),
)
def test_a_drawing_keeps_ends_and_extremes_of_any_values(values: list[float | None], columns: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drawing, "COLUMNS", columns)
        index = drawn_points(seen_of(values))
    assert index[0] == 0
    assert index[-1] == len(values) - 1
    assert (np.diff(index) > 0).all()
    drawn = [values[each] for each in index]
    known, kept = ([each for each in some if each is not None] for some in (values, drawn))
    assert (max(known, default=None), min(known, default=None)) == (
        max(kept, default=None),
        min(kept, default=None),
    )
    assert (None in values) == (None in drawn)
