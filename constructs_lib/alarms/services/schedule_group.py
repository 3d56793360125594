"""The alarms of a group of EventBridge Scheduler, which publishes its metrics per group, not per schedule."""

from dataclasses import dataclass

from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from constructs_lib.alarms.routing.route import Route
from constructs_lib.alarms.services.arguments import check_place
from constructs_lib.alarms.services.schedule_group_rows import SCHEDULE_GROUP_ALARMS
from constructs_lib.alarms.sets.alarm_set import AlarmAttribute, AlarmSet, chosen_rows
from constructs_lib.alarms.table.settings import BY_PROFILE, AlarmSetSettings, AlarmSettings, ByProfile
from constructs_lib.checks import Check

__all__ = [
    "SCHEDULE_GROUP_ALARMS",
    "ScheduleGroupAlarmSettings",
    "ScheduleGroupAlarms",
    "ScheduleGroupSubject",
    "schedule_group_subject",
]


@dataclass(frozen=True, kw_only=True)
class ScheduleGroupSubject:
    """What alarms need to know about the schedule group that they watch.

    Attributes:
        schedule_group_name: the name.
        has_dead_letters: whether a schedule of it has a dead-letter queue.
    """

    schedule_group_name: str
    has_dead_letters: bool = False


def schedule_group_subject(
    schedule_group: scheduler.IScheduleGroup, *, has_dead_letters: bool = False
) -> ScheduleGroupSubject:
    """The subject for any schedule group, imported ones included.

    Args:
        schedule_group: the group.
        has_dead_letters: whether a schedule of it has a dead-letter queue; the group itself does not tell.
    """
    return ScheduleGroupSubject(
        schedule_group_name=schedule_group.schedule_group_name, has_dead_letters=has_dead_letters
    )


@dataclass(frozen=True, kw_only=True)
class ScheduleGroupAlarmSettings(AlarmSetSettings):
    """The alarms of one schedule group. A field left out keeps its defaults; None switches that alarm off.

    The defaults, and what each alarm means, stand in `SCHEDULE_GROUP_ALARMS`.
    """

    dropped_invocations: AlarmSettings | ByProfile | None = BY_PROFILE
    dead_letters: AlarmSettings | ByProfile | None = BY_PROFILE
    dead_letter_failures: AlarmSettings | ByProfile | None = BY_PROFILE
    target_errors: AlarmSettings | ByProfile | None = BY_PROFILE
    throttles: AlarmSettings | ByProfile | None = BY_PROFILE
    target_throttles: AlarmSettings | ByProfile | None = BY_PROFILE
    truncated_dead_letters: AlarmSettings | ByProfile | None = BY_PROFILE


class ScheduleGroupAlarms(AlarmSet):
    """Alarms on all schedules of one group; only composites notify, so that one fault pages once.

    A schedule that is watched alone needs a group of its own. That a schedule never ran at all is no error to
    Scheduler: a heartbeat on the target tells.
    """

    TABLE = SCHEDULE_GROUP_ALARMS
    SUBJECT = "schedule group"

    dropped_invocations = AlarmAttribute()
    dead_letters = AlarmAttribute()
    dead_letter_failures = AlarmAttribute()
    target_errors = AlarmAttribute()
    throttles = AlarmAttribute()
    target_throttles = AlarmAttribute()
    truncated_dead_letters = AlarmAttribute()

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        schedule_group: scheduler.IScheduleGroup,
        has_dead_letters: bool = False,
        settings: ScheduleGroupAlarmSettings | None = None,
        route: Route | None = None,
    ) -> None:
        """Make the alarms that the group has something to watch for.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            schedule_group: the group, made or imported; schedules without one are in
                `ScheduleGroup.from_default_schedule_group`.
            has_dead_letters: whether a schedule of it has a dead-letter queue, which the group itself does not tell.
                Left out: there are no alarms on dead letters.
            settings: profile, thresholds, and what is switched off. Left out: the table's defaults.
            route: what alarms do. Left out: they publish to the stack's `AlarmTopic`, made on first use.

        Raises:
            ConfigurationError: an alarm that could never ring, or that CloudWatch would refuse.
        """
        check = Check(scope, construct_id)
        check.instance("settings", settings, ScheduleGroupAlarmSettings, None)
        check.require(
            hasattr(schedule_group, "schedule_group_name"),
            f"schedule_group is {schedule_group!r}.",
            remedy="Give an aws_cdk.aws_scheduler.ScheduleGroup, made or imported.",
        )
        check_place(check, scope, "schedule_group", schedule_group)
        check.instance("has_dead_letters", has_dead_letters, bool)
        subject = schedule_group_subject(schedule_group, has_dead_letters=has_dead_letters)
        rows = chosen_rows(
            check, SCHEDULE_GROUP_ALARMS, subject, settings or ScheduleGroupAlarmSettings(), route
        )
        super().__init__(scope, construct_id, rows=rows, subject=subject, route=route)
