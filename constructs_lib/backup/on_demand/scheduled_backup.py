"""Backups of DynamoDB tables by a schedule."""

import re
from collections.abc import Sequence
from typing import ClassVar, cast

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from constructs_lib.alarms.routing.route import Route, check_route
from constructs_lib.backup.common.failed_runs import function_alarms, keep_failed_runs
from constructs_lib.backup.common.ledger import ledger_table
from constructs_lib.backup.common.looks import look_schedule
from constructs_lib.backup.common.published import BACKUP_NAMESPACE, backup_metric
from constructs_lib.backup.common.tables import check_tables
from constructs_lib.backup.on_demand.permissions import let_back_up
from constructs_lib.backup.on_demand.promise import promise_of
from constructs_lib.backup.on_demand.published import (
    AGE_OF_NEWEST_BACKUP,
    BACKUP_COUNT,
    BACKUP_DURATION,
    BACKUP_SIZE,
    BACKUPS_FAILED,
)
from constructs_lib.backup.on_demand.retention import Retention
from constructs_lib.backup.on_demand.scheduled_target import run_schedule
from constructs_lib.backup.on_demand.watch import BackupAge, failure_alarm
from constructs_lib.checks import Check, is_token
from constructs_lib.function import FunctionLogs, HardenedFunction
from constructs_lib.function.schedule_target import invoker_of
from constructs_lib.handlers import handler_folder
from constructs_lib.naming import deployed_name

__all__ = ["MOST_TABLES", "ScheduledBackup"]

MOST_TABLES = 100
"""How many tables one schedule can back up, within what a Lambda function can do in one run."""
_TIMEOUT_MINUTES = 15
_LONGEST_WINDOW_MINUTES = 1_440
"""https://docs.aws.amazon.com/scheduler/latest/APIReference/API_FlexibleTimeWindow.html"""
_LONGEST_ID = 80
"""Of the 255 characters of a backup's name; 128 are for the stack, and 32 for the time and what makes it unique."""
_FAILURE_MINUTES = 5
_LATE_LOOKS = 2
"""So that the run that is just under way can still make it."""


class ScheduledBackup(Construct):
    """Backs up tables by a schedule, keeps what it should, and rings when a table has no backup that is young enough.

    A small function makes one on-demand backup for each table and scheduled time. A ledger keeps an event that comes
    twice, a retry, and two runs at once from making a second one. Then the function deletes those of its backups that
    need not be kept: never the newest that can be restored from, and none that does not stand in the ledger. A second
    schedule has it look at the newest backups and publish how old they are.

    Attributes:
        tables: what is backed up.
        retention: what is kept.
        promised: after how many seconds without a backup of a table the alarm rings.
        ledger: the table that remembers what was made. Without it, backups stay until somebody deletes them.
        function: makes, looks and deletes.
        schedule: calls it for a backup.
        looks: the schedule that has it publish how old the newest backups are.
        role: what the schedules may do, which is to call it.
        dead_letter_queue: keeps the events of runs that failed, and of those that could not be started.
        age: rings when a table's newest backup is too old, or nobody looks.
        failed: rings when a backup failed.
        alarms: the alarms on the function and the queue.
    """

    WATCHES_ITSELF: ClassVar[bool] = True
    """It has alarms of its own: `Watch` leaves it alone."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        tables: Sequence[dynamodb.ITable],
        schedule: scheduler.ScheduleExpression,
        flexible_window: cdk.Duration | None = None,
        retention: Retention | None = None,
        recovery_point_objective: cdk.Duration | None = None,
        route: Route | None = None,
        log_settings: FunctionLogs | None = None,
        removal_policy: cdk.RemovalPolicy | None = None,
    ) -> None:
        """Back up `tables`.

        Args:
            scope: the parent, in a stack of the tables' Region.
            construct_id: the id in `scope`.
            tables: up to `MOST_TABLES` tables, made or imported.
            schedule: when, as a rate or by cron in any time zone; summer time makes the largest gap longer.
            flexible_window: within what time after that, 1 minute to a day, so that not everything begins at once. Left
                out: at that time.
            retention: what is kept. Left out: `Retention()`.
            recovery_point_objective: how old a table's newest backup may become; the alarm rings then. One that the
                schedule cannot hold is refused. Left out: what the schedule can hold, and a tenth of its largest gap or
                an hour more.
            route: what the alarms do. Left out: they publish to the stack's `AlarmTopic`, made on first use.
            log_settings: retention and encryption of the function's log. Left out: `FunctionLogs()`.
            removal_policy: what becomes of ledger, queue and log with the stack; backups stay in any case. Left out,
                they are retained.

        Raises:
            ConfigurationError: an argument cannot work; nothing has been built then.
        """
        check = Check(scope, construct_id)
        check_tables(check, scope, tables, MOST_TABLES)
        check.offers(
            "schedule",
            schedule or "",
            "expression_string",
            remedy="Give a ScheduleExpression of aws_scheduler.",
        )
        check.instance("retention", retention, Retention, None)
        check.instance("log_settings", log_settings, FunctionLogs, None)
        check.instance("removal_policy", removal_policy, cdk.RemovalPolicy, None)
        check.require(
            not is_token(flexible_window),
            "flexible_window is known only at deployment.",
            remedy="How old a backup becomes depends on it: give a fixed duration.",
        )
        check.duration("flexible_window", flexible_window, 1, _LONGEST_WINDOW_MINUTES, unit="minutes")
        check_route(check, route)
        self.retention = retention or Retention()
        self.retention.check(check)
        promise = promise_of(check, schedule, flexible_window, recovery_point_objective)
        super().__init__(scope, construct_id)
        kept = removal_policy or cdk.RemovalPolicy.RETAIN
        with check.all_or_nothing():
            self.tables = tuple(tables)
            self.promised = promise.promised
            self._name = deployed_name(scope, construct_id)
            self._look = cdk.Duration.minutes(promise.look_minutes)
            self.ledger = ledger_table(self, ("table", "scheduled"), kept)
            self.function = self._function(construct_id, log_settings, removal_policy)
            let_back_up(cast("iam.Role", self.function.role), self.tables, self.ledger)
            self.dead_letter_queue = keep_failed_runs(self, self.function, kept)
            self.role = invoker_of(self, self.function.alias)
            self.dead_letter_queue.grant_send_messages(self.role)
            self.schedule = run_schedule(
                self,
                self.function.alias,
                self.role,
                tables=self.tables,
                expression=schedule,
                window=flexible_window,
                queue=self.dead_letter_queue,
                event_age=promise.event_age,
            )
            self.looks = look_schedule(
                self,
                self.function.alias,
                self.role,
                tables=self.tables,
                minutes=promise.look_minutes,
                description="Publishes how old the newest backups are",
            )
            self.age = BackupAge(
                self,
                "Age",
                metric=self.metric_age(),
                promised=promise.promised,
                looks=_LATE_LOOKS,
                log=self.function.log_group.log_group_name,
                route=route,
            )
            self.failed = failure_alarm(self, self.metric_failed(), self.function, route)
            self.alarms = function_alarms(self, self.function, self.dead_letter_queue, route)

    def metric_age(self, table: dynamodb.ITable | None = None) -> cloudwatch.Metric:
        """The age in seconds of the newest backup of `table`, left out: of the table where it is oldest."""
        return self._metric(AGE_OF_NEWEST_BACKUP, table, "Maximum", self._look)

    def metric_count(self, table: dynamodb.ITable | None = None) -> cloudwatch.Metric:
        """How many backups `table` has, left out: the table that has most."""
        return self._metric(BACKUP_COUNT, table, "Maximum", self._look)

    def metric_size(self, table: dynamodb.ITable | None = None) -> cloudwatch.Metric:
        """The bytes of the newest backup of `table`, left out: of the largest."""
        return self._metric(BACKUP_SIZE, table, "Maximum", self._look)

    def metric_duration(self, table: dynamodb.ITable | None = None) -> cloudwatch.Metric:
        """The seconds from the start of a run until the backup of `table` was available, left out: of the slowest."""
        return self._metric(BACKUP_DURATION, table, "Maximum", self._look)

    def metric_failed(self, table: dynamodb.ITable | None = None) -> cloudwatch.Metric:
        """How many backups of `table` failed, left out: of all tables."""
        return self._metric(BACKUPS_FAILED, table, "Sum", cdk.Duration.minutes(_FAILURE_MINUTES))

    def _metric(
        self, name: str, table: dynamodb.ITable | None, statistic: str, period: cdk.Duration
    ) -> cloudwatch.Metric:
        return backup_metric(name, self._name, table, statistic=statistic, period=period)

    def _function(
        self,
        construct_id: str,
        log_settings: FunctionLogs | None,
        removal_policy: cdk.RemovalPolicy | None,
    ) -> HardenedFunction:
        settings = {
            "schedule": self._name,
            "ledger": self.ledger.table_name,
            "namespace": BACKUP_NAMESPACE,
            "prefix": f"{cdk.Aws.STACK_NAME}-{re.sub('[^a-zA-Z0-9_.-]', '-', construct_id)[:_LONGEST_ID]}",
            "retention": self.retention.described(),
        }
        return HardenedFunction(
            self,
            "Function",
            code=lambda_.Code.from_asset(str(handler_folder("table_backup")), exclude=["**/__pycache__"]),
            handler="table_backup.handler.handler",
            description="Backs up tables, and deletes the backups that need not be kept",
            timeout=cdk.Duration.minutes(_TIMEOUT_MINUTES),
            environment={"TABLE_BACKUP": cdk.Stack.of(self).to_json_string(settings)},
            log_settings=log_settings,
            removal_policy=removal_policy,
        )
