from typing import Any

import pytest
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sqs as sqs

from constructs_lib.alarms import AlarmSettings, Profile
from constructs_lib.alarms.services import (
    SCHEDULE_GROUP_ALARMS,
    ScheduleGroupAlarms,
    ScheduleGroupAlarmSettings,
)
from constructs_lib.checks import ConfigurationError
from tests.synthesis import fresh_stack, synthesize

ALARM = "AWS::CloudWatch::Alarm"
COMPLETE = ScheduleGroupAlarmSettings(profile=Profile.COMPLETE)
OF_DEAD_LETTERS = {"dead_letters", "dead_letter_failures", "truncated_dead_letters"}


def test_a_group_is_watched_for_what_never_happened() -> None:
    stack = fresh_stack()
    group = scheduler.ScheduleGroup(stack, "Nightly", schedule_group_name="nightly")
    alarms = ScheduleGroupAlarms(stack, "Alarms", schedule_group=group)

    properties = synthesize(stack).only(ALARM)

    assert alarms.names == ("dropped_invocations",)
    assert (properties["Namespace"], properties["MetricName"]) == ("AWS/Scheduler", "InvocationDroppedCount")
    assert properties["Dimensions"] == [{"Name": "ScheduleGroup", "Value": "nightly"}]
    assert (properties["Statistic"], properties["Threshold"]) == ("Sum", 1)


def test_the_generated_name_of_a_group_is_that_of_the_group() -> None:
    stack = fresh_stack()
    ScheduleGroupAlarms(stack, "Alarms", schedule_group=scheduler.ScheduleGroup(stack, "Nightly"))

    found = synthesize(stack)

    (dimension,) = found.only(ALARM)["Dimensions"]
    assert dimension["Value"] == found.only("AWS::Scheduler::ScheduleGroup")["Name"]


def test_schedules_without_a_group_are_in_the_default_one() -> None:
    stack = fresh_stack()
    group = scheduler.ScheduleGroup.from_default_schedule_group(stack, "Default")
    ScheduleGroupAlarms(stack, "Alarms", schedule_group=group)

    assert synthesize(stack).only(ALARM)["Dimensions"] == [{"Name": "ScheduleGroup", "Value": "default"}]


def test_an_imported_group_is_watched() -> None:
    stack = fresh_stack()
    arn = "arn:aws:scheduler:eu-west-1:123456789012:schedule-group/nightly"
    group = scheduler.ScheduleGroup.from_schedule_group_arn(stack, "Group", arn)
    ScheduleGroupAlarms(stack, "Alarms", schedule_group=group)

    assert synthesize(stack).only(ALARM)["Dimensions"] == [{"Name": "ScheduleGroup", "Value": "nightly"}]


def test_dead_letters_are_watched_where_there_are_some() -> None:
    stack = fresh_stack()
    group = scheduler.ScheduleGroup(stack, "Nightly")
    with_some = ScheduleGroupAlarms(
        stack, "With", schedule_group=group, has_dead_letters=True, settings=COMPLETE
    )
    without = ScheduleGroupAlarms(stack, "Without", schedule_group=group, settings=COMPLETE)

    assert set(with_some.names) == {row.name for row in SCHEDULE_GROUP_ALARMS}
    assert set(with_some.names) - set(without.names) == OF_DEAD_LETTERS
    synthesize(stack)


def test_one_attempt_that_fails_can_be_told_of_in_any_profile() -> None:
    stack = fresh_stack()
    settings = ScheduleGroupAlarmSettings(target_errors=AlarmSettings(threshold=5))
    group = scheduler.ScheduleGroup(stack, "Nightly")
    ScheduleGroupAlarms(stack, "Alarms", schedule_group=group, settings=settings)

    properties = synthesize(stack).only(ALARM, under="AlarmsTargetErrors")

    assert (properties["MetricName"], properties["Threshold"]) == ("TargetErrorCount", 5)


def test_fails_on_something_that_is_no_group() -> None:
    stack = fresh_stack()
    group: Any = sqs.Queue(stack, "Queue")

    with pytest.raises(
        ConfigurationError, match=r"^Stack/Alarms: schedule_group is .*ScheduleGroup, made or imp"
    ):
        ScheduleGroupAlarms(stack, "Alarms", schedule_group=group)
