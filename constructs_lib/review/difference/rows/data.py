"""From which loss data can be brought back.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PointInTimeRecoverySpecification.html,
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-key.html,
https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html
"""

from typing import Final

from constructs_lib.review.difference.setting import (
    FOREVER,
    Members,
    Setting,
    flag,
    higher,
    ordered,
    present,
)
from constructs_lib.review.difference.words import days, on_or_off

__all__ = ["MEMBERS", "SETTINGS"]

_TABLE: Final = ("AWS::DynamoDB::Table",)
_GLOBAL: Final = ("AWS::DynamoDB::GlobalTable",)
_BUCKET: Final = ("AWS::S3::Bucket",)
_KEY: Final = ("AWS::KMS::Key", "AWS::KMS::ReplicaKey")
_DATABASE: Final = ("AWS::RDS::DBInstance", "AWS::RDS::DBCluster")
_PLAN: Final = ("AWS::Backup::BackupPlan",)
_PLAN_RULES: Final = ("BackupPlan", "BackupPlanRule")
_RECOVERY: Final = "PointInTimeRecoverySpecification"
_LOST: Final = "nothing stops that it is deleted by mistake"

SETTINGS: Final = (
    *(
        setting
        for types, among, by in ((_TABLE, (), ""), (_GLOBAL, ("Replicas",), "Region"))
        for setting in (
            Setting(
                types=types,
                among=among,
                by=by,
                keys=(_RECOVERY, "PointInTimeRecoveryEnabled"),
                what="point-in-time recovery",
                kinds=("point-in-time-recovery-off", "point-in-time-recovery-on"),
                rank=flag,
                default=False,
                shown=on_or_off,
                why="what is overwritten or deleted cannot be brought back, nor the past of before it is on again",
            ),
            Setting(
                types=types,
                among=among,
                by=by,
                keys=(_RECOVERY, "RecoveryPeriodInDays"),
                what="the days to which it can be brought back",
                kinds=("backups-kept-shorter", "backups-kept-longer"),
                rank=higher,
                default=35,
                shown=days,
            ),
            Setting(
                types=types,
                among=among,
                by=by,
                keys=("DeletionProtectionEnabled",),
                what="deletion protection",
                kinds=("deletion-protection-off", "deletion-protection-on"),
                rank=flag,
                default=False,
                shown=on_or_off,
                why=_LOST,
            ),
        )
    ),
    Setting(
        types=_DATABASE,
        keys=("DeletionProtection",),
        what="deletion protection",
        kinds=("deletion-protection-off", "deletion-protection-on"),
        rank=flag,
        default=False,
        shown=on_or_off,
        why=_LOST,
    ),
    Setting(
        types=("AWS::Cognito::UserPool",),
        keys=("DeletionProtection",),
        what="deletion protection",
        kinds=("deletion-protection-off", "deletion-protection-on"),
        rank=ordered("INACTIVE", "ACTIVE"),
        default="INACTIVE",
        shown=None,
        why=_LOST,
    ),
    Setting(
        types=_DATABASE,
        keys=("BackupRetentionPeriod",),
        what="how long backups are kept",
        kinds=("backups-kept-shorter", "backups-kept-longer"),
        rank=higher,
        shown=days,
    ),
    Setting(
        types=_DATABASE,
        keys=("MultiAZ",),
        what="the standby in another zone",
        kinds=("standby-gone", "standby-added"),
        rank=flag,
        shown=on_or_off,
    ),
    Setting(
        types=_BUCKET,
        keys=("VersioningConfiguration", "Status"),
        what="keeping old versions",
        kinds=("versioning-off", "versioning-on"),
        rank=ordered("Suspended", "Enabled"),
        default="Suspended",
        shown=None,
        why="what is overwritten or deleted cannot be brought back",
    ),
    Setting(
        types=_BUCKET,
        keys=("ReplicationConfiguration",),
        what="replication",
        kinds=("replication-gone", "replication-added"),
        rank=present,
        shown=lambda _: "on",
    ),
    Setting(
        types=_BUCKET,
        keys=("ObjectLockEnabled",),
        what="the lock of objects",
        kinds=("lock-gone", "lock-added"),
        rank=flag,
        default=False,
        shown=on_or_off,
    ),
    *(
        Setting(
            types=_BUCKET,
            keys=("PublicAccessBlockConfiguration", key),
            what=key,
            kinds=("wide-open", "closed"),
            rank=flag,
            shown=on_or_off,
        )
        for key in ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    ),
    Setting(
        types=_KEY,
        keys=("Enabled",),
        what="the key",
        kinds=("key-off", "key-on"),
        rank=flag,
        default=True,
        shown=on_or_off,
        why="what it encrypted cannot be read",
    ),
    Setting(
        types=_KEY,
        keys=("EnableKeyRotation",),
        what="rotation",
        kinds=("key-rotation-off", "key-rotation-on"),
        rank=flag,
        default=False,
        shown=on_or_off,
    ),
    Setting(
        types=_KEY,
        keys=("PendingWindowInDays",),
        what="the time in which its deletion can be taken back",
        kinds=("data-kept-shorter", "data-kept-longer"),
        rank=higher,
        default=30,
        shown=days,
    ),
    Setting(
        types=_PLAN,
        among=_PLAN_RULES,
        by="RuleName",
        keys=("Lifecycle", "DeleteAfterDays"),
        what="how long backups are kept",
        kinds=("backups-kept-shorter", "backups-kept-longer"),
        rank=higher,
        default=FOREVER,
        shown=days,
    ),
    Setting(
        types=_PLAN,
        among=_PLAN_RULES,
        by="RuleName",
        keys=("EnableContinuousBackup",),
        what="continuous backup",
        kinds=("point-in-time-recovery-off", "point-in-time-recovery-on"),
        rank=flag,
        default=False,
        shown=on_or_off,
    ),
    Setting(
        types=_PLAN,
        among=_PLAN_RULES,
        by="RuleName",
        keys=("CopyActions",),
        what="copies elsewhere",
        kinds=("replica-gone", "replica-added"),
        rank=present,
        shown=lambda _: "on",
    ),
    Setting(
        types=("AWS::Backup::BackupVault",),
        keys=("LockConfiguration",),
        what="the lock of backups",
        kinds=("lock-gone", "lock-added"),
        rank=present,
        shown=lambda _: "on",
        why="backups can be deleted",
    ),
)
MEMBERS: Final = (
    Members(
        types=(*_GLOBAL, *_TABLE),
        keys=(("Replicas",),),
        by=("Region",),
        kinds=("replica-gone", "replica-added"),
        gone="no longer has a replica in {}",
        added="has a replica in {} now",
    ),
    Members(
        types=_PLAN,
        keys=(_PLAN_RULES,),
        by=("RuleName",),
        kinds=("backup-gone", "backup-added"),
        gone="no longer makes the backups {}",
        added="makes the backups {} now",
    ),
)
