"""Checks of the arguments that alarms share, before anything is built."""

import math

from aws_cdk import aws_cloudwatch as cloudwatch

from constructs_lib.checks import Check, is_token

__all__ = ["check_counts", "check_metric", "check_threshold"]

_WEEK = 604_800


def check_metric(check: Check, name: str, metric: object) -> None:
    """Fail unless `metric` is one of CDK's metrics."""
    check.require(
        isinstance(metric, cloudwatch.Metric | cloudwatch.MathExpression)
        or hasattr(metric, "to_metric_config"),
        f"{name} is {metric!r}.",
        remedy="Give a metric of CDK, such as function.metric_errors(), cloudwatch.Metric or MathExpression.",
    )


def check_threshold(check: Check, threshold: float, name: str = "threshold") -> None:
    """Fail unless `threshold` is a finite number or a token."""
    check.require(
        is_token(threshold)
        or (
            isinstance(threshold, int | float)
            and not isinstance(threshold, bool)
            and math.isfinite(threshold)
        ),
        f"{name} is {threshold!r}.",
        remedy="Give a number.",
    )


def check_counts(check: Check, evaluation_periods: int, datapoints_to_alarm: int | None) -> None:
    """Fail unless that many datapoints can breach in that many periods."""
    check.within("evaluation_periods", evaluation_periods, 1, _WEEK)
    most = _WEEK if is_token(evaluation_periods) else evaluation_periods
    check.within("datapoints_to_alarm", datapoints_to_alarm, 1, most)
