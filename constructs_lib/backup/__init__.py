"""Backups that are there when they are needed: scheduled, kept as long as promised, and watched."""

from constructs_lib.backup.backup_plan import ADVANCED_FEATURES_WARNING, BackupPlan
from constructs_lib.backup.plan_restore_testing import RestoreTesting
from constructs_lib.backup.plan_rules import BackupCopy, BackupLifecycle, BackupRule
from constructs_lib.backup.plan_vault import ComplianceLock, ExistingVault, GovernanceLock, NewVault
from constructs_lib.backup.published import BACKUP_NAMESPACE
from constructs_lib.backup.retention import Retention
from constructs_lib.backup.scheduled_backup import MOST_TABLES, ScheduledBackup
from constructs_lib.backup.tables import TaggedTables

__all__ = [
    "ADVANCED_FEATURES_WARNING",
    "BACKUP_NAMESPACE",
    "MOST_TABLES",
    "BackupCopy",
    "BackupLifecycle",
    "BackupPlan",
    "BackupRule",
    "ComplianceLock",
    "ExistingVault",
    "GovernanceLock",
    "NewVault",
    "RestoreTesting",
    "Retention",
    "ScheduledBackup",
    "TaggedTables",
]
