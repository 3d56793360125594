"""The replay, which computes many moments at once, comes to what a loop over moments comes to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from benchmarks.simple_replay import Metric, changes
from constructs_lib.replay import metric_states, replay
from constructs_lib.replay.alarms import MetricAlarm, alarms_of
from constructs_lib.replay.evaluation import BAND_COMPARISONS, COMPARISONS
from constructs_lib.replay.matching import Matching
from constructs_lib.replay.metric_states import Bands, Seen, follow
from constructs_lib.replay.statistics import Floats
from constructs_lib.replay.timelines.series import MetricSeries
from constructs_lib.replay.timelines.timeline import Timeline
from constructs_lib.template import NamePatterns, Values, template_of

# This one asks more of the long profile than the others: it is what all else rests on.
THOROUGH = settings(
    max_examples=10_000 if settings.get_current_profile_name() == "long" else 150,
    suppress_health_check=[HealthCheck.too_slow],
)
START = int(datetime(2026, 3, 2, 22, tzinfo=UTC).timestamp())
STATISTICS = (
    "Sum",
    "Average",
    "Minimum",
    "Maximum",
    "SampleCount",
    "p50",
    "p90",
    "p99",
    "p5",
    "tm90",
    "wm75",
    "ts50",
)
SAMPLES = st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0, 2.0, 3.0, -1.0, 4.0]), min_size=1, max_size=4)
DATAPOINTS: st.SearchStrategy[list[float]] = st.one_of(
    st.just([]), SAMPLES.map(lambda samples: samples[:1]), SAMPLES
)
NAMESPACES = ("Shop", "Shop", "Shop", "AWS/DynamoDB")
BAND = (0.5, 2.0)


@dataclass(frozen=True)
class Case:
    """What is replayed."""

    template: dict[str, Any]
    metrics: list[Metric]
    start: int
    end: int


def numbers(texts: str) -> st.SearchStrategy[str]:
    return st.sampled_from(texts.split())


def calls(form: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*parts).map(lambda given: form.format(*given))


OPERATORS = numbers("+ - * < <= > >= == != AND OR")
NUMBERS = numbers("0 1 2 0.5 3")
METRICS = numbers("m1 m2")


def of_one_moment(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Expressions whose datapoints are made of those of the same moment; the values stay exact."""
    either = inner | NUMBERS
    return st.one_of(
        calls("({} {} {})", inner, OPERATORS, either),
        calls("({} {} {})", NUMBERS, OPERATORS, inner),
        calls("IF({}, {}, {})", inner, either, either),
        calls("IF({}, {})", inner, either),
        calls("FILL({}, {})", inner, NUMBERS),
        calls("{}({})", numbers("ABS CEIL FLOOR -"), inner),
    )


def of_several(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Expressions that look at several datapoints, or at arrays."""
    arrays = st.one_of(
        st.sampled_from(["METRICS()", 'METRICS("2")']),
        calls("[{}, {}]", inner, inner),
        calls("FILL(METRICS(), {})", NUMBERS | inner),
    )
    return st.one_of(
        calls("{}({})", numbers("SUM MIN MAX"), arrays),
        calls("{}({})", numbers("DIFF RUNNING_SUM MINUTE HOUR"), inner),
        calls("FILL({}, {})", inner, st.just("REPEAT") | inner),
        calls("({} - {}({}))", inner, numbers("SUM MIN MAX"), inner),
        calls("TIME_SERIES({}({}))", numbers("SUM MIN MAX"), inner),
        calls("({} * PERIOD({}))", inner, METRICS),
    )


NAMES = numbers("m1 m2 e1")
INNER = st.recursive(METRICS, of_one_moment, max_leaves=3)
POINTWISE = st.recursive(NAMES, of_one_moment, max_leaves=5)
EXACT = st.recursive(NAMES, lambda inner: of_one_moment(inner) | of_several(inner), max_leaves=5)
EXPRESSIONS = st.one_of(
    POINTWISE,
    EXACT,
    calls("{}({})", numbers("DIFF RUNNING_SUM SUM MINUTE"), INNER).map(lambda text: f"({text} + 0 * m1)"),
    # What divides comes last: nothing is added up that is not exact.
    calls("({} / {})", EXACT, EXACT | NUMBERS),
    calls("RATE({})", EXACT),
    calls("AVG([{}, {}])", EXACT, EXACT),
)


@st.composite
def series(draw: st.DrawFn, name: str, seconds: int, periods: Sequence[int]) -> list[Metric]:
    """A metric; sometimes one that is not there, or that begins late."""
    period = draw(st.sampled_from(periods))
    most = seconds // period
    late = draw(st.integers(0, max(0, min(3, most - 1))))
    values = draw(st.lists(DATAPOINTS, max_size=most - late))
    dimensions = draw(st.sampled_from([{}, {"FunctionName": "f"}]))
    if not values:
        return []
    return [
        Metric(draw(st.sampled_from(NAMESPACES)), name, dimensions, period, START + late * period, values)
    ]


def located(metrics: list[Metric], name: str) -> dict[str, Any]:
    """The properties by which an alarm names a metric."""
    found = next((each for each in metrics if each.name == name), None)
    dimensions = (
        [] if found is None else [{"Name": key, "Value": each} for key, each in found.dimensions.items()]
    )
    return {"Namespace": found.namespace if found else "Shop", "MetricName": name, "Dimensions": dimensions}


@st.composite
def alarms(draw: st.DrawFn, metrics: list[Metric], name: str, period: int) -> dict[str, Any]:
    """A metric alarm; its statistic, expression and all that it can be told are drawn."""
    most = 4 if period < 3_600 else min(4, 604_800 // period)
    periods = draw(st.integers(1, most))
    common = {
        "AlarmName": name,
        "EvaluationPeriods": periods,
        "DatapointsToAlarm": draw(st.integers(1, periods)),
        "TreatMissingData": draw(st.sampled_from(["missing", "ignore", "breaching", "notBreaching"])),
        "EvaluateLowSampleCountPercentile": draw(st.sampled_from(["evaluate", "ignore"])),
    }
    statistics = st.sampled_from(STATISTICS)
    compared = {
        "ComparisonOperator": draw(st.sampled_from(list(COMPARISONS))),
        "Threshold": draw(st.sampled_from([0, 0.5, 1, 2, 5])),
    }
    kind = draw(st.sampled_from(["metric", "math", "math", "band"]))
    event(kind)
    if kind == "metric":
        statistic = draw(statistics)
        key = "Statistic" if statistic[0].isupper() else "ExtendedStatistic"
        return common | compared | located(metrics, "A") | {"Period": period, key: statistic}

    def query(id_: str, metric: str, *, shown: bool) -> dict[str, Any]:
        stat = {"Metric": located(metrics, metric), "Period": period, "Stat": draw(statistics)}
        return {"Id": id_, "MetricStat": stat, "ReturnData": shown}

    if kind == "band":
        band = {"Id": "band", "Expression": "ANOMALY_DETECTION_BAND(m1, 2)", "ReturnData": True}
        outside = draw(st.sampled_from(list(BAND_COMPARISONS)))
        return common | {
            "ComparisonOperator": outside,
            "ThresholdMetricId": "band",
            "Metrics": [query("m1", "A", shown=True), band],
        }
    inner = draw(INNER)
    return (
        common
        | compared
        | {
            "Metrics": [
                {"Id": "r", "Expression": draw(EXPRESSIONS)},
                {"Id": "e1", "Expression": inner, "ReturnData": False},
                query("m1", "A", shown=False),
                query("m2", "B", shown=False),
            ]
        }
    )


STATES = [f'{state}("{name}")' for state in ("ALARM", "OK", "INSUFFICIENT_DATA") for name in ("one", "two")]
RULES = st.recursive(
    st.sampled_from(["TRUE", "FALSE", *STATES]),
    lambda inner: st.one_of(calls("({} {} {})", inner, numbers("AND OR"), inner), calls("NOT {}", inner)),
    max_leaves=4,
)
SCALES = (
    # seconds of the timeline, periods of alarms, periods of series
    *[(150, (10, 20, 30), (1, 10, 30, 60))] * 3,
    *[(1_260, (60, 120, 300), (10, 60, 300))] * 6,
    (3 * 3_600, (3_600, 900), (60, 300, 3_600)),
    (2 * 86_400, (86_400, 43_200), (1_800, 3_600, 86_400)),
)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    seconds, periods, sizes = draw(st.sampled_from(SCALES))
    metrics = draw(series("A", seconds, sizes)) + draw(series("B", seconds, sizes))
    simple = {name: draw(alarms(metrics, name, draw(st.sampled_from(periods)))) for name in ("one", "two")}
    resources = {
        name: {"Type": "AWS::CloudWatch::Alarm", "Properties": each} for name, each in simple.items()
    }
    rules = {"both": draw(RULES), "outer": draw(RULES | st.just('ALARM("both") AND NOT OK("one")'))}
    resources |= {
        name: {
            "Type": "AWS::CloudWatch::CompositeAlarm",
            "Properties": {"AlarmName": name, "AlarmRule": rule},
        }
        for name, rule in rules.items()
    }
    # A timeline may begin before its metrics, and within a minute.
    start = START - draw(st.sampled_from([0, 60, 90]))
    return Case({"Resources": resources}, metrics, start, START + seconds + draw(st.sampled_from([0, 25])))


def timeline(case: Case) -> Timeline:
    found = [
        MetricSeries.of(
            each.namespace,
            each.name,
            each.dimensions,
            [samples_of(values) for values in each.values],
            start=each.start,
            period=each.period,
        )
        for each in case.metrics
    ]
    return Timeline(start=case.start, end=case.end, series=tuple(found))  # type: ignore[arg-type] # any Instant


def samples_of(values: Sequence[float]) -> Any:
    """One way to write samples: some alone, some in lists, and some with weights."""
    if len(values) < 2:
        return values[0] if values else None
    if len(set(values)) == len(values):
        return list(values)
    different = sorted(set(values))
    return {
        "count": len(values),
        "sum": sum(values),
        "minimum": min(values),
        "maximum": max(values),
        "samples": different,
        "weights": [list(values).count(each) for each in different],
    }


def fixed(_alarm: MetricAlarm, ends: Floats, _values: Floats) -> tuple[Floats, Floats]:
    return np.full(len(ends), BAND[0]), np.full(len(ends), BAND[1])


@THOROUGH
@given(cases())
def test_a_replay_comes_to_what_a_simple_loop_comes_to(case: Case) -> None:
    report = replay(case.template, timeline(case), bands=fixed)

    assert report.stacks[0].unreadable == ()
    found = sorted((each.at, each.alarm.name, each.after) for each in report.transitions)
    assert found == sorted(changes(case.template, case.metrics, case.start, case.end, BAND))


def seen_by(case: Case, bands: Bands = fixed) -> list[Seen]:
    template, over = template_of(case.template), timeline(case)
    matching = Matching(timeline=over, patterns=NamePatterns(template))
    return [
        follow(each, matching.find, bands, over.start.timestamp(), over.end.timestamp())
        for each in alarms_of(template, Values(template))
        if isinstance(each, MetricAlarm) and each.band is None
    ]


@THOROUGH
@given(cases())
def test_what_is_computed_once_a_moment_is_what_is_computed_once_an_evaluation(case: Case) -> None:
    once = seen_by(case)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(metric_states, "is_pointwise", lambda _alarm: False)
        each_time = seen_by(case)

    for fast, slow in zip(once, each_time, strict=True):
        assert fast.states.tolist() == slow.states.tolist()
        np.testing.assert_array_equal(fast.values, slow.values)


@given(cases())
def test_an_evaluation_in_parts_is_the_same(case: Case) -> None:
    whole = seen_by(case)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(metric_states, "_MOST_CELLS", 50)
        in_parts = seen_by(case)

    for one, other in zip(whole, in_parts, strict=True):
        assert one.states.tolist() == other.states.tolist()
        np.testing.assert_array_equal(one.values, other.values)
