"""Point-in-time recovery of DynamoDB tables, switched on and watched."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, cast

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from constructs_lib.alarms.routing.route import Route, check_route
from constructs_lib.backup.common.looks import look_schedule
from constructs_lib.backup.common.published import BACKUP_NAMESPACE, backup_metric
from constructs_lib.backup.common.table_permissions import TableActions, let_use_tables
from constructs_lib.backup.common.tables import check_tables
from constructs_lib.backup.continuous.published import (
    AGE_OF_LATEST_RESTORABLE,
    RECOVERY_LOOKS_FAILED,
    RECOVERY_WINDOW,
    RECOVERY_WINDOW_MISSING,
)
from constructs_lib.backup.continuous.recovery_period import (
    check_period,
    check_settings,
    resource_of,
    switch_on,
)
from constructs_lib.backup.continuous.watch import age_alarm, failure_alarm, window_alarm
from constructs_lib.checks import Check, acknowledge, is_token
from constructs_lib.function import FunctionLogs, HardenedFunction
from constructs_lib.function.schedule_target import invoker_of
from constructs_lib.handlers import handler_folder
from constructs_lib.naming import deployed_name

__all__ = ["PointInTimeRecovery"]

_MOST_TABLES = 100
"""As many as a role's policies have room for: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""
_DAY = 86_400
_LAG = 300
"""Seconds by which the latest second to restore to is typically behind.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PointInTimeRecoveryDescription.html
"""
_OBJECTIVE = 900
_LOOK_MINUTES = 5
_TIMEOUT_MINUTES = 3
_ALLOWED_SHARE = 10


class PointInTimeRecovery(Construct):
    """Switches point-in-time recovery of tables on, and rings when it does not hold what it promises.

    Each table of the app, and each of its replicas, can be restored to any second of the period. A table that is
    imported cannot be changed by CloudFormation: it is watched only, like a replica that was made by another stack.

    A small function asks DynamoDB every five minutes how far back each table can be restored, and how young the latest
    second is that it can be restored to. The window of a new table grows with its age, and is complete once the table
    is as old as the period. Switching off and on again loses it: from then on it is shorter than the table is old, and
    the alarm rings until it is complete again.

    Attributes:
        tables: what is watched.
        watched_only: those among them that have to be switched on by somebody else.
        recovery_period_days: how far back they can be restored.
        objective: over how many seconds the latest second to restore to may be old.
        function: looks and publishes.
        schedule: calls it.
        role: what the schedule may do, which is to call it.
        age: rings when a table's point-in-time recovery is off or behind, or nobody looks.
        window: rings when a table cannot be restored to as long ago as promised.
        failed: rings when nobody can look at one of the tables.
    """

    WATCHES_ITSELF: ClassVar[bool] = True
    """Its function needs no alarms of its own: `Watch` leaves it alone."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        tables: Sequence[dynamodb.ITable],
        recovery_period: cdk.Duration | None = None,
        recovery_point_objective: cdk.Duration | None = None,
        since: datetime | None = None,
        route: Route | None = None,
        log_settings: FunctionLogs | None = None,
        removal_policy: cdk.RemovalPolicy | None = None,
    ) -> None:
        """Have `tables` restorable to any second of `recovery_period`.

        Args:
            scope: the parent, in a stack of the tables' Region.
            construct_id: the id in `scope`.
            tables: up to 100 tables, made or imported. One that is switched off in its own arguments, or has another
                period there, is refused.
            recovery_period: how far back, in whole days. Left out: as far as DynamoDB can.
            recovery_point_objective: how old the latest second may become that a table can be restored to; the alarm
                rings beyond. Less than DynamoDB's own lag is refused. Left out: a quarter of an hour.
            since: when point-in-time recovery was switched on, with its time zone, for tables that are older than that:
                their window grows from then on. Left out: it was on from the beginning.
            route: what the alarms do. Left out: they publish to the stack's `AlarmTopic`, made on first use.
            log_settings: retention and encryption of the function's log. Left out: `FunctionLogs()`.
            removal_policy: what becomes of that log with the stack. Left out, it is retained.

        Raises:
            ConfigurationError: an argument cannot work; nothing has been built then.
        """
        check = Check(scope, construct_id)
        check_tables(check, scope, tables, _MOST_TABLES)
        days = check_period(check, recovery_period)
        objective = _check_objective(check, recovery_point_objective, days)
        check.instance("since", since, datetime, None)
        check.require(
            since is None or since.tzinfo is not None,
            f"since is {since}, without a time zone.",
            remedy="Give one, such as datetime(2026, 11, 1, tzinfo=UTC).",
        )
        check_route(check, route)
        check.instance("log_settings", log_settings, FunctionLogs, None)
        check.instance("removal_policy", removal_policy, cdk.RemovalPolicy, None)
        own = [(table, resource_of(table)) for table in tables]
        resources = [resource for _, resource in own if resource is not None]
        for resource in resources:
            check_settings(check, resource, days)
        super().__init__(scope, construct_id)
        with check.all_or_nothing():
            self.tables = tuple(tables)
            self.watched_only = tuple(table for table, resource in own if resource is None)
            self.recovery_period_days = days
            self.objective = objective
            self._name = deployed_name(scope, construct_id)
            self.function = self._function(since, log_settings, removal_policy)
            _let_look(self.function, self.tables)
            self.role = invoker_of(self, self.function.alias)
            self.schedule = look_schedule(
                self,
                self.function.alias,
                self.role,
                tables=self.tables,
                minutes=_LOOK_MINUTES,
                description="Publishes how far back tables can be restored",
                construct_id="Schedule",
            )
            self.age = age_alarm(self, self.metric_age(), objective, self.function, route)
            self.window = window_alarm(
                self, self.metric_missing(), days * _DAY // _ALLOWED_SHARE, self.function, route
            )
            self.failed = failure_alarm(self, self.metric_failed(), self.function, route)
        for resource in resources:
            switch_on(resource, days)
        self._tell_of_others()

    def metric_age(self, table: dynamodb.ITable | None = None) -> cloudwatch.Metric:
        """The age in seconds of the latest second to restore `table` to, left out: of the table where it is oldest."""
        return self._metric(AGE_OF_LATEST_RESTORABLE, table, "Maximum")

    def metric_window(self, table: dynamodb.ITable | None = None) -> cloudwatch.Metric:
        """How many seconds back `table` can be restored, left out: the table with the shortest window."""
        return self._metric(RECOVERY_WINDOW, table, "Minimum")

    def metric_missing(self, table: dynamodb.ITable | None = None) -> cloudwatch.Metric:
        """How many seconds the window of `table` lacks for its age, left out: of the table where it lacks most."""
        return self._metric(RECOVERY_WINDOW_MISSING, table, "Maximum")

    def metric_failed(self, table: dynamodb.ITable | None = None) -> cloudwatch.Metric:
        """1 where nobody could look at `table`, else 0; left out: at any of them."""
        return self._metric(RECOVERY_LOOKS_FAILED, table, "Maximum")

    def _metric(self, name: str, table: dynamodb.ITable | None, statistic: str) -> cloudwatch.Metric:
        period = cdk.Duration.minutes(_LOOK_MINUTES)
        return backup_metric(name, self._name, table, statistic=statistic, period=period)

    def _function(
        self,
        since: datetime | None,
        log_settings: FunctionLogs | None,
        removal_policy: cdk.RemovalPolicy | None,
    ) -> HardenedFunction:
        settings: dict[str, str | int] = {
            "schedule": self._name,
            "namespace": BACKUP_NAMESPACE,
            "promised": self.recovery_period_days * _DAY,
        }
        if since is not None:
            settings["since"] = since.isoformat()
        return HardenedFunction(
            self,
            "Function",
            code=lambda_.Code.from_asset(str(handler_folder("recovery_window")), exclude=["__pycache__"]),
            handler="recovery_window.handler",
            description="Publishes how far back tables can be restored",
            memory_size=256,
            timeout=cdk.Duration.minutes(_TIMEOUT_MINUTES),
            environment={"RECOVERY_WINDOW": cdk.Stack.of(self).to_json_string(settings)},
            log_settings=log_settings,
            removal_policy=removal_policy,
        )

    def _tell_of_others(self) -> None:
        for table in self.watched_only:
            name = "..." if is_token(table.table_name) else table.table_name
            cdk.Annotations.of(self).add_info_v2(
                f"constructs-lib:recovery-watched-only-{table.node.addr}",
                f"{Check.shown(table)} cannot be changed from here and is watched only. Unless its own stack does, "
                f"switch it on by: aws dynamodb update-continuous-backups --table-name {name} "
                "--point-in-time-recovery-specification "
                f"PointInTimeRecoveryEnabled=true,RecoveryPeriodInDays={self.recovery_period_days}",
            )


def _check_objective(check: Check, objective: cdk.Duration | None, days: int) -> int:
    if objective is None:
        return _OBJECTIVE
    check.require(
        not is_token(objective),
        "recovery_point_objective is known only at deployment.",
        remedy="It is checked against what DynamoDB can hold: give a fixed duration.",
    )
    check.duration("recovery_point_objective", objective, 1, days * _DAY)
    seconds = int(objective.to_seconds())
    check.require(
        seconds >= _LAG,
        f"recovery_point_objective is {seconds:,} s, and the latest second that DynamoDB can restore a table to is "
        f"typically {_LAG} s old.",
        remedy="Promise less; what must never be lost needs replicas under strong consistency.",
    )
    return seconds


def _let_look(function: HardenedFunction, tables: Sequence[dynamodb.ITable]) -> None:
    # Both take a table as their resource:
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
    looking = TableActions(actions=("dynamodb:DescribeContinuousBackups", "dynamodb:DescribeTable"))
    let_use_tables(cast("iam.Role", function.role), tables, [looking])
    reason = (
        "Nothing is lost with an event of the schedule: the next one publishes what holds just as well, and the alarm "
        "rings when none does."
    )
    findings = ("Serverless::Serverless-LambdaDLQ", "constructs_lib::async-failures-lost")
    acknowledge(function.function, dict.fromkeys(findings, reason))
