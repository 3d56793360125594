"""What an alarm sees, and when it is evaluated."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from constructs_lib.replay import Report, replay
from constructs_lib.replay.alarms import MetricAlarm, alarms_of
from constructs_lib.replay.pointwise import is_pointwise
from constructs_lib.replay.timelines.series import MetricSeries
from constructs_lib.replay.timelines.timeline import Timeline
from constructs_lib.template import Values, template_of
from tests.replay.small_app import START, alarm, app, minute, timeline

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)


def series(values: Any, *, name: str = "A", **more: Any) -> MetricSeries:
    return MetricSeries.of("Shop", name, {}, values, **{"start": START, **more})


def rings(report: Report) -> list[float]:
    """The minutes at which the one alarm went to ALARM."""
    return [minute(each.at) for each in report.transitions if each.after == "ALARM"]


def changes(report: Report) -> list[tuple[float, str]]:
    return [(minute(each.at), each.after) for each in report.transitions]


def seen(report: Report) -> list[float | None]:
    (found,) = report.stacks[0].seen
    return [None if np.isnan(value) else float(value) for value in found.values]


def math(
    expression: str, *names: str, statistic: str = "Sum", period: int = 60, **more: Any
) -> dict[str, Any]:
    """An alarm on an expression of metrics, each with its name in small letters as its id."""
    queries = [
        {
            "Id": name.lower(),
            "ReturnData": False,
            "MetricStat": {
                "Metric": {"Namespace": "Shop", "MetricName": name},
                "Period": period,
                "Stat": statistic,
            },
        }
        for name in names
    ]
    none = dict.fromkeys(("Namespace", "MetricName", "Statistic", "Period"))
    return alarm("Math", **{**none, "Metrics": [{"Id": "r", "Expression": expression}, *queries], **more})


# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html


def test_an_alarm_on_five_minutes_looks_at_minutes_1_to_5_and_then_at_minutes_2_to_6() -> None:
    # "at the end of minute 5, the alarm evaluates based on data from minutes 1 to 5. Then at the end of minute 6, the
    # alarm is evaluated based on the data from minutes 2 to 6."
    watched = app(A=alarm("A", Period=300, Threshold=1))

    assert seen(replay(watched, timeline(A="1234567")))[4:] == [15, 20, 25]
    assert changes(replay(watched, timeline(A="10000000"))) == [(1, "ALARM"), (6, "OK")]


def test_an_alarm_on_days_is_evaluated_every_hour_on_what_was_there_when_the_hour_began() -> None:
    """A job runs every three days at 10:00. At 10:02 it fails, at 11:43 it is repeated and succeeds.

    "At 10:03, the alarm evaluates and stays in OK state, because the evaluation considers data only up to 10:00. At
    11:03, the alarm considers data up to 11:00 and goes into ALARM state. [...] At 12:03, the alarm evaluates again,
    sees the successful job, and returns to OK state."
    """
    minutes: list[float | None] = [None] * (4 * 1_440)
    ran, failed, repeated = (
        timedelta(days=days, hours=hours, minutes=at)
        for days, hours, at in ((0, 10, 1), (3, 10, 2), (3, 11, 43))
    )
    for moment, succeeded in ((ran, 1), (failed, 0), (repeated, 1)):
        minutes[int(moment / timedelta(minutes=1))] = succeeded
    job = app(A=alarm("A", Period=3 * 86_400, ComparisonOperator="LessThanThreshold"))

    report = replay(job, Timeline.of([series(minutes, start=MIDNIGHT)]))

    assert [(each.at - MIDNIGHT.timestamp(), each.after) for each in report.transitions] == [
        (timedelta(hours=1).total_seconds(), "OK"),
        (timedelta(days=3, hours=11).total_seconds(), "ALARM"),
        (timedelta(days=3, hours=12).total_seconds(), "OK"),
    ]
    assert np.diff(report.stacks[0].seen[0].moments).tolist() == [3_600.0] * 95


@pytest.mark.parametrize(
    ("period", "periods", "apart"),
    [
        (10, 1, 10),
        (20, 3, 10),
        (30, 2, 10),
        (60, 5, 60),
        (300, 1, 60),
        (3_600, 24, 60),
        (86_400, 1, 60),
        (3_600, 25, 3_600),
        (86_400, 2, 3_600),
    ],
)
def test_how_often_an_alarm_is_evaluated(period: int, periods: int, apart: int) -> None:
    template = app(A=alarm("A", Period=period, EvaluationPeriods=periods))
    (found,) = replay(template, timeline(A="1" * 180)).stacks[0].seen

    assert set(np.diff(found.moments)) == {apart}
    assert found.moments[0] == START.timestamp() + apart


def test_an_alarm_on_a_day_is_evaluated_every_minute_over_the_last_24_hours() -> None:
    values = [1.0] + [0.0] * (2 * 1_440 - 1)
    assert changes(replay(app(A=alarm("A", Period=86_400)), timeline(A=values))) == [
        (1, "ALARM"),
        (1_441, "OK"),
    ]


def test_an_alarm_of_high_resolution_rings_within_seconds() -> None:
    found = replay(
        app(A=alarm("A", Period=10, EvaluationPeriods=2)),
        Timeline.of([series([0] * 6 + [1] * 3 + [0] * 3, period=10)]),
    )
    assert [(60 * at, state) for at, state in changes(found)] == [(10, "OK"), (80, "ALARM"), (100, "OK")]


def test_an_alarm_on_thirty_seconds_is_evaluated_every_ten() -> None:
    found = replay(
        app(A=alarm("A", Period=30, Threshold=3)),
        Timeline.of([series([1] * 4 + [0] * 5, period=10)]),
    )
    assert [(60 * at, state) for at, state in changes(found)] == [(10, "OK"), (30, "ALARM"), (50, "OK")]


def test_an_alarm_of_high_resolution_on_a_metric_of_minutes_often_lacks_data() -> None:
    # "it does not receive data for the attempts that do not correspond to a one-minute data resolution":
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    found = replay(app(A=alarm("A", Period=10, TreatMissingData="missing")), timeline(A="222"))
    assert {state for _, state in changes(found)} == {"ALARM", "INSUFFICIENT_DATA"}


# What there is of a metric


def test_a_period_is_known_when_it_is_over_and_not_before() -> None:
    five_minutes = Timeline.of([series([0, 9, 0], period=300)])
    assert rings(replay(app(A=alarm("A", Period=300, Threshold=9)), five_minutes)) == [10]


def test_a_statistic_that_an_export_tells_holds_until_the_next_one() -> None:
    given = series([{}, {}], period=300, given={"p99": np.array([7.0, 3.0])})
    report = replay(
        app(A=alarm("A", Period=300, Statistic=None, ExtendedStatistic="p99")), Timeline.of([given])
    )

    assert seen(report) == [None] * 4 + [7.0] * 5 + [3.0]


def test_a_statistic_that_an_export_does_not_tell_is_missing() -> None:
    sums = Timeline.of([series([{"sum": 3}, {"sum": 5}])])

    assert seen(replay(app(A=alarm("A")), sums)) == [3, 5]
    assert seen(replay(app(A=alarm("A", Statistic="Average")), sums)) == [None, None]


def test_metrics_that_the_timeline_does_not_have_are_told() -> None:
    template = app(A=alarm("A"), B=alarm("B"), R=math("c / a", "A", "C"))
    assert [each.id for each in replay(template, timeline(A="1")).unfed] == ["B"]


def test_a_timeline_that_begins_within_a_minute_is_evaluated_at_whole_minutes() -> None:
    start = START + timedelta(seconds=30)
    over = Timeline.of([series([0, 2, 0], start=start, period=30)])
    assert rings(replay(app(A=alarm("A")), over)) == [2]


# Expressions


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("a + b", [3, 2, 1, None]),
        ("IF(a > 0, 100 * b / a, 0)", [50, None, 0, None]),
        ("DIFF(a)", [None, None, -2, None]),
        ("FILL(a, REPEAT)", [2, 2, 0, 0]),
        ("RUNNING_SUM(FILL(a, 0)) - a", [0, 2, 2, 0]),
        ("SUM([a, b])", [3, 2, 1, None]),
        ("a * 0 + SUM(a)", [2, None, 2, None]),
        ("b * 0 + PERIOD(a)", [60, 60, 60, None]),
        ("MINUTE(b)", [0, 1, 2, 3]),
    ],
)
def test_expressions_are_computed_over_the_evaluation_range(
    expression: str, expected: list[float | None]
) -> None:
    over = timeline(A=[2, None, 0, None], B=[1, 2, 1, None])
    # AWS drops what divides by zero, and takes what one of two series misses for 0.
    wanted = [None if value is None else float(value) for value in expected]
    assert seen(replay(app(R=math(expression, "A", "B")), over)) == wanted


@pytest.mark.parametrize(
    ("expression", "is_so"),
    [
        ("a / b", True),
        ("IF(a > 1 AND b < 2, ABS(-a), CEIL(b)) ^ 2", True),
        ("FILL(a, 0) + b", True),
        ("SERVICE_QUOTA(a)", True),
        ("FILL(a, b)", False),
        ("FILL(a, REPEAT)", False),
        ("RATE(a)", False),
        ("RUNNING_SUM(a)", False),
        ("a - AVG(a)", False),
        ("SUM([a, b])", False),
        ("SUM(METRICS())", False),
        ("MINUTE(a)", False),
    ],
)
def test_only_what_looks_at_one_moment_is_computed_once_a_moment(expression: str, *, is_so: bool) -> None:
    template = template_of(app(R=math(expression, "A", "B")))
    (found,) = alarms_of(template, Values(template))
    assert isinstance(found, MetricAlarm)
    assert is_pointwise(found) is is_so


@pytest.mark.parametrize("expression", ["FILL(a, 5)", "FILL(a, 5) + 0 * SUM([a, a])"])
def test_fill_fills_what_lies_before_the_timeline_too(expression: str) -> None:
    # Three periods are enough at once where nothing is missing.
    template = app(R=math(expression, "A", EvaluationPeriods=3))
    assert changes(replay(template, timeline(A="00000"))) == [(1, "OK")]
    assert changes(replay(template, timeline(A="55550"))) == [(1, "ALARM"), (5, "OK")]


def test_a_metric_with_longer_periods_than_its_expression_gives_datapoints_where_they_end() -> None:
    over = Timeline.of([series([6, 9], period=300), series([3] * 10, name="B")])
    assert seen(replay(app(R=math("a / b", "A", "B", period=300)), over))[4:] == [6 / 15] * 5 + [9 / 15]


# Few samples, and DynamoDB


@pytest.mark.parametrize(("declared", "expected"), [("ignore", []), ("evaluate", [2]), (None, [2])])
def test_a_percentile_of_few_samples_leaves_the_state_where_it_is_told_to(
    declared: str | None, expected: list[float]
) -> None:
    # p90 needs 100 samples: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/percentiles-with-low-samples.html
    over = timeline(A=[[0.0] * 100, [9.0] * 99, [0.0] * 100])
    template = app(
        A=alarm("A", Statistic=None, ExtendedStatistic="p90", EvaluateLowSampleCountPercentile=declared)
    )
    assert rings(replay(template, over)) == expected


def test_an_alarm_on_dynamodb_keeps_its_state_while_nothing_comes() -> None:
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    over = Timeline.of([MetricSeries.of("AWS/DynamoDB", "A", {}, [0, 2, *[None] * 9, 0], start=START)])
    found = replay(app(A=alarm("A", Namespace="AWS/DynamoDB", TreatMissingData="notBreaching")), over)
    assert changes(found) == [(1, "OK"), (2, "ALARM"), (12, "OK")]
