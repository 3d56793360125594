"""The metrics that the handler publishes."""

from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sqs as sqs

__all__ = ["FAILED", "PARKED", "REDRIVEN", "REDRIVE_NAMESPACE", "REMAINING", "SKIPPED", "redrive_metric"]

REDRIVE_NAMESPACE: Final = "ConstructsLib/Redrive"
REDRIVEN: Final = "Redriven"
FAILED: Final = "Failed"
PARKED: Final = "Parked"
SKIPPED: Final = "Skipped"
REMAINING: Final = "Remaining"


def redrive_metric(metric_name: str, queue: sqs.IQueue, *, statistic: str) -> cloudwatch.Metric:
    """What the runs on one queue published, five minutes at a time."""
    return cloudwatch.Metric(
        namespace=REDRIVE_NAMESPACE,
        metric_name=metric_name,
        dimensions_map={"QueueName": queue.queue_name},
        statistic=statistic,
        period=cdk.Duration.minutes(5),
    )
