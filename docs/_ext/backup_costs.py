"""What watching backups costs a month, counted in synthesized templates."""

from collections.abc import Callable, Mapping
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_scheduler as scheduler

from constructs_lib.backup import (
    BackupPlan,
    BackupRule,
    PointInTimeRecovery,
    RestoreTest,
    ScheduledBackup,
    TableExport,
)
from docs._ext.costs import counts_of, with_keys
from docs._ext.pieces import table
from docs._ext.sample import resources

__all__ = ["texts"]

_DAILY = scheduler.ScheduleExpression.cron(hour="1", minute="0")
_WEEKLY = scheduler.ScheduleExpression.cron(week_day="SUN", hour="3", minute="0")

_KINDS: Mapping[str, tuple[Callable[..., object], Mapping[str, Any]]] = {
    "[`PointInTimeRecovery`](point_in_time_recovery.md)": (PointInTimeRecovery, {}),
    "[`ScheduledBackup`](scheduled_backup.md), each day": (ScheduledBackup, {"schedule": _DAILY}),
    "[`BackupPlan`](backup_plan.md), each day": (
        BackupPlan,
        {"rules": [BackupRule(name="daily", schedule=_DAILY)]},
    ),
    "[`TableExport`](table_export.md), each week and hour": (
        TableExport,
        {
            "full_schedule": _WEEKLY,
            "incremental_schedule": scheduler.ScheduleExpression.rate(cdk.Duration.hours(1)),
        },
    ),
    "[`RestoreTest`](restore_test.md), each week": (RestoreTest, {"schedule": _WEEKLY}),
}


def _row(name: str, kind: Callable[..., object], arguments: Mapping[str, Any]) -> list[str]:
    def build(stack: cdk.Stack) -> None:
        kind(
            stack,
            "Backup",
            tables=[dynamodb.Table.from_table_name(stack, "Orders", "orders")],
            **arguments,
        )

    counts = counts_of([found for found in resources(build) if found.path.startswith("Backup/")])
    return [
        name,
        f"{counts['alarms']} ({counts['metrics']})",
        str(counts["composites"]),
        str(counts["keys"]),
        f"**${with_keys(counts):.2f}**",
        str(counts["resources"]),
    ]


def texts() -> dict[str, str]:
    """All texts about what backups cost."""
    header = ["construct", "alarms (metrics billed)", "composites", "keys", "fixed cost a month", "resources"]
    rows = [_row(name, kind, arguments) for name, (kind, arguments) in _KINDS.items()]
    return {"cost-backups": table(header, rows)}
