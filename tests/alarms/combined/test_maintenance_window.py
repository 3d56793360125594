from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sns as sns

from constructs_lib.alarms import (
    AlarmRoute,
    CombinedAlarm,
    FunctionAlarms,
    FunctionSubject,
    MaintenanceWindow,
    SeverityRoute,
)
from constructs_lib.checks import ConfigurationError
from tests.alarms.own_alarms import COMPOSITE, MEANS, SILENT, threshold_alarm
from tests.graph import references
from tests.synthesis import fresh_stack, synthesize

RULE = "AWS::CloudWatch::AlarmMuteRule"
PATH = r"^Stack/Window: "
NIGHTLY = cloudwatch.ScheduleExpression.cron(minute="0", hour="2")


def window(stack: cdk.Stack, alarms: Any, **more: Any) -> MaintenanceWindow:
    given: dict[str, Any] = {"schedule": NIGHTLY, "duration": cdk.Duration.hours(2)} | more
    return MaintenanceWindow(stack, "Window", alarms=alarms, **given)


def date(year: int, month: int = 1) -> cloudwatch.CalendarDateTime:
    return cloudwatch.CalendarDateTime(year=year, month=month, day=1, hour=0, minute=0)


def muted(stack: cdk.Stack) -> set[str]:
    names = synthesize(stack).only(RULE)["MuteTargets"]["AlarmNames"]
    return {found for name in names for found in references(name)}


def test_it_mutes_alarms_each_time_for_a_while() -> None:
    stack = fresh_stack()
    alarm = threshold_alarm(stack)
    zurich = cloudwatch.ScheduleExpression.cron(
        minute="0", hour="2", week_day="SUN", time_zone=cdk.TimeZone.EUROPE_ZURICH
    )
    window(stack, [alarm], schedule=zurich, description="Patches", start=date(2030), expire=date(2031))

    found = synthesize(stack)

    assert found.only(RULE) == {
        "Description": "Patches",
        "ExpireDate": "2031-01-01T00:00",
        "MuteTargets": {"AlarmNames": [{"Ref": found.only_id("AWS::CloudWatch::Alarm")}]},
        "Rule": {
            "Schedule": {"Duration": "PT2H", "Expression": "cron(0 2 * * SUN)", "Timezone": "Europe/Zurich"}
        },
        "StartDate": "2030-01-01T00:00",
    }


def test_a_set_of_alarms_stands_for_its_composites_that_notify() -> None:
    stack = fresh_stack()
    pager, team = (AlarmRoute.to_topic(sns.Topic(stack, name)) for name in ("Pager", "Team"))
    alarms = FunctionAlarms(
        stack,
        "Set",
        subject=FunctionSubject(function_name="orders", timeout_ms=3_000),
        route=SeverityRoute(critical=pager, warning=team),
    )
    window(stack, [alarms])

    found = synthesize(stack)

    assert muted(stack) == {found.only_id(COMPOSITE, under=f"Set{name}") for name in ("Critical", "Warning")}


def test_a_set_and_a_combined_alarm_go_together() -> None:
    stack = fresh_stack()
    alarms = FunctionAlarms(stack, "Set", subject=FunctionSubject(function_name="orders"))
    both = CombinedAlarm(
        stack, "Both", children=[threshold_alarm(stack, route=SILENT), alarms.errors], means=MEANS
    )
    window(stack, [alarms, both])

    found = synthesize(stack)

    assert muted(stack) == {found.only_id(COMPOSITE, under=name) for name in ("Set", "Both")}


def test_once_is_a_schedule_too() -> None:
    stack = fresh_stack()
    window(stack, [threshold_alarm(stack)], schedule=cloudwatch.ScheduleExpression.at(date(2030)))

    assert synthesize(stack).only(RULE)["Rule"]["Schedule"]["Expression"] == "at(2030-01-01T00:00)"


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"alarms": []}, r"there are 0 alarms to mute\. Give 1 to 100"),
        ({"alarms": ["Alarm"]}, r"alarms holds 'Alarm'"),
        ({"alarms": "Alarm"}, r"alarms is 'Alarm'\. Give list or tuple"),
        (
            {"duration": cdk.Duration.seconds(30)},
            r"duration is 0\.5\. Give a whole number from 1 to 21,600 minutes",
        ),
        ({"duration": cdk.Duration.days(16)}, r"duration is 23040"),
        ({"duration": None}, r"duration is None"),
        ({"duration": 60}, r"duration is 60\. Give a duration"),
        ({"schedule": "cron(0 2 * * *)"}, r"schedule is 'cron\(0 2 \* \* \*\)'\. Give ScheduleExpression"),
        (
            {"schedule": cloudwatch.ScheduleExpression.expression("rate(1 day)")},
            r"schedule is 'rate\(1 day\)'\. Give cron with five fields",
        ),
        (
            {"schedule": cloudwatch.ScheduleExpression.expression("cron(0 2 * * ? *)")},
            r"schedule is 'cron.*'\. Give cron with five fields",
        ),
        ({"start": "2031-01-01"}, r"start is '2031-01-01'\. Give CalendarDateTime"),
        ({"start": date(2031), "expire": date(2030)}, r"it expires before it starts"),
        ({"start": date(2030, month=13)}, r"CDK refuses it: .*month out of range"),
    ],
)
def test_fails_with_the_value_and_builds_nothing(given: dict[str, Any], problem: str) -> None:
    stack = fresh_stack()
    everything: dict[str, Any] = {"alarms": [threshold_alarm(stack)]} | given

    with pytest.raises(ConfigurationError, match=PATH + problem):
        window(stack, **everything)

    assert stack.node.try_find_child("Window") is None


def test_fails_on_more_alarms_than_a_rule_takes() -> None:
    stack = fresh_stack()
    names = [f"a{n}" for n in range(101)]
    foreign = [cloudwatch.Alarm.from_alarm_name(stack, name, name) for name in names]

    with pytest.raises(ConfigurationError, match=PATH + "there are 101 alarms to mute"):
        window(stack, foreign)


def test_fails_on_a_set_that_tells_nobody_anyway() -> None:
    stack = fresh_stack()
    alarms = FunctionAlarms(stack, "Set", subject=FunctionSubject(function_name="orders"), route=SILENT)

    with pytest.raises(ConfigurationError, match=PATH + "Stack/Set tells nobody"):
        window(stack, [alarms])
