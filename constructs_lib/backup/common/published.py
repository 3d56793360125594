"""The metrics that the handler publishes."""

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb

__all__ = [
    "AGE_OF_NEWEST_BACKUP",
    "BACKUPS_FAILED",
    "BACKUP_COUNT",
    "BACKUP_DURATION",
    "BACKUP_NAMESPACE",
    "BACKUP_SIZE",
    "backup_metric",
]

BACKUP_NAMESPACE = "constructs_lib/Backup"
"""The namespace of what scheduled backups publish."""
AGE_OF_NEWEST_BACKUP = "AgeOfNewestBackup"
BACKUP_COUNT = "BackupCount"
BACKUP_SIZE = "BackupSizeBytes"
BACKUP_DURATION = "BackupDuration"
BACKUPS_FAILED = "BackupsFailed"


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
