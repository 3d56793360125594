"""The metrics that AWS Backup publishes about a vault, and the alarms on them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_backup as backup
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from constructs_lib.alarms import HeartbeatAlarm, Severity, ThresholdAlarm
from constructs_lib.alarms.routing.route import Route
from constructs_lib.alarms.table.limits import longest_window

__all__ = ["COMPLETED", "heartbeat", "job_alarms", "job_metric"]

COMPLETED: Final = "NumberOfBackupJobsCompleted"
_HOUR = 3_600
_PERIOD_MINUTES = 5
"""https://docs.aws.amazon.com/aws-backup/latest/devguide/cloudwatch.html"""


@dataclass(frozen=True, kw_only=True)
class _Row:
    construct_id: str
    metric: str
    means: str
    cause: str


_ROWS: Final = (
    _Row(
        construct_id="Failed",
        metric="NumberOfBackupJobsFailed",
        means="A table was not backed up.",
        cause="the plan's role may not back the table up or use a key, or the vault's lock refuses the lifecycle.",
    ),
    _Row(
        construct_id="Expired",
        metric="NumberOfBackupJobsExpired",
        means="A backup did not begin or end within its windows, so a table was not backed up.",
        cause="another job of the table still ran, or the table has grown: a window is too short.",
    ),
    _Row(
        construct_id="Aborted",
        metric="NumberOfBackupJobsAborted",
        means="Somebody cancelled a backup, so a table was not backed up.",
        cause="a person; CloudTrail tells who called StopBackupJob.",
    ),
    _Row(
        construct_id="Undeleted",
        metric="NumberOfRecoveryPointsExpired",
        means="A recovery point has reached its end and cannot be deleted; it is billed until somebody does.",
        cause="the plan's role is gone, or the vault's access policy denies it to AWS Backup.",
    ),
)


def job_metric(
    vault: backup.IBackupVault, name: str, period: cdk.Duration | None = None
) -> cloudwatch.Metric:
    """How often `name` was counted for tables in `vault`; nothing is published where it was not."""
    return cloudwatch.Metric(
        namespace="AWS/Backup",
        metric_name=name,
        dimensions_map={"BackupVaultName": vault.backup_vault_name, "ResourceType": "DynamoDB"},
        statistic="Sum",
        period=period or cdk.Duration.minutes(_PERIOD_MINUTES),
    )


def job_alarms(
    scope: Construct, vault: backup.IBackupVault, route: Route | None
) -> Mapping[str, ThresholdAlarm]:
    """The alarms, below `scope`, on what went wrong in `vault`, by the name of their metric."""
    return {
        row.metric: ThresholdAlarm(
            scope,
            row.construct_id,
            metric=job_metric(vault, row.metric),
            threshold=1,
            lowest=0,
            severity=Severity.WARNING,
            means=row.means,
            cause=row.cause,
            query="aws backup list-backup-jobs --by-resource-type DynamoDB, and its StatusMessage",
            route=route,
        )
        for row in _ROWS
    }


def heartbeat(
    scope: Construct, vault: backup.IBackupVault, promised: int, route: Route | None
) -> HeartbeatAlarm | None:
    """The alarm, below `scope`, that rings after `promised` seconds without a completed backup.

    None where an alarm cannot look back that far; that is a warning.
    """
    if promised > longest_window(_HOUR):
        cdk.Annotations.of(scope).add_warning_v2(
            "constructs-lib:backup-plan-without-heartbeat",
            f"A completed backup may be missing for {promised / 86_400:.3g} days before it is late, and an alarm looks "
            "back 7 days: there is none. Give constructs_lib.heartbeat.AgeHeartbeat this plan's metric_completed(), or "
            "a rule that runs more often.",
        )
        return None
    return HeartbeatAlarm(
        scope,
        "Missing",
        metric=job_metric(vault, COMPLETED),
        every=cdk.Duration.seconds(promised),
        allowance=cdk.Duration.seconds(0),
        severity=Severity.CRITICAL,
        means="No table was backed up for longer than promised: what was written since then would be lost with it.",
        cause="the plan or its selection is gone, the account has not opted in to DynamoDB, or jobs fail.",
        query="aws backup list-backup-jobs --by-resource-type DynamoDB",
        route=route,
    )
