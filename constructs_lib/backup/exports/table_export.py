"""Exports of DynamoDB tables to S3 by schedules."""

from collections.abc import Sequence
from typing import ClassVar, cast

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from constructs_lib.alarms.routing.route import Route
from constructs_lib.backup.common.failed_runs import function_alarms, keep_failed_runs
from constructs_lib.backup.common.ledger import ledger_table
from constructs_lib.backup.common.looks import look_schedule
from constructs_lib.backup.common.published import backup_metric
from constructs_lib.backup.exports import published
from constructs_lib.backup.exports.arguments import check_arguments
from constructs_lib.backup.exports.bucket import ExportLifecycle, export_bucket
from constructs_lib.backup.exports.function import export_function
from constructs_lib.backup.exports.permissions import let_export
from constructs_lib.backup.exports.promise import LOOK_MINUTES, Promise
from constructs_lib.backup.exports.schedules import due_schedule
from constructs_lib.backup.exports.watch import ExportAge, count_alarm
from constructs_lib.checks import Check
from constructs_lib.function import FunctionLogs
from constructs_lib.function.schedule_target import invoker_of
from constructs_lib.naming import deployed_name

__all__ = ["TableExport"]

_LONGEST_EXPORT_HOURS = 1
_LATE_LOOKS = 3
"""So that the look that is just under way can still make it."""


class TableExport(Construct):
    """Exports tables to S3: in full, and as one series of windows without gap or overlap, whatever fails.

    A small function asks DynamoDB for the exports that are due and follows them to their end. Each window begins where
    the last complete one ended; a full export is of a moment at which a window ends. So a full export and the windows
    after it make the table at any later boundary. Each export is checked and gets a manifest, linked to the one before
    it; ``python -m constructs_lib.backup verify-export`` checks them all.

    Attributes:
        tables: what is exported.
        promised: after how many seconds the alarm rings when nothing newer is exported.
        bucket: where exports go.
        prefix: what their keys start with, before the table's name.
        encryption_key: what they are encrypted with; None for the keys of S3.
        ledger: the table that remembers what was exported until when. Without it, chains begin anew.
        function: begins exports, follows them, and writes manifests.
        full_schedule: calls it when full exports are due.
        incremental_schedule: calls it when windows are due; None where there are none.
        looks: the schedule by which it begins what is due and follows what is under way.
        role: what the schedules may do, which is to call it.
        dead_letter_queue: keeps the events of runs that failed, and of those that could not be started.
        age: rings when what is exported is too old, or nobody looks.
        failed: rings when an export failed, or could not be begun.
        broken: rings when changes can't be exported any more, so that the windows have a hole.
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
        full_schedule: scheduler.ScheduleExpression,
        incremental_schedule: scheduler.ScheduleExpression | None = None,
        bucket: s3.IBucket | None = None,
        prefix: str = "exports",
        encryption_key: kms.IKey | None = None,
        lifecycle: ExportLifecycle | None = None,
        object_lock: s3.ObjectLockRetention | None = None,
        access_logs: s3.IBucket | None = None,
        longest_export: cdk.Duration | None = None,
        recovery_point_objective: cdk.Duration | None = None,
        route: Route | None = None,
        log_settings: FunctionLogs | None = None,
        removal_policy: cdk.RemovalPolicy | None = None,
    ) -> None:
        """Export `tables`, which need point-in-time recovery.

        Args:
            scope: the parent, in a stack of the tables' Region.
            construct_id: the id in `scope`.
            tables: up to 100 tables, made or imported.
            full_schedule: when full exports are due, as a rate or by cron in any time zone. The first one is made
                soon after the deployment.
            incremental_schedule: when windows end, 15 minutes apart or more. Left out: there are full exports alone.
            bucket: an existing one, which keeps its own settings; import one of another account with that ``account``.
                Left out: one is made, encrypted, versioned, without public access, for TLS alone, with access logs.
            prefix: what keys start with, before the table's name; empty for nothing.
            encryption_key: encrypts exports. Left out: the key of `bucket`, and where it has none, S3's own keys.
            lifecycle: when exports are archived and deleted, of the bucket that is made. Left out:
                `ExportLifecycle()`.
            object_lock: for how long nobody deletes or overwrites exports, of the bucket that is made; compliance mode
                cannot be taken back by anybody. Left out: no lock.
            access_logs: where the access logs of the bucket that is made go; the policy of an imported one has to let
                S3 write. Left out: to a bucket that is made too.
            longest_export: how long an export may take; large tables take longer. Left out: an hour.
            recovery_point_objective: how old what is exported of a table may become; the alarm rings then. One that
                the schedules cannot hold is refused. Left out: what they can hold, and a tenth of the largest gap or
                an hour more.
            route: what the alarms do. Left out: they publish to the stack's `AlarmTopic`, made on first use.
            log_settings: retention and encryption of the function's log. Left out: `FunctionLogs()`.
            removal_policy: what becomes of ledger, queue, log and the buckets that are made with the stack; S3 deletes
                none that is not empty, so empty them first. Left out, they are retained.

        Raises:
            ConfigurationError: an argument cannot work; nothing has been built then.
        """
        check = Check(scope, construct_id)
        check_arguments(
            check,
            scope,
            tables=tables,
            schedules={"full_schedule": full_schedule, "incremental_schedule": incremental_schedule},
            buckets={"bucket": bucket, "access_logs": access_logs},
            of_new_bucket={"lifecycle": lifecycle, "object_lock": object_lock, "access_logs": access_logs},
            prefix=prefix,
            key=encryption_key,
            route=route,
            log_settings=log_settings,
            removal_policy=removal_policy,
        )
        promise = Promise.of(
            check,
            full=full_schedule,
            incremental=incremental_schedule,
            longest_export=longest_export or cdk.Duration.hours(_LONGEST_EXPORT_HOURS),
            objective=recovery_point_objective,
        )
        kept_for = lifecycle or ExportLifecycle()
        if bucket is None:
            kept_for.check(check, promise.full_gap, windows=incremental_schedule is not None)
        super().__init__(scope, construct_id)
        kept = removal_policy or cdk.RemovalPolicy.RETAIN
        with check.all_or_nothing():
            self.tables = tuple(tables)
            self.promised = promise.seconds
            self.prefix = prefix
            self._name = deployed_name(scope, construct_id)
            self.bucket: s3.IBucket = bucket or export_bucket(
                self,
                key=encryption_key,
                lifecycle=kept_for,
                object_lock=object_lock,
                access_logs=access_logs,
                removal_policy=kept,
            )
            self.encryption_key = encryption_key or self.bucket.encryption_key
            self.ledger = ledger_table(self, ("table", "entry"), kept)
            self.function = export_function(
                self,
                {
                    "name": self._name,
                    "ledger": self.ledger.table_name,
                    "bucket": self.bucket.bucket_name,
                    "owner": self.bucket.env.account,
                    "prefix": prefix,
                    "key": "" if self.encryption_key is None else self.encryption_key.key_arn,
                    "incremental": incremental_schedule is not None,
                    "expire_days": 0 if bucket else kept_for.expire_days,
                },
                log_settings,
                removal_policy,
            )
            let_export(
                cast("iam.Role", self.function.role),
                self.tables,
                self.ledger,
                bucket=self.bucket,
                prefix=prefix,
                key=self.encryption_key,
            )
            self.dead_letter_queue = keep_failed_runs(self, self.function, kept)
            self.role = invoker_of(self, self.function.alias)
            self.dead_letter_queue.grant_send_messages(self.role)
            self.full_schedule = self._due("FullSchedule", "FULL_EXPORT", full_schedule, promise)
            self.incremental_schedule = (
                None
                if incremental_schedule is None
                else self._due("IncrementalSchedule", "INCREMENTAL_EXPORT", incremental_schedule, promise)
            )
            self.looks = look_schedule(
                self,
                self.function.alias,
                self.role,
                tables=self.tables,
                minutes=LOOK_MINUTES,
                description="Begins the exports that are due, and follows them to their end",
            )
            self.age = ExportAge(
                self,
                "Age",
                metric=self.metric_age(),
                promised=promise.seconds,
                looks=_LATE_LOOKS,
                log=self.function.log_group.log_group_name,
                route=route,
            )
            self.failed = count_alarm(self, "Failed", self.metric_failed(), self.function, route)
            self.broken = count_alarm(self, "Broken", self.metric_broken(), self.function, route)
            self.alarms = function_alarms(self, self.function, self.dead_letter_queue, route)

    def metric_age(self, table: dynamodb.ITable | None = None) -> cloudwatch.Metric:
        """The age in seconds of what is exported of `table`, left out: of the table where it is oldest."""
        return self._metric(published.AGE_OF_EXPORTED_DATA, table, "Maximum")

    def metric_failed(self, table: dynamodb.ITable | None = None) -> cloudwatch.Metric:
        """How many exports of `table` failed or could not be begun, left out: of all tables."""
        return self._metric(published.EXPORTS_FAILED, table, "Sum")

    def metric_broken(self, table: dynamodb.ITable | None = None) -> cloudwatch.Metric:
        """How many chains of `table` ended with a hole after them, left out: of all tables."""
        return self._metric(published.CHAINS_BROKEN, table, "Sum")

    def metric_duration(self, table: dynamodb.ITable | None = None) -> cloudwatch.Metric:
        """The seconds that the slowest export of `table` took, left out: of all tables."""
        return self._metric(published.EXPORT_DURATION, table, "Maximum")

    def metric_items(self, table: dynamodb.ITable | None = None) -> cloudwatch.Metric:
        """The items and changes that were exported of `table`, left out: of all tables."""
        return self._metric(published.EXPORTED_ITEMS, table, "Sum")

    def metric_bytes(self, table: dynamodb.ITable | None = None) -> cloudwatch.Metric:
        """The bytes that DynamoDB bills for exports of `table`, left out: of all tables."""
        return self._metric(published.EXPORTED_BYTES, table, "Sum")

    def _metric(self, name: str, table: dynamodb.ITable | None, statistic: str) -> cloudwatch.Metric:
        period = cdk.Duration.minutes(LOOK_MINUTES)
        return backup_metric(name, self._name, table, statistic=statistic, period=period)

    def _due(
        self, construct_id: str, kind: str, expression: scheduler.ScheduleExpression, promise: Promise
    ) -> scheduler.Schedule:
        return due_schedule(
            self,
            construct_id,
            self.function.alias,
            self.role,
            kind=kind,
            tables=self.tables,
            expression=expression,
            queue=self.dead_letter_queue,
            event_age=promise.event_age,
        )
