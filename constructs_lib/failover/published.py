"""The metrics that health checks read and this library publishes."""

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

__all__ = ["NAMESPACE", "published_metric", "published_name"]

NAMESPACE = "constructs_lib/Failover"
_DIMENSION = "HealthCheck"


def published_name(scope: Construct, construct_id: str) -> str:
    """The name that tells the metric of a construct from those of others, in any deployment of the app."""
    depth = len(cdk.Stack.of(scope).node.path.split("/"))
    inside = [*scope.node.path.split("/")[depth:], construct_id]
    return f"{cdk.Aws.STACK_NAME}/{'/'.join(inside)}"


def published_metric(metric_name: str, name: str, *, statistic: str) -> cloudwatch.Metric:
    """A metric with a datapoint a minute, each 0 or 1."""
    return cloudwatch.Metric(
        namespace=NAMESPACE,
        metric_name=metric_name,
        dimensions_map={_DIMENSION: name},
        statistic=statistic,
        period=cdk.Duration.minutes(1),
    )
