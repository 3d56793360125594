"""Restores of DynamoDB backups by a schedule, to prove that they can be."""

from collections.abc import Sequence
from typing import ClassVar, cast

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from constructs_lib.alarms import Profile
from constructs_lib.alarms.routing.route import Route, check_route
from constructs_lib.alarms.services import StateMachineAlarms, StateMachineAlarmSettings
from constructs_lib.backup.common.failed_runs import function_alarms, keep_failed_runs
from constructs_lib.backup.common.ledger import ledger_table
from constructs_lib.backup.common.looks import look_schedule
from constructs_lib.backup.common.published import BACKUP_NAMESPACE, backup_metric
from constructs_lib.backup.common.tables import check_tables
from constructs_lib.backup.common.tags import LEDGER_TAG, RESTORE_TEST_LEDGER
from constructs_lib.backup.restore_tests.arguments import check_arguments, check_objective
from constructs_lib.backup.restore_tests.comparisons import Comparison, described
from constructs_lib.backup.restore_tests.machine import TEAR_DOWN_HOURS, restore_machine
from constructs_lib.backup.restore_tests.permissions import (
    READ_KEY,
    READ_TEMPORARY,
    keys_of,
    let_look,
    let_test,
)
from constructs_lib.backup.restore_tests.promise import promise_of
from constructs_lib.backup.restore_tests.published import (
    AGE_OF_NEWEST_RESTORE_TEST,
    RESTORE_ITEMS_COMPARED,
    RESTORE_LEFTOVERS,
    RESTORE_SECONDS,
    RESTORE_TESTS_FAILED,
)
from constructs_lib.backup.restore_tests.schedules import run_schedules
from constructs_lib.backup.restore_tests.watch import (
    LastTestAge,
    failed_alarm,
    leftovers_alarm,
    slow_alarm,
)
from constructs_lib.checks import Check
from constructs_lib.function import FunctionLogs, HardenedFunction
from constructs_lib.function.schedule_target import invoker_of
from constructs_lib.handlers import handler_folder
from constructs_lib.naming import deployed_name

__all__ = ["MOST_TESTED_TABLES", "RestoreTest"]

MOST_TESTED_TABLES = 50
"""How many tables one construct tests: DynamoDB restores 50 tables at once in an account.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_RestoreTableFromBackup.html
"""
_STEP_MINUTES = 15
_MEMORY = 1_024
_TIMEOUT_HOURS = 12
_FAILURE_MINUTES = 5
_LATE_LOOKS = 2
"""So that the test that is just under way can still end it."""
_SAMPLES = 1_000
_COUNTED = 100_000
_WITHIN_PERCENT = 10


class RestoreTest(Construct):
    """Restores the newest backup of each table to a temporary one, verifies it, and rings when it is not good.

    One execution of a state machine for each table and scheduled time. It restores, waits, compares structure, number
    of items and samples, applies again what a restore loses, and deletes what it made, whatever happens. A ledger holds
    the verdict, and the names of temporary tables before they are made: a second schedule looks for executions that
    were ended, and deletes what they left behind. It deletes no other table.

    Attributes:
        tables: what is tested.
        promised: after how many seconds without a good test of a table the alarm rings.
        ledger: the table that remembers verdicts and temporary tables.
        function: does the steps, and looks.
        machine: calls the steps; start it with ``table`` and ``scheduled`` to test now.
        schedules: start it, in the order of `tables`.
        looks: the schedule that has the function publish ages, and delete leftovers.
        role: what the schedules may do.
        dead_letter_queue: keeps the events that could not be taken.
        overdue: rings when a table's last good test is too long ago, or nobody looks.
        failed: rings when a test failed.
        leftovers: rings when temporary tables stay.
        slow: rings when a restore took longer than `recovery_time_objective`; None without one.
        machine_alarms: the alarms on the state machine.
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
        comparisons: Sequence[Comparison] | None = None,
        verifier: lambda_.IFunction | None = None,
        samples: int = _SAMPLES,
        count_up_to: int = _COUNTED,
        count_within: float = _WITHIN_PERCENT,
        timeout: cdk.Duration | None = None,
        overdue_after: cdk.Duration | None = None,
        recovery_time_objective: cdk.Duration | None = None,
        route: Route | None = None,
        log_settings: FunctionLogs | None = None,
        removal_policy: cdk.RemovalPolicy | None = None,
    ) -> None:
        """Test that the newest backups of `tables` can be restored.

        Args:
            scope: the parent, in a stack of the tables' Region.
            construct_id: the id in `scope`.
            tables: up to `MOST_TESTED_TABLES` tables, made or imported.
            schedule: when, as a rate or by cron in any time zone.
            flexible_window: within what time after that, 1 minute to a day. Left out: at that time.
            comparisons: what samples are compared with; an empty list for nothing. Left out: a point-in-time view of
                the moment of the backup for tables that have point-in-time recovery; the report says of others that
                nothing was compared.
            verifier: a function of yours that is asked as well, with ``table``, ``scheduled``, ``backup``, ``restored``
                and ``views``; it answers ``{"passed": bool, "reasons": [...]}`` and may read the temporary tables. Left
                out: nobody is asked.
            samples: how many items of each side are compared at most.
            count_up_to: up to how many items of a table are counted one by one.
            count_within: by how many percent the number of items may differ from a count that is only approximate.
            timeout: after what time a test has failed, 10 minutes to 3 days. Left out: 12 hours.
            overdue_after: how long ago a table's last good test may be. One that the schedule cannot hold is refused.
                Left out: what schedule and timeout can hold, and a tenth of the largest gap or an hour more.
            recovery_time_objective: how long a restore may take; an alarm rings when one took longer. Left out: there
                is no such alarm.
            route: what the alarms do. Left out: they publish to the stack's `AlarmTopic`, made on first use.
            log_settings: retention and encryption of the logs of function and state machine. Left out:
                `FunctionLogs()`.
            removal_policy: what becomes of ledger, queue and logs with the stack. Left out, they are retained.

        Raises:
            ConfigurationError: an argument cannot work; nothing has been built then.
        """
        check = Check(scope, construct_id)
        check_tables(check, scope, tables, MOST_TESTED_TABLES)
        check_arguments(
            check,
            schedule=schedule,
            comparisons=comparisons,
            verifier=verifier,
            numbers={"samples": samples, "count_up_to": count_up_to, "count_within": count_within},
            durations={
                "flexible_window": flexible_window,
                "timeout": timeout,
                "recovery_time_objective": recovery_time_objective,
            },
        )
        check.instance("log_settings", log_settings, FunctionLogs, None)
        check.instance("removal_policy", removal_policy, cdk.RemovalPolicy, None)
        check_route(check, route)
        longest = timeout or cdk.Duration.hours(_TIMEOUT_HOURS)
        check_objective(check, recovery_time_objective, longest)
        point = promise_of(check, schedule, flexible_window, longest, overdue_after)
        super().__init__(scope, construct_id)
        kept = removal_policy or cdk.RemovalPolicy.RETAIN
        with check.all_or_nothing():
            self.tables = tuple(tables)
            self.promised = point.promised
            self._name = deployed_name(scope, construct_id)
            self._look = cdk.Duration.minutes(point.look_minutes)
            # No other table starts like this: CloudFormation begins names with that of the stack.
            prefix = f"restore-test-{cdk.Aws.STACK_NAME}-{self.node.addr[-8:]}-"
            self._temporary = cdk.Stack.of(self).format_arn(
                service="dynamodb", resource="table", resource_name=f"{prefix}*"
            )
            self.ledger = ledger_table(self, ("table", "run"), kept)
            cdk.Tags.of(self.ledger).add(LEDGER_TAG, RESTORE_TEST_LEDGER)
            options = {
                "schedule": self._name,
                "ledger": self.ledger.table_name,
                "namespace": BACKUP_NAMESPACE,
                "prefix": prefix,
                **described(comparisons),
                "samples": samples,
                "count_up_to": count_up_to,
                "count_within": count_within,
                "verifier": verifier is not None,
                "timeout": longest.to_seconds(),
            }
            self.function = HardenedFunction(
                self,
                "Function",
                code=lambda_.Code.from_asset(
                    str(handler_folder("table_restore")), exclude=["**/__pycache__"]
                ),
                handler="table_restore.handler.handler",
                description="Restores the newest backup of tables to temporary ones, and verifies them",
                timeout=cdk.Duration.minutes(_STEP_MINUTES),
                memory_size=_MEMORY,
                environment={"TABLE_RESTORE": cdk.Stack.of(self).to_json_string(options)},
                log_settings=log_settings,
                removal_policy=removal_policy,
            )
            let_test(
                cast("iam.Role", self.function.role),
                self.tables,
                self.ledger,
                temporary=self._temporary,
                viewed=options["view"] != "never",
                compared=bool(options["unchanged"]),
            )
            self.dead_letter_queue = keep_failed_runs(self, self.function, kept)
            self.machine = restore_machine(
                self,
                self.function.alias,
                verifier=verifier,
                timeout=longest,
                logs=log_settings or FunctionLogs(),
                removal_policy=removal_policy,
            )
            let_look(self, self.function.role, self.machine)
            if verifier is not None:
                self.grant_read_temporary(verifier)
            self.role = invoker_of(self, self.function.alias)
            self.dead_letter_queue.grant_send_messages(self.role)
            self.machine.grant_start_execution(self.role)
            self.schedules = run_schedules(
                self,
                self.machine,
                self.role,
                tables=self.tables,
                expression=schedule,
                window=flexible_window,
                queue=self.dead_letter_queue,
                point=point,
            )
            self.looks = look_schedule(
                self,
                self.function.alias,
                self.role,
                tables=self.tables,
                minutes=point.look_minutes,
                description="Publishes how long ago the last good tests were, and deletes what they left behind",
            )
            log = self.function.log_group.log_group_name
            self.overdue = LastTestAge(
                self,
                "Overdue",
                metric=self.metric_age(),
                promised=point.promised,
                looks=_LATE_LOOKS,
                log=log,
                route=route,
            )
            self.failed = failed_alarm(self, self.metric_failed(), log, route)
            self.leftovers = leftovers_alarm(self, self.metric_leftovers(), log, route)
            self.slow = (
                None
                if recovery_time_objective is None
                else slow_alarm(
                    self, self.metric_restore_time(), int(recovery_time_objective.to_seconds()), route
                )
            )
            self.machine_alarms = StateMachineAlarms(
                self,
                "MachineAlarms",
                state_machine=self.machine,
                timeout=cdk.Duration.seconds(int(longest.to_seconds()) + TEAR_DOWN_HOURS * 3_600),
                settings=StateMachineAlarmSettings(
                    profile=Profile.STANDARD,
                    failure_rate=None,
                    executions_throttled=None,
                    execution_time=None,
                ),
                route=route,
            )
            self.alarms = function_alarms(self, self.function, self.dead_letter_queue, route)

    def grant_read_temporary(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` read the temporary tables, with the keys of `tables`; a verifier has that already."""
        grant = iam.Grant.add_to_principal(
            grantee=grantee, actions=list(READ_TEMPORARY), resource_arns=[self._temporary]
        )
        for key in keys_of(self.tables):
            grant = grant.combine(key.grant(grantee, *READ_KEY))
        return grant

    def metric_age(self, table: dynamodb.ITable | None = None) -> cloudwatch.Metric:
        """The seconds since the last good test of `table`, left out: of the table where it is longest ago."""
        return self._metric(AGE_OF_NEWEST_RESTORE_TEST, table, "Maximum", self._look)

    def metric_restore_time(self, table: dynamodb.ITable | None = None) -> cloudwatch.Metric:
        """The seconds that a restore of `table` took, left out: of the slowest."""
        return self._metric(RESTORE_SECONDS, table, "Maximum", cdk.Duration.minutes(_FAILURE_MINUTES))

    def metric_failed(self, table: dynamodb.ITable | None = None) -> cloudwatch.Metric:
        """How many tests of `table` failed, left out: of all tables."""
        return self._metric(RESTORE_TESTS_FAILED, table, "Sum", cdk.Duration.minutes(_FAILURE_MINUTES))

    def metric_compared(self, table: dynamodb.ITable | None = None) -> cloudwatch.Metric:
        """How many items of `table` a test compared, left out: of the table where these are fewest."""
        return self._metric(RESTORE_ITEMS_COMPARED, table, "Minimum", cdk.Duration.minutes(_FAILURE_MINUTES))

    def metric_leftovers(self, table: dynamodb.ITable | None = None) -> cloudwatch.Metric:
        """How many temporary tables of `table` were left behind, left out: of the table with most."""
        return self._metric(RESTORE_LEFTOVERS, table, "Maximum", self._look)

    def _metric(
        self, name: str, table: dynamodb.ITable | None, statistic: str, period: cdk.Duration
    ) -> cloudwatch.Metric:
        return backup_metric(name, self._name, table, statistic=statistic, period=period)
