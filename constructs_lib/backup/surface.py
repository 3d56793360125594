"""What `constructs_lib.backup` offers to an app."""

from constructs_lib.backup.common.published import BACKUP_NAMESPACE
from constructs_lib.backup.common.tables import TaggedTables
from constructs_lib.backup.continuous.point_in_time_recovery import PointInTimeRecovery
from constructs_lib.backup.exports.bucket import ExportLifecycle
from constructs_lib.backup.exports.table_export import TableExport
from constructs_lib.backup.on_demand.retention import Retention
from constructs_lib.backup.on_demand.scheduled_backup import MOST_TABLES, ScheduledBackup
from constructs_lib.backup.plan.backup_plan import ADVANCED_FEATURES_WARNING, BackupPlan
from constructs_lib.backup.plan.restore_testing import RestoreTesting
from constructs_lib.backup.plan.rules import BackupCopy, BackupLifecycle, BackupRule
from constructs_lib.backup.plan.vault import ComplianceLock, ExistingVault, GovernanceLock, NewVault
from constructs_lib.backup.restore_tests.comparisons import PointInTimeView, UnchangedItems
from constructs_lib.backup.restore_tests.restore_test import MOST_TESTED_TABLES, RestoreTest

__all__ = [
    "ADVANCED_FEATURES_WARNING",
    "BACKUP_NAMESPACE",
    "MOST_TABLES",
    "MOST_TESTED_TABLES",
    "BackupCopy",
    "BackupLifecycle",
    "BackupPlan",
    "BackupRule",
    "ComplianceLock",
    "ExistingVault",
    "ExportLifecycle",
    "GovernanceLock",
    "NewVault",
    "PointInTimeRecovery",
    "PointInTimeView",
    "RestoreTest",
    "RestoreTesting",
    "Retention",
    "ScheduledBackup",
    "TableExport",
    "TaggedTables",
    "UnchangedItems",
]
