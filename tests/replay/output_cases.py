"""Reports for tests of outputs: a small one that has everything, and large ones."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from constructs_lib.replay.surface import Mark, MetricSeries, Report, Timeline, replay

START = datetime(2026, 3, 2, tzinfo=UTC)
DAY = 1_440
NASTY = "</script><script>alert('x')</script><b>[red]&\""
TOPIC = "arn:aws:sns:eu-west-1:111122223333:on-call"


def alarm(path: str, metric: str, **properties: Any) -> dict[str, Any]:
    """A metric alarm in a template: five or more, in two of three minutes."""
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Metadata": {"aws:cdk:path": f"Shop/{path}/Resource"},
        "Properties": {
            "Namespace": "Shop",
            "MetricName": metric,
            "Statistic": "Sum",
            "Period": 60,
            "EvaluationPeriods": 3,
            "DatapointsToAlarm": 2,
            "Threshold": 5,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "TreatMissingData": "notBreaching",
            "AlarmActions": [TOPIC],
            **properties,
        },
    }


def composite(path: str, rule: str, **properties: Any) -> dict[str, Any]:
    """A composite alarm in a template."""
    return {
        "Type": "AWS::CloudWatch::CompositeAlarm",
        "Metadata": {"aws:cdk:path": f"Shop/{path}/Resource"},
        "Properties": {"AlarmRule": rule, "AlarmActions": [{"Ref": "Everyone"}], **properties},
    }


def small_template() -> dict[str, Any]:
    """One alarm of each kind that outputs tell apart."""
    anomaly = {
        "Type": "AWS::CloudWatch::Alarm",
        "Metadata": {"aws:cdk:path": "Shop/Orders/Anomaly/Resource"},
        "Properties": {
            "Metrics": [
                {
                    "Id": "m1",
                    "MetricStat": {
                        "Metric": {"Namespace": "Shop", "MetricName": "Orders"},
                        "Stat": "Sum",
                        "Period": 60,
                    },
                },
                {"Id": "band", "Expression": "ANOMALY_DETECTION_BAND(m1, 6)"},
            ],
            "ThresholdMetricId": "band",
            "EvaluationPeriods": 3,
            "ComparisonOperator": "LessThanLowerOrGreaterThanUpperThreshold",
        },
    }
    return {
        "Resources": {
            "Everyone": {"Type": "AWS::SNS::Topic", "Properties": {}},
            "Errors": alarm("Orders/Errors", "Errors"),
            "Silent": alarm("Orders/Silent", "Errors", Threshold=1_000),
            "Off": alarm("Orders/Off", "Errors", ActionsEnabled=False),
            "Lost": alarm("Orders/Lost", "Lost", TreatMissingData="missing"),
            "Nasty": alarm(f"Orders/{NASTY.replace('/', '|')}", "Errors", Threshold=50),
            "Anomaly": anomaly,
            "Odd": alarm("Orders/Odd", "Errors", ComparisonOperator="LooksLike"),
            "Health": composite("Orders/Health", "ALARM(${Errors}) OR ALARM(Elsewhere)"),
            "Calm": composite("Orders/Calm", "ALARM(${Errors})", ActionsSuppressor="${Off}"),
        }
    }


def timeline() -> Timeline:
    """A day with twenty minutes of errors at noon."""
    errors = np.zeros(DAY)
    errors[720:740] = 30.0
    orders = 100 + 50 * np.sin(np.arange(DAY) / DAY * 2 * np.pi)
    return Timeline.of(
        [
            MetricSeries.of("Shop", "Errors", {}, errors.tolist(), start=START),
            MetricSeries.of("Shop", "Orders", {}, orders.tolist(), start=START),
        ],
        [
            Mark(
                name="bad deploy",
                start=START + timedelta(hours=12),
                end=START + timedelta(hours=12, minutes=40),
            ),
            Mark(
                name="nobody saw",
                start=START + timedelta(hours=20),
                end=START + timedelta(hours=20, minutes=5),
            ),
        ],
    )


def small_report(template: Mapping[str, Any] | None = None) -> Report:
    """The day over the alarms."""
    return replay(template or small_template(), timeline())


def large_report(alarms: int = 200) -> Report:
    """So many alarms with long names over the day."""
    return replay(
        {
            "Resources": {
                f"A{index}": alarm(
                    f"Department/Team{index:03}/CreateOrderInTheMorning/Alarms/ErrorsOfTheLastMinutes",
                    "Errors",
                    Threshold=index % 2 * 100 + 5,
                )
                for index in range(alarms)
            }
        },
        timeline(),
    )


def misspelt(resources: int) -> Report:
    """An alarm on two metrics, of which the timeline has one, and the other as it is not written."""
    series = [
        MetricSeries.of("Shop", name, {"Shop": f"{index:02}"}, [1] * 9, start=START)
        for index in range(resources)
        for name in ("Order", "Visit")
    ]
    errors = MetricSeries.of("Shop", "Errors", {}, [1] * 9, start=START)
    unknown = MetricSeries.of("", "Errrors", {}, [1] * 9, start=START)
    metrics = [
        {
            "Id": name.lower(),
            "ReturnData": False,
            "MetricStat": {"Metric": {"Namespace": "Shop", "MetricName": name}, "Stat": "Sum", "Period": 60},
        }
        for name in ("Errors", "Orders")
    ]
    rate = {"Id": "rate", "Expression": "errors / orders"}
    of_one = ("Namespace", "MetricName", "Statistic", "Period")
    given = alarm("Rate", "Errors", Metrics=[*metrics, rate], **dict.fromkeys(of_one))
    return replay({"Resources": {"Rate": given}}, Timeline.of([errors, unknown, *series]))
