"""Templates of a few alarms, and timelines of a few metrics, written as tests read best."""

from datetime import UTC, datetime
from typing import Any

from constructs_lib.replay.timelines.series import MetricSeries
from constructs_lib.replay.timelines.timeline import Mark, Timeline

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
TOPIC = "arn:aws:sns:eu-west-1:111122223333:people"


def alarm(metric: str, **properties: Any) -> dict[str, Any]:
    """An alarm that rings where the metric reaches 1 in a minute."""
    usual = {
        "AlarmName": metric,
        "Namespace": "Shop",
        "MetricName": metric,
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "notBreaching",
    }
    given = {key: value for key, value in {**usual, **properties}.items() if value is not None}
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": given}


def composite(name: str, rule: str, **properties: Any) -> dict[str, Any]:
    given = {"AlarmName": name, "AlarmRule": rule, **properties}
    return {"Type": "AWS::CloudWatch::CompositeAlarm", "Properties": given}


def mute(targets: list[str], *, at: str, lasts: str, **properties: Any) -> dict[str, Any]:
    schedule = {"Expression": f"at({at})", "Duration": lasts}
    given = {"Rule": {"Schedule": schedule}, "MuteTargets": {"AlarmNames": targets}, **properties}
    return {"Type": "AWS::CloudWatch::AlarmMuteRule", "Properties": given}


def app(**resources: Any) -> dict[str, Any]:
    return {"Resources": resources}


def timeline(*marks: Mark, **metrics: str | list[Any]) -> Timeline:
    """Metrics by minute: a text has a digit for each value, and a dash for a minute without one."""
    series = [
        MetricSeries.of(
            "Shop",
            name,
            {},
            [None if each == "-" else float(each) for each in values] if isinstance(values, str) else values,
            start=START,
        )
        for name, values in metrics.items()
    ]
    return Timeline.of(series, marks)


def minute(seconds: float) -> float:
    """Minutes since the start."""
    return (seconds - START.timestamp()) / 60
