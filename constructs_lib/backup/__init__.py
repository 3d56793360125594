"""Backups that are there when they are needed: scheduled, kept as long as promised, and watched."""

from constructs_lib.backup.published import BACKUP_NAMESPACE
from constructs_lib.backup.retention import Retention
from constructs_lib.backup.scheduled_backup import MOST_TABLES, ScheduledBackup

__all__ = ["BACKUP_NAMESPACE", "MOST_TABLES", "Retention", "ScheduledBackup"]
