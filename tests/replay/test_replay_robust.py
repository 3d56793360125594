"""Whatever a template, a timeline or an expression is: it is replayed, or there is one clear line about it."""

import copy
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from constructs_lib.replay import Report, replay
from constructs_lib.replay.timelines.errors import TimelineError
from constructs_lib.replay.timelines.series import MetricSeries
from constructs_lib.replay.timelines.timeline import Timeline
from constructs_lib.template import TemplateError
from tests.replay.small_app import START, TOPIC, alarm, app, composite, mute, timeline

SNAPSHOTS = Path(__file__).parents[1] / "stacks" / "__snapshots__" / "test_order_service"
ORDER_SERVICE = json.loads((SNAPSHOTS / "test_the_template_is_as_the_snapshot_shows.json").read_text())
KINDS = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm", "AWS::CloudWatch::AlarmMuteRule")
MINUTES = timeline(A="0123-1", B="1-1010")
SMALL = app(
    A=alarm("A"),
    B=alarm(
        "B",
        **dict.fromkeys(("Namespace", "MetricName", "Statistic", "Period")),
        Metrics=[
            {"Id": "r", "Expression": "IF(m > 1, 100 * m / FILL(n, 1), 0)"},
            *(
                {
                    "Id": id_,
                    "ReturnData": False,
                    "MetricStat": {"Metric": {"Namespace": "Shop", "MetricName": id_}, "Period": 60, "Stat": "p90"},
                }
                for id_ in ("m", "n")
            ),
        ],
    ),
    C=composite("C", 'ALARM("A") AND AT_LEAST(1, NOT OK, (A, B))', ActionsSuppressor="A"),
    M=mute(["A"], at="2026-03-02T09:01", lasts="PT2M"),
) | {
    "Parameters": {"P": {"Type": "String", "Default": "x"}},
    "Conditions": {"Always": {"Fn::Equals": ["a", {"Ref": "P"}]}},
    "Mappings": {"Map": {"a": {"b": 1}}},
}  # fmt: skip

NUMBERS = (7, 10, 45, 10**6, 10**12, 10**400, -1.5, 1e308, float("nan"), float("inf"), -float("inf"))
TEXTS = (
    "",
    "0",
    "-1",
    "x",
    "1e999",
    "NaN",
    "A\nB",
    "${A}",
    "${",
    "\0",
    "\ud800",
    "AWS::NoValue",
    "a" * 3_000,
)
EXPRESSIONS = (
    "r",
    "m",
    "m + r",
    "RATE(",
    "SUM(METRICS())",
    "ALARM(C)",
    "NOT",
    "TRUE",
    "p101",
    "p0",
    "TM(1:0)",
)
MOMENTS = (
    "cron(* * * * *)",
    "cron(0 9 31 2 *)",
    "at(9999-12-31T23:59)",
    "at(0001-01-01T00:00)",
    "P15D",
    "Mars/Here",
)
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 3),
    *(st.sampled_from(some) for some in (NUMBERS, TEXTS, EXPRESSIONS, MOMENTS)),
    st.text(max_size=4),
)
INTRINSICS = ("Ref", "Condition", "Fn::Sub", "Fn::Join", "Fn::GetAtt", "Fn::If", "Fn::Select", "Fn::Split")
LOGIC = ("Fn::FindInMap", "Fn::Equals", "Fn::Not", "Fn::And", "Fn::Or")
FUNCTIONS = st.sampled_from((*INTRINSICS, *LOGIC))
ODD = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            FUNCTIONS | st.sampled_from(["Id", "Name", "Value", "Expression"]), inner, max_size=2
        ),
        st.builds(lambda name, given: {name: given}, FUNCTIONS, inner),
    ),
    max_leaves=4,
)


def places(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where there is something in nested lists and objects."""
    if above:
        yield above
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield from places(part, (*above, key))


ALARMS = {
    **ORDER_SERVICE,
    "Resources": {name: body for name, body in ORDER_SERVICE["Resources"].items() if body["Type"] in KINDS},
}
TEMPLATES = {"small": SMALL, "order service": ALARMS}


@st.composite
def mutations(draw: st.DrawFn, name: str) -> Any:
    """A template of which something is replaced, or left out."""
    mutated = copy.deepcopy(TEMPLATES[name])
    for _ in range(draw(st.integers(1, 3))):
        *way, last = draw(st.sampled_from(list(places(mutated))))
        inside = mutated
        for key in way:
            inside = inside[key]
        if draw(st.integers(0, 3)):
            inside[last] = draw(ODD)
        elif way:
            del inside[last]
    return mutated


def replayed(template: Any, over: Timeline = MINUTES, **more: Any) -> Report | None:
    """A report in which every alarm that is not evaluated has one line; None where there is an error in one line."""
    try:
        report = replay(template, over, **more)
    except (TemplateError, TimelineError) as error:
        said = str(error)
        report = None
    if report is None:
        assert len(said.splitlines()) == 1
        return None
    for stack in report.stacks:
        for each in stack.unreadable:
            assert len(each.problem.splitlines()) == 1, each
            assert len(each.problem) < 1_000
    return report


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=settings().max_examples * 8)
@given(mutations("small"))
def test_a_small_template_with_something_odd_in_it(template: Any) -> None:
    replayed(template)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(mutations("order service"))
def test_the_order_service_with_something_odd_in_it(template: Any) -> None:
    replayed(template)


def test_the_order_service_is_replayed_whole() -> None:
    report = replayed(ORDER_SERVICE)

    assert report is not None
    assert report.stacks[0].unreadable == ()
    assert len(report.stacks[0].alarms) == sum(
        body["Type"] in KINDS[:2] for body in ORDER_SERVICE["Resources"].values()
    )


def unreadable(template: dict[str, Any]) -> list[str]:
    report = replayed(template)
    assert report is not None
    return [f"{each.id}: {each.problem}" for each in report.stacks[0].unreadable]


@pytest.mark.parametrize(
    ("properties", "problem"),
    [
        ({"Period": 7}, "its period is 7 seconds: CloudWatch takes 10, 20, 30 and multiples of 60"),
        ({"Period": 90}, "its period is 90 seconds"),
        (
            {"Period": 60, "EvaluationPeriods": 1_441},
            "1441 periods of 60 seconds are more than 86400 seconds",
        ),
        (
            {"Period": 3_600, "EvaluationPeriods": 169},
            "169 periods of 3600 seconds are more than 604800 seconds",
        ),
        ({"EvaluationPeriods": 0}, "0 of 0 evaluation periods cannot alarm"),
        ({"EvaluationPeriods": float("inf")}, "cannot convert float infinity to integer"),
        ({"EvaluationPeriods": 2, "DatapointsToAlarm": 3}, "3 of 2 evaluation periods cannot alarm"),
        ({"Threshold": None}, "it has no Threshold"),
        (
            {"EvaluationWindow": {"WallClockWindow": {"Timezone": "UTC"}}},
            "its EvaluationWindow makes it one of a wall clock, which is not evaluated here",
        ),
        (
            {"EvaluationCriteria": {"PromQLCriteria": {"Query": "up == 0"}}, "ComparisonOperator": None},
            "its EvaluationCriteria makes it one of PromQL",
        ),
        ({"Threshold": "ten\nand more"}, "could not convert string to float"),
        ({"Namespace": None}, "it has no 'Namespace'"),
        ({"Statistic": "Median"}, "'Median' is no statistic of CloudWatch"),
        ({"ComparisonOperator": "Above"}, "its ComparisonOperator is 'Above'"),
        ({"Dimensions": 3}, "'int' object is not iterable"),
    ],
)
def test_an_alarm_that_cannot_be_evaluated_is_told_and_the_others_are(
    properties: dict[str, Any], problem: str
) -> None:
    template = app(Broken=alarm("A", **properties), Whole=alarm("B"))
    (line,) = unreadable(template)

    assert line.startswith(f"Broken: {problem}")
    report = replay(template, MINUTES)
    assert [each.id for each in report.stacks[0].alarms] == ["Whole"]
    assert report.rang("Whole")


def test_an_alarm_that_says_that_its_window_slides_is_evaluated() -> None:
    assert unreadable(app(A=alarm("A", EvaluationWindow={"SlidingWindow": {}}))) == []


def math(*expressions: str) -> dict[str, Any]:
    """An alarm on the first of some expressions, which are called e0, e1 and so on."""
    queries = [
        {"Id": f"e{number}", "Expression": text, "ReturnData": number == 0}
        for number, text in enumerate(expressions)
    ]
    none = dict.fromkeys(("Namespace", "MetricName", "Statistic", "Period"))
    return alarm("X", **none, Metrics=queries)


@pytest.fixture
def ordinary_depth() -> Iterator[None]:
    """As deep as Python lets a program call, whatever other tests in this process have allowed."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(1_000)
    yield
    sys.setrecursionlimit(before)


@pytest.mark.parametrize(
    ("expressions", "problem"),
    [
        (["e0 + 1"], "the expression e0 names itself."),
        (["e1", "e2", "e1"], "the expression e1 names itself."),
        (["e9"], "nothing has the id e9"),
        (["1 +"], "the text ends too early"),
        (["SEARCH('x', 'Sum')"], "SEARCH is not evaluated here"),
        (["5"], "the result has to be a time series, not a scalar"),
        (["(" * 900 + "e1" + ")" * 900, "TIME_SERIES(1)"], ""),
        ([*(f"e{number + 1}" for number in range(2_000)), "TIME_SERIES(1)"], "its expressions lead too deep"),
    ],
)
@pytest.mark.usefixtures("ordinary_depth")
def test_expressions_that_cannot_be_evaluated_are_told(expressions: list[str], problem: str) -> None:
    found = unreadable(app(X=math(*expressions)))

    assert len(found) == bool(problem)
    assert all(line.startswith(f"X: {problem}") for line in found)


@pytest.mark.parametrize(
    "rule", ["", "ALARM(", "ALARM(X) XOR ALARM(Y)", "AT_LEAST(200%, ALARM, ())", "\n(\n"]
)
def test_rules_that_cannot_be_read_are_told(rule: str) -> None:
    assert len(unreadable(app(C=composite("C", rule)))) == 1


def test_composite_alarms_that_wait_for_each_other_are_told() -> None:
    found = unreadable(
        app(C=composite("C", "ALARM(D)"), D=composite("D", "ALARM(C)"), E=composite("E", "TRUE"))
    )
    assert found == ["C: its rule leads into a circle", "D: its rule leads into a circle"]


def test_a_condition_that_leads_back_to_itself_is_told() -> None:
    template = app(A=alarm("A") | {"Condition": "Round"}) | {"Conditions": {"Round": {"Condition": "Round"}}}
    assert len(unreadable(template)) == 1


@pytest.mark.usefixtures("ordinary_depth")
def test_properties_that_are_nested_too_deep_are_told() -> None:
    deep: Any = "x"
    for _ in range(3_000):
        deep = [deep]
    assert len(unreadable(app(A=alarm("A", AlarmActions=deep)))) == 1


@pytest.mark.parametrize("section", ["Parameters", "Conditions", "Mappings", "Resources"])
@pytest.mark.parametrize("body", [["x"], 3, "x"])
def test_a_template_whose_sections_are_no_objects_is_refused(section: str, body: object) -> None:
    assert replayed(app(A=alarm("A")) | {section: body}) is None


@pytest.mark.parametrize("source", [{}, [], None, 3, "no such file", "a\0b", b"x"])
def test_what_is_no_template_is_refused(source: Any) -> None:
    assert replayed(source) is None


@pytest.mark.parametrize(
    "text", ["", "[]", "{", "[" * 100_000, '{"Resources": ' + "9" * 5_000 + "}", "\0", "a: [", "%"]
)
@pytest.mark.parametrize("name", ["t.json", "t.yaml", "t"])
def test_a_file_that_holds_no_template_is_refused(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert replayed(tmp_path / name) is None


def test_a_timeline_that_is_longer_than_cloudwatch_keeps_data_is_refused() -> None:
    with pytest.raises(TimelineError, match=r"it lasts 456 days, and 455 are the most. Take a part"):
        replay(SMALL, Timeline(start=0, end=456 * 86_400))  # type: ignore[arg-type] # any Instant


def test_a_timeline_that_ends_with_the_last_date_is_refused() -> None:
    last = 253_402_300_799
    with pytest.raises(TimelineError, match="it ends in the year 9999"):
        replay(SMALL, Timeline(start=last - 60, end=last))  # type: ignore[arg-type] # any Instant


@pytest.mark.parametrize("at", ["0001-01-01T00:00", "9999-12-31T23:59"])
@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
def test_a_mute_rule_at_the_end_of_all_dates_is_told(at: str, zone: str) -> None:
    rule = mute(["A"], at=at, lasts="P15D")
    rule["Properties"]["Rule"]["Schedule"]["Timezone"] = zone
    assert unreadable(app(A=alarm("A"), M=rule)) == [f"M: at({at}) is not between 1970 and 9998"]


def test_windows_that_follow_each_other_mute_without_a_gap() -> None:
    rule = mute(["A"], at="", lasts="PT1M")
    rule["Properties"]["Rule"]["Schedule"]["Expression"] = "cron(* * * * *)"
    report = replay(app(A=alarm("A", AlarmActions=[TOPIC]), M=rule), timeline(A="00110101"))
    assert {each.status for each in report.notifications} == {"muted"}


def test_a_timeline_of_nothing_leaves_alarms_as_they_are() -> None:
    report = replay(SMALL, Timeline(start=START, end=START))

    assert {each.id for each in report.unfed} == {"A", "B"}
    assert {each.alarm.name for each in report.transitions} == {"C"}


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=settings().max_examples * 4)
@given(
    st.lists(
        st.none()
        | st.floats(allow_nan=False, allow_infinity=False, min_value=-(2.0**360), max_value=2.0**360)
        | st.lists(st.floats(-(2.0**360), 2.0**360), max_size=3)
        | st.sampled_from([{"sum": 3}, {"count": 2, "minimum": 1, "maximum": 5}, {}]),
        min_size=1,
        max_size=8,
    ),
    st.sampled_from(["Sum", "Average", "SampleCount", "p99", "tm50", "WM(1:2)", "PR(:0)", "IQM"]),
    st.sampled_from([10, 60, 300]),
)
def test_any_series_is_replayed(values: list[Any], statistic: str, period: int) -> None:
    series = MetricSeries.of("Shop", "A", {}, values, start=START, period=period)
    key = "Statistic" if statistic[0] in "SA" else "ExtendedStatistic"
    watched = app(A=alarm("A", **{"Statistic": None, key: statistic}), B=alarm("B"))

    report = replayed(watched, Timeline.of([series]))

    assert report is not None
    assert report.stacks[0].unreadable == ()
