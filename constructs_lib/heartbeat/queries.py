"""A metric of CDK as the queries that read it."""

from collections.abc import Iterator

from aws_cdk import aws_cloudwatch as cloudwatch

from constructs_lib.checks import Check

__all__ = ["PERIOD", "WORK", "queries_of"]

PERIOD = 3_600
"""Seconds. What CloudWatch keeps longest has one datapoint an hour."""

WORK = "work"
"""The id of the query that counts."""


def queries_of(check: Check, metric: cloudwatch.IMetric) -> list[dict[str, object]]:
    """`metric` as GetMetricData takes it, one datapoint an hour.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html
    """
    if isinstance(metric, cloudwatch.Metric):
        return [_query(WORK, metric, returned=True)]
    check.require(
        isinstance(metric, cloudwatch.MathExpression)
        and all(isinstance(operand, cloudwatch.Metric) for operand in metric.using_metrics.values())
        and WORK not in metric.using_metrics,
        f"metric is {metric!r}.",
        remedy="Give a cloudwatch.Metric, or a MathExpression of such metrics, none of which is called work.",
    )
    return list(_math(metric))  # type: ignore[arg-type] # required above


def _math(metric: cloudwatch.MathExpression) -> Iterator[dict[str, object]]:
    yield {"Id": WORK, "Expression": metric.expression, "ReturnData": True}
    for name, operand in metric.using_metrics.items():
        if isinstance(operand, cloudwatch.Metric):
            yield _query(name, operand, returned=False)


def _query(name: str, metric: cloudwatch.Metric, *, returned: bool) -> dict[str, object]:
    dimensions = [{"Name": key, "Value": value} for key, value in (metric.dimensions or {}).items()]
    read = {"Namespace": metric.namespace, "MetricName": metric.metric_name, "Dimensions": dimensions}
    return {
        "Id": name,
        "MetricStat": {"Metric": read, "Period": PERIOD, "Stat": "Sum"},
        "ReturnData": returned,
    }
