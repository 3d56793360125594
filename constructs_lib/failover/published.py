"""The metrics that health checks read and this library publishes."""

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch

__all__ = ["NAMESPACE", "published_metric"]

NAMESPACE = "constructs_lib/Failover"
_DIMENSION = "HealthCheck"


def published_metric(metric_name: str, name: str, *, statistic: str) -> cloudwatch.Metric:
    """A metric with a datapoint a minute, each 0 or 1."""
    return cloudwatch.Metric(
        namespace=NAMESPACE,
        metric_name=metric_name,
        dimensions_map={_DIMENSION: name},
        statistic=statistic,
        period=cdk.Duration.minutes(1),
    )
