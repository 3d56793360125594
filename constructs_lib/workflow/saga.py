"""A saga: steps that are all done, or undone."""

from collections.abc import Sequence
from typing import ClassVar

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from constructs_lib.alarms.routing.route import Route
from constructs_lib.alarms.services import (
    QueueAlarms,
    QueueAlarmSettings,
    RuleAlarms,
    StateMachineAlarms,
    StateMachineAlarmSettings,
)
from constructs_lib.checks import Check
from constructs_lib.dead_letter_queue import DeadLetterQueue
from constructs_lib.function import FunctionLogs
from constructs_lib.workflow.chain import chain
from constructs_lib.workflow.checking import EXPRESS_SECONDS, check_steps, check_timeout
from constructs_lib.workflow.definition import LONGEST_DEFINITION_BYTES, definition_of, definition_text
from constructs_lib.workflow.drawing import mermaid
from constructs_lib.workflow.machine import machine_logs, state_machine
from constructs_lib.workflow.step_checking import check_retries
from constructs_lib.workflow.steps import Parallel, Retries, Step
from constructs_lib.workflow.tasks import Tasks
from constructs_lib.workflow.times import Times
from constructs_lib.workflow.unfinished import park_unfinished
from constructs_lib.workflow.watching import compensations_alarm, compensations_metric

__all__ = ["Saga"]

_SPARE_SECONDS = 60
"""For what lies between the states."""
_RETRIES = Retries()
_ALARMS, _PARKING_ALARMS = StateMachineAlarmSettings(), QueueAlarmSettings()
_LOGS = FunctionLogs()
_COMPENSATION_RETRIES = Retries(max_attempts=8, max_delay_seconds=300)


class Saga(Construct):
    """A Step Functions workflow that does its steps in order, or undoes those that it began, in reverse.

    A step that fails for good is undone as well, since nobody knows how far it came: its function may have timed out
    after it did its work. Then all steps before it are undone. A compensation that fails is tried again; if it still
    fails, everything that it takes to do it by hand goes to the parking queue, and the others run all the same.

    Executions end as ``Saga completed``, ``Saga compensated`` or ``Saga not compensated``; of standard workflows, one
    that times out, is stopped or breaks without undoing anything is parked as well. Start each with the name of what it
    is about, such as an order's id: the idempotency keys are made of it, and no name is started twice.

    Attributes:
        state_machine: the workflow.
        parking_queue: keeps what could not be undone.
        log_group: keeps which states were entered, without data.
        alarms: the alarms on the state machine; None when they are switched off.
        parking_alarms: the alarms on the parking queue; None when they are switched off.
        compensations: rings when a saga was compensated; silent where such a saga counts as failed.
        unfinished: the rule that parks executions that undid nothing; None for express workflows, which have no events.
        unfinished_alarms: the alarms on that rule; None without it, or without `parking_alarms`.
    """

    WATCHES_ITSELF: ClassVar[bool] = True
    """It has alarms of its own: `Watch` leaves it alone."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        steps: Sequence[Step | Parallel],
        state_machine_type: sfn.StateMachineType = sfn.StateMachineType.STANDARD,
        timeout: cdk.Duration | None = None,
        retries: Retries = _RETRIES,
        compensation_retries: Retries = _COMPENSATION_RETRIES,
        compensated_succeeds: bool = False,
        alarms: StateMachineAlarmSettings | None = _ALARMS,
        parking_alarms: QueueAlarmSettings | None = _PARKING_ALARMS,
        alarm_route: Route | None = None,
        log_settings: FunctionLogs = _LOGS,
        encryption_key: kms.IKey | None = None,
        removal_policy: cdk.RemovalPolicy | None = None,
    ) -> None:
        """Make the workflow.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            steps: what it does, in order.
            state_machine_type: express for up to 5 minutes, with each execution run at least once: its steps can run
                side by side with themselves, told apart by nothing. Left out: standard, which runs each exactly once.
            timeout: after how long an execution is ended, undoing nothing. Left out: what all steps and compensations
                can take at worst, or the 5 minutes of an express workflow.
            retries: how a step is tried again that does not say, after errors that pass.
            compensation_retries: how compensations are tried again, after any error.
            compensated_succeeds: whether an execution that was compensated counts as succeeded. Left out: it fails,
                with the error ``Saga.Compensated``.
            alarms: those on the state machine; None for none. Left out: the defaults of the set.
            parking_alarms: those on the parking queue; None for none. Left out: the defaults of the set.
            alarm_route: what alarms do. Left out: they publish to the stack's `AlarmTopic`, made on first use.
            log_settings: retention and key of the log, or an existing log group. Left out: three months.
            encryption_key: encrypts the parking queue. Left out: the keys of SQS, which cost nothing.
            removal_policy: what becomes of parking queue and logs with the stack. Left out: they are retained.

        Raises:
            ConfigurationError: Step Functions would refuse it, or it could not undo what it does.
        """
        check = Check(scope, construct_id)
        express = state_machine_type is sfn.StateMachineType.EXPRESS
        times = Times(retries, compensation_retries)
        check_retries(check, "retries", retries)
        check_retries(check, "compensation_retries", compensation_retries)
        check_steps(check, steps, express=express)
        check_timeout(check, steps, times, timeout, express=express)
        policy = removal_policy or cdk.RemovalPolicy.RETAIN
        super().__init__(scope, construct_id)
        with check.all_or_nothing():
            self.parking_queue = DeadLetterQueue(
                self, "ParkingQueue", encryption_key=encryption_key, removal_policy=policy
            )
            home = Construct(self, "States")
            tasks = Tasks(
                home,
                times=times,
                retries=retries,
                compensation_retries=compensation_retries,
                parking_queue=self.parking_queue,
            )
            definition = chain(home, steps, tasks, compensated_succeeds=compensated_succeeds)
            self._timeout = timeout or cdk.Duration.seconds(
                EXPRESS_SECONDS if express else int(times.at_worst(steps)) + _SPARE_SECONDS
            )
            self.log_group = machine_logs(self, log_settings, policy)
            self.state_machine = state_machine(
                self,
                definition,
                kind=state_machine_type,
                timeout=self._timeout,
                destination=self.log_group,
            )
            self._check_size(check)
            self.unfinished: events.Rule | None = (
                None
                if express
                else park_unfinished(self, "Unfinished", self.state_machine, self.parking_queue)
            )
            self._watch(
                alarms,
                parking_alarms,
                alarm_route,
                also_failed=alarms is not None and not compensated_succeeds,
            )

    def _check_size(self, check: Check) -> None:
        size = len(definition_text(self.state_machine).encode())
        check.require(
            size <= LONGEST_DEFINITION_BYTES,
            f"the definition of its state machine has {size:,} bytes.",
            remedy=f"Step Functions takes {LONGEST_DEFINITION_BYTES:,}: give fewer steps.",
        )

    def _watch(
        self,
        alarms: StateMachineAlarmSettings | None,
        parking_alarms: QueueAlarmSettings | None,
        route: Route | None,
        *,
        also_failed: bool,
    ) -> None:
        self.alarms: StateMachineAlarms | None = None
        self.parking_alarms: QueueAlarms | None = None
        self.unfinished_alarms: RuleAlarms | None = None
        if alarms is not None:
            self.alarms = StateMachineAlarms(
                self,
                "Alarms",
                state_machine=self.state_machine,
                timeout=self._timeout,
                settings=alarms,
                route=route,
            )
        if parking_alarms is not None:
            self.parking_alarms = QueueAlarms(
                self,
                "ParkingAlarms",
                dead_letter_queue=self.parking_queue,
                settings=parking_alarms,
                route=route,
            )
        if parking_alarms is not None and self.unfinished is not None:
            self.unfinished_alarms = RuleAlarms(self, "UnfinishedAlarms", rule=self.unfinished, route=route)
        self.compensations = compensations_alarm(self, self.log_group, also_failed=also_failed, route=route)

    def grant_start_execution(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` start executions."""
        return self.state_machine.grant_start_execution(grantee)

    def metric_succeeded(
        self, *, statistic: str = "Sum", period: cdk.Duration | None = None
    ) -> cloudwatch.Metric:
        """How many executions ended as succeeded."""
        return self.state_machine.metric_succeeded(statistic=statistic, period=period)

    def metric_failed(
        self, *, statistic: str = "Sum", period: cdk.Duration | None = None
    ) -> cloudwatch.Metric:
        """How many executions ended as failed."""
        return self.state_machine.metric_failed(statistic=statistic, period=period)

    def metric_compensated(
        self, *, statistic: str = "Sum", period: cdk.Duration | None = None
    ) -> cloudwatch.Metric:
        """How many executions undid what they began."""
        return compensations_metric(self.compensations, statistic, period or cdk.Duration.minutes(5))

    def metric_parked(
        self, *, statistic: str = "Maximum", period: cdk.Duration | None = None
    ) -> cloudwatch.Metric:
        """How much waits in the parking queue."""
        return self.parking_queue.metric_approximate_number_of_messages_visible(
            statistic=statistic, period=period
        )

    def drawing(self) -> str:
        """The workflow as a Mermaid flow chart."""
        return mermaid(definition_of(self.state_machine))
