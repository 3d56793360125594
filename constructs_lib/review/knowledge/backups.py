"""What AWS Backup takes.

The pages of https://docs.aws.amazon.com/aws-backup/latest/devguide/ that are named below, read on 2026-11-22.
"""

from typing import Final

from constructs_lib.review.knowledge.ranges import Range

__all__ = [
    "AIR_GAPPED_RANGES",
    "COLD_DAYS",
    "CONTINUOUS_DAYS",
    "LIFECYCLE_RANGES",
    "LOCK_RANGES",
    "RESTORE_PLAN_RANGES",
    "RESTORE_RANGES",
    "RESTORE_TYPES",
    "SHORTEST_START",
]

COLD_DAYS: Final = 90
"""For how long a backup stays in cold storage at least: API_Lifecycle.html"""
CONTINUOUS_DAYS: Final = 35
"""For how long a continuous backup is kept at most: point-in-time-recovery-retention-period.html"""
SHORTEST_START: Final = 60
"""Minutes: API_BackupRuleInput.html"""
LIFECYCLE_RANGES: Final = (
    # -1 is "never". API_Lifecycle.html, API_BackupRuleInput.html
    Range(keys=("DeleteAfterDays",), low=1, high=36_500, also=(-1,)),
    Range(keys=("MoveToColdStorageAfterDays",), low=1, high=36_500, also=(-1,)),
)
LOCK_RANGES: Final = (
    # API_PutBackupVaultLockConfiguration.html
    Range(keys=("LockConfiguration", "MinRetentionDays"), low=1, high=36_500),
    Range(keys=("LockConfiguration", "MaxRetentionDays"), low=1, high=36_500),
    Range(keys=("LockConfiguration", "ChangeableForDays"), low=3, high=36_500),
)
AIR_GAPPED_RANGES: Final = (
    # API_CreateLogicallyAirGappedBackupVault.html
    Range(keys=("MinRetentionDays",), low=7, high=36_500),
    Range(keys=("MaxRetentionDays",), low=7, high=36_500),
)
RESTORE_PLAN_RANGES: Final = (
    # API_RestoreTestingPlanForCreate.html, API_RestoreTestingRecoveryPointSelection.html
    Range(keys=("StartWindowHours",), low=1, high=168),
    Range(keys=("RecoveryPointSelection", "SelectionWindowDays"), low=1, high=365),
)
RESTORE_RANGES: Final = (
    # API_RestoreTestingSelectionForCreate.html
    Range(keys=("ValidationWindowHours",), low=0, high=168),
)
RESTORE_TYPES: Final = (
    # API_RestoreTestingSelectionForCreate.html
    "Aurora",
    "DocumentDB",
    "DynamoDB",
    "EBS",
    "EC2",
    "EFS",
    "FSx",
    "Neptune",
    "RDS",
    "S3",
)
