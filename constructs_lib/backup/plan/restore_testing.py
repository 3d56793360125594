"""AWS Backup's own restore tests of what a backup plan makes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import aws_cdk as cdk
from aws_cdk import aws_backup as backup
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from constructs_lib.backup.common.tables import TaggedTables
from constructs_lib.backup.plan.roles import Protected
from constructs_lib.backup.plan.rules import check_cron
from constructs_lib.checks import Check, is_token

__all__ = ["RestoreTesting", "make_restore_testing"]

_LONGEST_HOURS = 168
_LONGEST_SELECTION_DAYS = 365
_MOST_ARNS = 30
"""https://docs.aws.amazon.com/aws-backup/latest/devguide/API_RestoreTestingSelectionForCreate.html"""
_LONGEST_NAME = 50
_HOUR, _DAY = 3_600, 86_400


@dataclass(frozen=True, kw_only=True)
class RestoreTesting:
    """When AWS Backup restores a recovery point of each table to a new one, named ``awsbackup-restore-test-...``.

    A restore that fails is told as a failed restore job. What is in the table is not looked at: subscribe a function to
    the job's COMPLETED event, and have it call ``PutRestoreValidationResult``.

    Attributes:
        schedule: when, by cron in any time zone.
        start_window: within what time after that the restores begin, in whole hours, at most 168.
        newer_than: how old the recovery point may be, in whole days, at most 365.
        pick: whether the latest recovery point is restored, or any one.
        validation_window: how long the table stays for a validation, in whole hours, at most 168. Left out: it is
            deleted as soon as it is restored.
    """

    schedule: scheduler.ScheduleExpression
    start_window: cdk.Duration = field(default_factory=lambda: cdk.Duration.hours(8))
    newer_than: cdk.Duration = field(default_factory=lambda: cdk.Duration.days(30))
    pick: Literal["latest", "random"] = "latest"
    validation_window: cdk.Duration | None = None

    def check(self, check: Check) -> None:
        """Fail unless AWS Backup takes it."""
        name = "restore_testing"
        check_cron(check, f"{name}.schedule", self.schedule)
        check.instance(f"{name}.start_window", self.start_window, cdk.Duration)
        check.instance(f"{name}.newer_than", self.newer_than, cdk.Duration)
        for each, low, high, unit in (
            ("start_window", 1, _LONGEST_HOURS, _HOUR),
            ("newer_than", 1, _LONGEST_SELECTION_DAYS, _DAY),
            ("validation_window", 0, _LONGEST_HOURS, _HOUR),
        ):
            value = getattr(self, each)
            check.duration(f"{name}.{each}", value, low * unit, high * unit)
            seconds = 0 if value is None or is_token(value) else int(value.to_seconds())
            check.require(
                seconds % unit == 0,
                f"{name}.{each} is {seconds:,} seconds.",
                remedy=f"AWS Backup counts whole {'hours' if unit == _HOUR else 'days'} here.",
            )
        check.require(
            self.pick in {"latest", "random"},
            f"{name}.pick is {self.pick!r}.",
            remedy="Give latest or random.",
        )


def make_restore_testing(
    scope: Construct, settings: RestoreTesting, protected: Protected, role: iam.Role
) -> tuple[backup.CfnRestoreTestingPlan, Sequence[backup.CfnRestoreTestingSelection]]:
    """The plan, below `scope`, and which tables it restores as `role`."""
    validation = settings.validation_window
    plan = backup.CfnRestoreTestingPlan(
        scope,
        "RestoreTesting",
        # By the stack's name, so that a second deployment of the app has a plan of its own.
        restore_testing_plan_name=cdk.Names.unique_resource_name(
            scope, max_length=_LONGEST_NAME, separator="_"
        ),
        schedule_expression=settings.schedule.expression_string,
        schedule_expression_timezone=(
            settings.schedule.time_zone.timezone_name if settings.schedule.time_zone else None
        ),
        start_window_hours=settings.start_window.to_hours(),
        recovery_point_selection=backup.CfnRestoreTestingPlan.RestoreTestingRecoveryPointSelectionProperty(
            algorithm=f"{settings.pick.upper()}_WITHIN_WINDOW",
            include_vaults=[protected.vault.backup_vault_arn],
            recovery_point_types=["SNAPSHOT"],
            selection_window_days=settings.newer_than.to_days(),
        ),
    )
    selections = []
    for number, (arns, conditions) in enumerate(_selected(protected), start=1):
        selection = backup.CfnRestoreTestingSelection(
            scope,
            f"RestoreTestingSelection{number}",
            restore_testing_plan_name=plan.restore_testing_plan_name,
            restore_testing_selection_name=f"Tables{number}",
            iam_role_arn=role.role_arn,
            protected_resource_type="DynamoDB",
            protected_resource_arns=arns,
            protected_resource_conditions=conditions,
            validation_window_hours=None if validation is None else validation.to_hours(),
        )
        selection.node.add_dependency(plan, role)
        selections.append(selection)
    return plan, selections


_Conditions = backup.CfnRestoreTestingSelection.ProtectedResourceConditionsProperty


def _selected(protected: Protected) -> list[tuple[list[str], _Conditions | None]]:
    """ARNs and conditions of each selection."""
    if isinstance(protected.tables, TaggedTables):
        pairs = [
            backup.CfnRestoreTestingSelection.KeyValueProperty(key=key, value=value)
            for key, value in protected.tables.conditions().items()
        ]
        return [(["*"], _Conditions(string_equals=pairs))]
    arns = [table.table_arn for table in protected.tables]
    return [(arns[start : start + _MOST_ARNS], None) for start in range(0, len(arns), _MOST_ARNS)]
