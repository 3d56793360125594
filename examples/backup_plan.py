"""How do backups outlive a mistake of ours? In a locked vault, with copies in another Region, restored for a test."""

import aws_cdk as cdk
from aws_cdk import aws_backup as backup
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_scheduler as scheduler

from constructs_lib.backup import (
    ADVANCED_FEATURES_WARNING,
    BackupCopy,
    BackupLifecycle,
    BackupPlan,
    BackupRule,
    GovernanceLock,
    NewVault,
    RestoreTesting,
    TaggedTables,
)

AWAY = "arn:aws:backup:eu-west-1:111122223333:backup-vault:away"


def build(app: cdk.App) -> None:
    """Every table that is tagged, one of this app among them, by AWS Backup."""
    stack = cdk.Stack(app, "BackupPlan")
    orders = dynamodb.TableV2(
        stack,
        "Orders",
        partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
    )
    cdk.Tags.of(orders).add("backup", "nightly")
    away = backup.BackupVault.from_backup_vault_arn(stack, "Away", AWAY)
    cron, days = scheduler.ScheduleExpression.cron, cdk.Duration.days

    plan = BackupPlan(
        stack,
        "Nightly",
        tables=TaggedTables(tags={"backup": "nightly"}),
        rules=[
            BackupRule(
                name="nightly",
                schedule=cron(hour="1", minute="0", time_zone=cdk.TimeZone.EUROPE_BERLIN),
                lifecycle=BackupLifecycle(delete_after=days(35)),
                copies=[BackupCopy(vault=away, lifecycle=BackupLifecycle(delete_after=days(90)))],
            )
        ],
        vault=NewVault(lock=GovernanceLock(min_retention=days(7))),
        recovery_point_objective=cdk.Duration.hours(33),
        restore_testing=RestoreTesting(schedule=cron(week_day="SUN", hour="3", minute="0")),
    )
    # Switched on in this account: aws backup describe-region-settings says so.
    cdk.Annotations.of(plan).acknowledge_warning(ADVANCED_FEATURES_WARNING)


if __name__ == "__main__":
    app = cdk.App()
    build(app)
    app.synth()
