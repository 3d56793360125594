"""The metrics that the handlers of this room publish: what they have in common."""

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb

__all__ = ["BACKUP_NAMESPACE", "backup_metric"]

BACKUP_NAMESPACE = "constructs_lib/Backup"
"""Their namespace, whatever kind of backup they are about."""


def backup_metric(
    metric_name: str,
    schedule: str,
    table: dynamodb.ITable | None,
    *,
    statistic: str,
    period: cdk.Duration,
) -> cloudwatch.Metric:
    """A metric of one table of a schedule, or of all of them."""
    of_table = {} if table is None else {"TableName": table.table_name}
    return cloudwatch.Metric(
        namespace=BACKUP_NAMESPACE,
        metric_name=metric_name,
        dimensions_map={"Schedule": schedule, **of_table},
        statistic=statistic,
        period=period,
    )
