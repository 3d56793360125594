"""The clock as what a function is called by."""

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from constructs_lib.alarms import HeartbeatAlarm, ThresholdAlarm
from constructs_lib.alarms.routing.route import Route, check_route
from constructs_lib.alarms.services import ScheduleGroupAlarms, ScheduleGroupAlarmSettings
from constructs_lib.checks import Check, is_token
from constructs_lib.dead_letter_queue import DeadLetterQueue
from constructs_lib.dead_letters.redrive.settings import RedriveSettings, WrittenBy
from constructs_lib.dead_letters.sources.common import check_common, keep_redriving
from constructs_lib.dead_letters.sources.deliveries import (
    KEY_ACTIONS,
    MOST_ATTEMPTS,
    check_retries,
    depth_alarm,
    longest_age,
    warn_unless_failures_are_kept,
)
from constructs_lib.dead_letters.sources.schedule_heartbeat import (
    ScheduleHeartbeat,
    heartbeat_alarm,
    longest_pause,
)
from constructs_lib.function.schedule_target import invoker_of

__all__ = ["SCHEDULE_SOURCE_ALARMS", "ScheduleSource"]

SCHEDULE_SOURCE_ALARMS = ScheduleGroupAlarmSettings(dropped_invocations=None, dead_letters=None)
"""Without the alarms on what is kept anyway: that on the depth of the queue tells, and goes on."""

_WINDOW_MINUTES = (1, 1_440)
"""https://docs.aws.amazon.com/scheduler/latest/APIReference/API_FlexibleTimeWindow.html"""


class ScheduleSource(Construct):
    """A schedule that calls a function, tries again, keeps what cannot be handed over, and tells.

    Scheduler hands an event to Lambda and does not wait: what the function then fails on goes to the function's own
    dead letters (`add_dead_letters`, which a `ResilientFunction` has). Where it has none, a warning says so.

    Attributes:
        schedule: the schedule.
        schedule_group: its group.
        role: what schedules may do: invoke the function, and send to the dead-letter queue.
        dead_letter_queue: what could not be handed to the function.
        alarms: those on the group; None where they are switched off.
        dead_letter_depth: rings while something lies in the queue; likewise.
        heartbeat: rings when the function did not run, or never without an error; None where it is switched off.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        function: lambda_.IFunction,
        schedule: scheduler.ScheduleExpression,
        event: scheduler.ScheduleTargetInput | None = None,
        flexible_window: cdk.Duration | None = None,
        schedule_group: scheduler.IScheduleGroup | None = None,
        retry_attempts: int = MOST_ATTEMPTS,
        max_event_age: cdk.Duration | None = None,
        heartbeat: ScheduleHeartbeat | None = ScheduleHeartbeat(),  # noqa: B008 - a frozen value
        redrive: RedriveSettings | None = RedriveSettings(),  # noqa: B008 - likewise
        alarms: ScheduleGroupAlarmSettings | None = SCHEDULE_SOURCE_ALARMS,
        alarm_route: Route | None = None,
        encryption_key: kms.IKey | None = None,
        removal_policy: cdk.RemovalPolicy | None = None,
    ) -> None:
        """Call `function` by `schedule`.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            function: a function, version or alias; of a `ResilientFunction`, its alias.
            schedule: when, as a rate, once, or by cron in any time zone.
            event: what the function gets. Left out: the time that it was scheduled for, which stays the same when it is
                tried again, and the schedule's ARN, as ``scheduled_time`` and ``schedule_arn``.
            flexible_window: within what time after that, 1 minute to a day, so that not everything begins at once. Left
                out: at that time.
            schedule_group: where the schedule is. Left out: in a group of its own, since Scheduler publishes metrics by
                group; alarms on a group that is given ring for all that is in it.
            retry_attempts: how often Scheduler tries again, 0 to 185.
            max_event_age: for how long it does, 1 minute to 24 hours. Left out: 24 hours.
            heartbeat: when the alarm rings that tells of runs that did not come, and until the first has come. Left
                out: after the largest gap of `schedule`, `flexible_window`, and a tenth more; where that is longer than
                the seven days of an alarm, it is refused. None: there is none.
            redrive: how dead letters are given to the function again. None: nobody does.
            alarms: profile, thresholds, and what is switched off of the alarms on the group. None: there are none, and
                none on the depth of the dead-letter queue.
            alarm_route: what alarms do. Left out: they publish to the stack's `AlarmTopic`, made on first use.
            encryption_key: the key of the dead-letter queue. Left out: the keys of SQS, which cost nothing.
            removal_policy: what becomes of the queue with the stack. Left out, it is retained.

        Raises:
            ConfigurationError: an argument cannot work; nothing has been built then.
        """
        check = Check(scope, construct_id)
        check_common(
            check,
            function=function,
            written_by=WrittenBy.SCHEDULE,
            redrive=redrive,
            alarms=alarms,
            alarms_kind=ScheduleGroupAlarmSettings,
            encryption_key=encryption_key,
            removal_policy=removal_policy,
        )
        check_retries(check, retry_attempts, max_event_age)
        check_route(check, alarm_route)
        _check_schedule(check, schedule, event, flexible_window)
        check.offers(
            "schedule_group",
            schedule_group,
            "schedule_group_name",
            remedy="Give an aws_cdk.aws_scheduler.ScheduleGroup.",
        )
        pause = longest_pause(check, heartbeat, schedule, flexible_window)
        super().__init__(scope, construct_id)
        with check.all_or_nothing():
            self._function = function
            self._retry = scheduler.CfnSchedule.RetryPolicyProperty(
                maximum_retry_attempts=retry_attempts,
                maximum_event_age_in_seconds=(max_event_age or longest_age()).to_seconds(),
            )
            self.schedule_group = schedule_group or scheduler.ScheduleGroup(
                self, "Group", removal_policy=cdk.RemovalPolicy.DESTROY
            )
            self.dead_letter_queue = DeadLetterQueue(
                self, "DeadLetters", encryption_key=encryption_key, removal_policy=removal_policy
            )
            self.role = invoker_of(self, function)
            self._let_keep(encryption_key)
            self.schedule = self._schedule("Schedule", schedule, event, flexible_window)
            warn_unless_failures_are_kept(self, function)
            self.alarms: ScheduleGroupAlarms | None = None
            self.dead_letter_depth: ThresholdAlarm | None = None
            if alarms is not None:
                self.alarms = ScheduleGroupAlarms(
                    self,
                    "Alarms",
                    schedule_group=self.schedule_group,
                    has_dead_letters=True,
                    settings=alarms,
                    route=alarm_route,
                )
                self.dead_letter_depth = depth_alarm(
                    self, self.dead_letter_queue, sender="Scheduler", route=alarm_route
                )
            self.heartbeat: HeartbeatAlarm | None = None
            if heartbeat is not None and pause is not None:
                self.heartbeat = heartbeat_alarm(
                    self, heartbeat, function=function, pause=pause, route=alarm_route
                )
            keep_redriving(
                self,
                self.dead_letter_queue,
                written_by=WrittenBy.SCHEDULE,
                function=function,
                redrive=redrive,
            )

    def add_schedule(
        self,
        construct_id: str,
        *,
        schedule: scheduler.ScheduleExpression,
        event: scheduler.ScheduleTargetInput | None = None,
        flexible_window: cdk.Duration | None = None,
    ) -> scheduler.Schedule:
        """Call the same function by another schedule as well, with the same retries, queue and group.

        Args:
            construct_id: the id below this construct.
            schedule: when.
            event: what the function gets. Left out: as in the first schedule.
            flexible_window: within what time after that. Left out: at that time.

        Raises:
            ConfigurationError: an argument cannot work; nothing has been built then.
        """
        check = Check(self, construct_id)
        _check_schedule(check, schedule, event, flexible_window)
        with check.all_or_nothing():
            return self._schedule(construct_id, schedule, event, flexible_window)

    def _schedule(
        self,
        construct_id: str,
        expression: scheduler.ScheduleExpression,
        event: scheduler.ScheduleTargetInput | None,
        window: cdk.Duration | None,
    ) -> scheduler.Schedule:
        target = _Target(
            scheduler.ScheduleTargetConfig(
                arn=self._function.function_arn,
                role=self.role,
                input=event or _what_is_due(),
                dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(
                    arn=self.dead_letter_queue.queue_arn
                ),
                retry_policy=self._retry,
            )
        )
        made = scheduler.Schedule(
            self,
            construct_id,
            schedule=expression,
            target=target,
            time_window=None if window is None else scheduler.TimeWindow.flexible(window),
            schedule_group=self.schedule_group,
        )
        # CDK writes the name of the group, which is no reference: the schedule could be made before its group.
        made.node.add_dependency(self.schedule_group)
        return made

    def _let_keep(self, key: kms.IKey | None) -> None:
        """Let the role send to the queue, as which Scheduler does.

        https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
        """
        self.role.add_to_policy(
            iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[self.dead_letter_queue.queue_arn])
        )
        if key is not None:
            key.grant(self.role, *KEY_ACTIONS)


@jsii.implements(scheduler.IScheduleTarget)
class _Target:
    """CDK's own target lets the schedule invoke every version and alias, and fails for an imported function."""

    def __init__(self, bound: scheduler.ScheduleTargetConfig) -> None:
        self._bound = bound

    def bind(self, schedule: scheduler.ISchedule) -> scheduler.ScheduleTargetConfig:  # noqa: ARG002 - CDK's
        return self._bound


def _what_is_due() -> scheduler.ScheduleTargetInput:
    """The event of a schedule that names none.

    https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
    """
    return scheduler.ScheduleTargetInput.from_object(
        {
            "scheduled_time": scheduler.ContextAttribute.scheduled_time,
            "schedule_arn": scheduler.ContextAttribute.schedule_arn,
        }
    )


def _check_schedule(
    check: Check,
    schedule: scheduler.ScheduleExpression,
    event: scheduler.ScheduleTargetInput | None,
    flexible_window: cdk.Duration | None,
) -> None:
    remedy = "Give an aws_cdk.aws_scheduler.ScheduleExpression."
    check.require(schedule is not None, "schedule is None.", remedy=remedy)
    check.offers("schedule", schedule, "expression_string", remedy=remedy)
    check.offers("event", event, "bind", remedy="Give an aws_cdk.aws_scheduler.ScheduleTargetInput.")
    check.require(
        not is_token(flexible_window),
        "flexible_window is known only at deployment.",
        remedy="CDK takes no such window: give a fixed one.",
    )
    check.duration("flexible_window", flexible_window, *_WINDOW_MINUTES, unit="minutes")
