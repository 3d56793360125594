"""Alarms whose metrics the timeline does not have, and metrics that no alarm reads."""

from dataclasses import replace
from typing import Any

import pytest

from constructs_lib.replay import MetricSeries, Timeline, replay
from constructs_lib.replay.watches import MetricKey
from tests.replay.small_app import START, TOPIC, alarm, app, composite, timeline


@pytest.mark.parametrize("treatment", ["missing", "ignore", "breaching", "notBreaching"])
def test_they_never_leave_insufficient_data_and_tell_nobody(treatment: str) -> None:
    deaf = alarm("deaf", TreatMissingData=treatment, AlarmActions=[TOPIC])
    report = replay(app(Deaf=deaf, C=composite("c", "ALARM(deaf)")), timeline(errors="010"))

    assert [each for each in report.transitions if each.alarm.name == "deaf"] == []
    assert report.notifications == []
    assert [each.path for each in report.unfed] == ["Deaf"]
    assert not report.rang("Deaf")


def test_a_metric_that_is_there_and_silent_is_no_unknown_one() -> None:
    silent = MetricSeries.of("Shop", "orders", {}, [None] * 9, start=START)
    report = replay(app(Orders=alarm("orders", TreatMissingData="breaching")), Timeline.of([silent]))

    assert report.unfed == []
    assert report.rang("Orders")


def metric(name: str, **dimensions: str) -> MetricKey:
    return MetricKey(namespace="Shop", name=name, dimensions=tuple(dimensions.items()))


def rate() -> dict[str, Any]:
    """An alarm on a part of orders."""
    metrics = [
        {"Id": key, "ReturnData": False, "MetricStat": {"Metric": its, "Stat": "Sum", "Period": 60}}
        for key, its in {
            "e": {"Namespace": "Shop", "MetricName": "errors"},
            "o": {"Namespace": "Shop", "MetricName": "orders"},
        }.items()
    ]
    expression = {"Id": "rate", "Expression": "100 * e / o"}
    return alarm(
        "x", Namespace=None, MetricName=None, Statistic=None, Period=None, Metrics=[*metrics, expression]
    )


def test_a_metric_that_no_alarm_reads_is_told() -> None:
    report = replay(app(Errors=alarm("errors")), timeline(errors="010", error="090", orders="999"))

    assert report.unread == [metric("error"), metric("orders")]


def test_a_metric_that_an_alarm_of_another_stack_reads_is_read() -> None:
    both = timeline(errors="010", orders="999", other="1")
    stacks = [stack for name in ("errors", "orders") for stack in replay(app(A=alarm(name)), both).stacks]

    assert [each.unread for each in stacks] == [
        (metric("orders"), metric("other")),
        (metric("errors"), metric("other")),
    ]
    assert replace(replay(app(A=alarm("a")), both), stacks=tuple(stacks)).unread == [metric("other")]


def test_a_metric_is_read_whichever_of_its_periods_is_taken() -> None:
    series = [
        MetricSeries.of("Shop", "errors", {}, [1] * 10, start=START, period=period) for period in (60, 300)
    ]

    assert replay(app(Errors=alarm("errors")), Timeline.of(series)).unread == []


def test_the_metrics_that_an_expression_lacks_are_told() -> None:
    report = replay(app(Rate=rate()), timeline(errors="999", order="999"))

    assert report.unfed == []
    assert [stack.absent for stack in report.stacks] == [(metric("orders"),)]
    assert report.unread == [metric("order")]


def test_an_alarm_without_data_says_what_it_waits_for_and_what_may_be_meant() -> None:
    given = MetricSeries.of("Shop", "errors", {"Shop": "norht"}, [9] * 9, start=START)
    north = alarm("errors", Dimensions=[{"Name": "Shop", "Value": "north"}])
    report = replay(app(North=north), Timeline.of([given]))

    unknown = "North: the timeline has no Shop errors Shop=north; no alarm reads its Shop errors Shop=norht"
    assert report.rang("North", within="5m").text == unknown
    assert report.quiet("North").text == f"nobody knows whether it rang: {unknown}"
    assert not report.quiet()


def test_alarms_of_which_some_have_data_are_quiet() -> None:
    report = replay(app(Deaf=alarm("deaf"), Errors=alarm("errors")), timeline(errors="000"))

    assert report.quiet()
    assert report.quiet("Deaf", "Errors")
    assert not report.quiet("Deaf")
