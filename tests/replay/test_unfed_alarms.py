"""Alarms whose metrics the timeline does not have."""

import pytest

from constructs_lib.replay import MetricSeries, Timeline, replay
from tests.replay.small_app import START, TOPIC, alarm, app, composite, timeline


@pytest.mark.parametrize("treatment", ["missing", "ignore", "breaching", "notBreaching"])
def test_they_never_leave_insufficient_data_and_tell_nobody(treatment: str) -> None:
    deaf = alarm("deaf", TreatMissingData=treatment, AlarmActions=[TOPIC])
    report = replay(app(Deaf=deaf, C=composite("c", "ALARM(deaf)")), timeline(errors="010"))

    assert [each for each in report.transitions if each.alarm.name == "deaf"] == []
    assert report.notifications == []
    assert [each.path for each in report.unfed] == ["Deaf"]
    assert report.quiet()


def test_a_metric_that_is_there_and_silent_is_no_unknown_one() -> None:
    silent = MetricSeries.of("Shop", "orders", {}, [None] * 9, start=START)
    report = replay(app(Orders=alarm("orders", TreatMissingData="breaching")), Timeline.of([silent]))

    assert report.unfed == []
    assert report.rang("Orders")
