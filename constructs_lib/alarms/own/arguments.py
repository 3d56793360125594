"""Checks of the arguments that alarms share, before anything is built."""

import math

from aws_cdk import aws_cloudwatch as cloudwatch

from constructs_lib.checks import Check, is_token

__all__ = ["check_metric", "check_threshold"]


def check_metric(check: Check, name: str, metric: object) -> None:
    """Fail unless `metric` is one of CDK's metrics."""
    check.require(
        isinstance(metric, cloudwatch.Metric | cloudwatch.MathExpression)
        or hasattr(metric, "to_metric_config"),
        f"{name} is {metric!r}.",
        remedy="Give a metric of CDK, such as function.metric_errors(), cloudwatch.Metric or MathExpression.",
    )


def check_threshold(check: Check, threshold: float) -> None:
    """Fail unless `threshold` is a finite number or a token."""
    check.require(
        is_token(threshold)
        or (
            isinstance(threshold, int | float)
            and not isinstance(threshold, bool)
            and math.isfinite(threshold)
        ),
        f"threshold is {threshold!r}.",
        remedy="Give a number.",
    )
