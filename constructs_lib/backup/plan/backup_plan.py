"""Backups of tables by AWS Backup: in a vault, copied elsewhere, tested, and watched."""

from collections.abc import Sequence
from typing import ClassVar, Final

import aws_cdk as cdk
from aws_cdk import aws_backup as backup
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from constructs_lib.alarms.routing.route import Route, check_route
from constructs_lib.backup.common.tables import TaggedTables, check_tables
from constructs_lib.backup.plan.events import job_events
from constructs_lib.backup.plan.metrics import COMPLETED, heartbeat, job_alarms, job_metric
from constructs_lib.backup.plan.recovery_point import promised_seconds
from constructs_lib.backup.plan.restore_testing import RestoreTesting, make_restore_testing
from constructs_lib.backup.plan.roles import Protected, backup_role, restore_role
from constructs_lib.backup.plan.rules import BackupRule, check_rules
from constructs_lib.backup.plan.vault import ExistingVault, NewVault, make_vault
from constructs_lib.checks import Check

__all__ = ["ADVANCED_FEATURES_WARNING", "BackupPlan"]

ADVANCED_FEATURES_WARNING: Final = "constructs-lib:backup-advanced-features"
"""The id of the warning about copies and cold storage, for ``acknowledge_warning``."""
_MOST_TABLES = 50
"""As many as a role's inline policies have room for, if each has a key of its own.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""
_LONGEST_NAME = 50
"""https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupPlan.html"""


class BackupPlan(Construct):
    """Has AWS Backup back tables up by rules, and rings when it does not.

    Unlike `ScheduledBackup`, it can copy recovery points to other Regions and accounts, move them to cold storage, lock
    them against everybody, and test their restore. It runs no code in your account.

    Copies and cold storage need AWS Backup's advanced features for DynamoDB. This is a setting of account and Region
    that CloudFormation can neither see nor change, so a rule that needs it comes with a warning; acknowledge it once
    you have looked: ``cdk.Annotations.of(plan).acknowledge_warning(ADVANCED_FEATURES_WARNING)``.

    Attributes:
        tables: what is backed up.
        rules: when, for how long, and where copies go.
        promised: after how many seconds without a completed backup the alarm rings.
        vault: where the recovery points are.
        key: the vault's key; None where it is not known.
        role: what AWS Backup makes recovery points as, and deletes them; retained as the vault is.
        plan: the plan.
        selection: which tables it is for.
        restore_role: what AWS Backup restores as; None without restore testing.
        restore_testing_plan: the plan of restore tests, or None.
        restore_testing_selections: which tables these are for.
        missing: rings when no backup has completed for too long. None where an alarm cannot look back that far.
        alarms: those on failed, expired and aborted jobs and on what could not be deleted, by the name of the metric.
        job_events: the rules that tell of each failed backup, copy and restore.
    """

    WATCHES_ITSELF: ClassVar[bool] = True
    """It has alarms of its own: `Watch` leaves it alone."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        tables: Sequence[dynamodb.ITable] | TaggedTables,
        rules: Sequence[BackupRule],
        vault: NewVault | ExistingVault | None = None,
        recovery_point_objective: cdk.Duration | None = None,
        restore_testing: RestoreTesting | None = None,
        route: Route | None = None,
    ) -> None:
        """Back `tables` up.

        Args:
            scope: the parent, in a stack of the tables' Region.
            construct_id: the id in `scope`.
            tables: up to 50 tables, made or imported, or all that have a tag.
            rules: when tables are backed up, and what becomes of the recovery points.
            vault: where these are. Left out: a `NewVault()`.
            recovery_point_objective: how old the newest backup may become; the alarm rings after that time without a
                completed one. One that the rules cannot hold is refused. Left out: what the best rule can hold, and a
                tenth of its largest gap or an hour more.
            restore_testing: when recovery points are restored for a test. Left out: they are not.
            route: what the alarms do, and who is told of failed jobs. Left out: the stack's `AlarmTopic`, made on first
                use.

        Raises:
            ConfigurationError: an argument cannot work; nothing has been built then.
        """
        check = Check(scope, construct_id)
        if isinstance(tables, TaggedTables):
            tables.check(check, "tables")
        else:
            check_tables(check, scope, tables, _MOST_TABLES)
        check_rules(check, rules)
        check.instance("vault", vault, NewVault, ExistingVault, None)
        where = vault or NewVault()
        where.check(check, rules)
        check.instance("restore_testing", restore_testing, RestoreTesting, None)
        if restore_testing is not None:
            restore_testing.check(check)
        check_route(check, route)
        promised = promised_seconds(check, rules, recovery_point_objective)
        super().__init__(scope, construct_id)
        with check.all_or_nothing():
            self.tables = tables if isinstance(tables, TaggedTables) else tuple(tables)
            self.rules = tuple(rules)
            self.promised = promised
            self.vault: backup.IBackupVault
            self.key: kms.IKey | None
            kept = cdk.RemovalPolicy.RETAIN
            if isinstance(where, ExistingVault):
                self.vault, self.key = where.vault, where.encryption_key
            else:
                kept = where.removal_policy or kept
                self.vault, self.key = make_vault(self, where)
            copied_to = dict.fromkeys(copy.vault.backup_vault_arn for rule in rules for copy in rule.copies)
            protected = Protected(
                tables=self.tables, vault=self.vault, vault_key=self.key, copies=list(copied_to)
            )
            self.role = backup_role(self, protected, kept)
            self.plan = backup.BackupPlan(
                self,
                "Plan",
                backup_plan_name=cdk.Names.unique_resource_name(
                    self, max_length=_LONGEST_NAME, separator="-"
                ),
                backup_vault=self.vault,
                backup_plan_rules=[rule.described() for rule in rules],
            )
            self.selection = self._selection()
            self.restore_role: iam.Role | None = None
            self.restore_testing_plan: backup.CfnRestoreTestingPlan | None = None
            self.restore_testing_selections: Sequence[backup.CfnRestoreTestingSelection] = ()
            if restore_testing is not None:
                self.restore_role = restore_role(self, protected)
                self.restore_testing_plan, self.restore_testing_selections = make_restore_testing(
                    self, restore_testing, protected, self.restore_role
                )
            self.missing = heartbeat(self, self.vault, promised, route)
            self.alarms = job_alarms(self, self.vault, route)
            self.job_events = job_events(self, self.vault, self.restore_role, route)
            self._warn_of_advanced_features()

    def metric_completed(self) -> cloudwatch.Metric:
        """How many backups of tables completed in the vault, of whatever plan."""
        return job_metric(self.vault, COMPLETED)

    def metric(self, name: str) -> cloudwatch.Metric:
        """How often AWS Backup counted `name`, such as ``NumberOfBackupJobsRunning``, for tables in the vault."""
        return job_metric(self.vault, name)

    def _selection(self) -> backup.CfnBackupSelection:
        stack = cdk.Stack.of(self)
        conditions = None
        if isinstance(self.tables, TaggedTables):
            arns = [stack.format_arn(service="dynamodb", resource="table", resource_name="*")]
            conditions = {
                "StringEquals": [
                    {"ConditionKey": key, "ConditionValue": value}
                    for key, value in self.tables.conditions().items()
                ]
            }
        else:
            arns = [table.table_arn for table in self.tables]
        # CDK's own construct knows no conditions, by which tables are found by type and tag.
        selection = backup.CfnBackupSelection(
            self,
            "Selection",
            backup_plan_id=self.plan.backup_plan_id,
            backup_selection=backup.CfnBackupSelection.BackupSelectionResourceTypeProperty(
                selection_name="Tables",
                iam_role_arn=self.role.role_arn,
                resources=arns,
                conditions=conditions,
            ),
        )
        selection.node.add_dependency(self.role)
        return selection

    def _warn_of_advanced_features(self) -> None:
        if any(rule.needs_advanced_features for rule in self.rules):
            cdk.Annotations.of(self).add_warning_v2(
                ADVANCED_FEATURES_WARNING,
                "Copies and cold storage need AWS Backup's advanced features for DynamoDB, a setting of account and "
                "Region that CloudFormation cannot see. Look: aws backup describe-region-settings must say DynamoDB: "
                "true under ResourceTypeManagementPreference. If not: aws backup update-region-settings "
                "--resource-type-management-preference DynamoDB=true. Then acknowledge this warning.",
            )
