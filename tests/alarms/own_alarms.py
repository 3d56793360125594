"""Stacks and metrics for alarms that are in no service's table."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch

from constructs_lib.alarms import AlarmRoute, ThresholdAlarm
from tests.synthesis import Synthesized

ALARM = "AWS::CloudWatch::Alarm"
COMPOSITE = "AWS::CloudWatch::CompositeAlarm"
TOPIC = "AWS::SNS::Topic"
SILENT = AlarmRoute.silent()
MEANS = "Orders are lost."


def orders(name: str = "Orders", **more: Any) -> cloudwatch.Metric:
    """A metric of the application's own."""
    given: dict[str, Any] = {"statistic": "Sum", "period": cdk.Duration.minutes(1)} | more
    return cloudwatch.Metric(namespace="Shop", metric_name=name, **given)


def lambda_errors(**more: Any) -> cloudwatch.Metric:
    """A metric of Lambda."""
    given: dict[str, Any] = {"dimensions_map": {"FunctionName": "orders"}, "statistic": "Sum"} | more
    given.setdefault("period", cdk.Duration.minutes(1))
    return cloudwatch.Metric(namespace="AWS/Lambda", metric_name="Errors", **given)


def threshold_alarm(stack: cdk.Stack, name: str = "Alarm", **more: Any) -> ThresholdAlarm:
    """An alarm on `orders`."""
    given: dict[str, Any] = {"metric": orders(name), "threshold": 5, "means": MEANS} | more
    return ThresholdAlarm(stack, name, **given)


def properties(found: Synthesized, name: str = "Alarm") -> dict[str, Any]:
    """The properties of the alarm whose logical id starts with `name`."""
    return found.only(ALARM, under=name)
