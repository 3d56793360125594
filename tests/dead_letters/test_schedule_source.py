from datetime import UTC, datetime
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_scheduler as scheduler

from constructs_lib.alarms import Severity
from constructs_lib.checks import ConfigurationError
from constructs_lib.dead_letters import ScheduleHeartbeat, ScheduleSource
from tests.dead_letters.pushed import ALARM, EVERY_FIVE_MINUTES, QUEUE, source
from tests.functions import plain_function
from tests.synthesis import fresh_stack, synthesize

SCHEDULE = "AWS::Scheduler::Schedule"
GROUP = "AWS::Scheduler::ScheduleGroup"
ROLE = "AWS::IAM::Role"
Duration = cdk.Duration
HOUR, DAY = 3_600, 86_400
NIGHTLY = scheduler.ScheduleExpression.cron(hour="1", minute="0", time_zone=cdk.TimeZone.EUROPE_BERLIN)


@pytest.fixture
def stack() -> cdk.Stack:
    return fresh_stack()


def schedule_source(stack: cdk.Stack, **options: Any) -> ScheduleSource:
    made: ScheduleSource = source(
        ScheduleSource, stack, plain_function(stack).add_alias("live"), **({"redrive": None} | options)
    )
    return made


def test_the_schedule_calls_the_alias_with_the_time_it_was_due(stack: cdk.Stack) -> None:
    schedule_source(stack)

    found = synthesize(stack)

    schedule = found.only(SCHEDULE)
    assert (schedule["ScheduleExpression"], schedule["State"]) == ("rate(5 minutes)", "ENABLED")
    assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}
    target = schedule["Target"]
    assert target["Arn"] == {"Ref": found.only_id("AWS::Lambda::Alias")}
    assert target["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": [found.only_id(QUEUE), "Arn"]}}
    assert target["Input"] == (
        '{"scheduled_time":"<aws.scheduler.scheduled-time>","schedule_arn":"<aws.scheduler.schedule-arn>"}'
    )


def test_it_has_a_group_of_its_own_which_the_alarms_watch(stack: cdk.Stack) -> None:
    schedule_source(stack)

    found = synthesize(stack)

    name = found.only(GROUP)["Name"]
    assert found.only(SCHEDULE)["GroupName"] == name
    alarm = found.only(ALARM, under="SourceAlarmsDeadLetterFailures")
    assert alarm["Dimensions"] == [{"Name": "ScheduleGroup", "Value": name}]


def test_no_schedule_is_made_before_its_group_to_which_it_has_no_reference(stack: cdk.Stack) -> None:
    made = schedule_source(stack)
    made.add_schedule("Nightly", schedule=NIGHTLY)

    found = synthesize(stack)

    schedules = found.of_type(SCHEDULE).values()
    assert [each["DependsOn"] for each in schedules] == [[found.only_id(GROUP)]] * 2


def test_the_role_may_invoke_the_alias_and_leave_dead_letters(stack: cdk.Stack) -> None:
    schedule_source(stack)

    found = synthesize(stack)

    role = found.only(ROLE, under="SourceRole")
    (policy,) = role["Policies"]
    (invoke,) = policy["PolicyDocument"]["Statement"]
    assert (invoke["Action"], invoke["Resource"]) == (
        "lambda:InvokeFunction",
        {"Ref": found.only_id("AWS::Lambda::Alias")},
    )
    (send,) = found.only("AWS::IAM::Policy", under="SourceRole")["PolicyDocument"]["Statement"]
    assert (send["Action"], send["Resource"]) == (
        "sqs:SendMessage",
        {"Fn::GetAtt": [found.only_id(QUEUE), "Arn"]},
    )


def test_the_role_may_use_the_key_of_the_queue(stack: cdk.Stack) -> None:
    schedule_source(stack, encryption_key=kms.Key(stack, "Key"))

    found = synthesize(stack)

    statements = found.only("AWS::IAM::Policy", under="SourceRole")["PolicyDocument"]["Statement"]
    (use,) = [each for each in statements if each["Action"] != "sqs:SendMessage"]
    assert use["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    assert use["Resource"] == {"Fn::GetAtt": [found.only_id("AWS::KMS::Key", under="Key"), "Arn"]}


def test_the_heartbeat_rings_when_no_run_succeeded_in_time(stack: cdk.Stack) -> None:
    made = schedule_source(stack)

    alarm = synthesize(stack).only(ALARM, under="SourceHeartbeat")

    assert made.heartbeat is not None
    assert made.heartbeat.window == 300 + 300
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)
    assert alarm["TreatMissingData"] == "breaching"
    assert alarm["AlarmDescription"].startswith("[critical]")
    (expression,) = [each for each in alarm["Metrics"] if "Expression" in each]
    assert expression["Expression"] == "invocations - errors"
    read = {
        each["MetricStat"]["Metric"]["MetricName"]: {
            dimension["Name"] for dimension in each["MetricStat"]["Metric"]["Dimensions"]
        }
        for each in alarm["Metrics"]
        if "MetricStat" in each
    }
    assert read == {"Invocations": {"FunctionName", "Resource"}, "Errors": {"FunctionName", "Resource"}}


def test_the_heartbeat_waits_for_the_flexible_window_too(stack: cdk.Stack) -> None:
    made = schedule_source(stack, flexible_window=Duration.minutes(10))

    assert made.heartbeat is not None
    assert made.heartbeat.window == 300 + 600 + 300


@pytest.mark.parametrize(
    ("expression", "zone", "gap"),
    [
        ("rate(2 hours)", None, 2 * HOUR),
        ("cron(0 1 * * ? *)", None, DAY),
        ("cron(0 1 ? * MON-FRI *)", None, 3 * DAY),
        ("cron(0 1 * * ? *)", cdk.TimeZone.EUROPE_BERLIN, 25 * HOUR),  # the day on which summer time ends
        (
            "cron(30 2 * * ? *)",
            cdk.TimeZone.EUROPE_BERLIN,
            47 * HOUR,
        ),  # the day on which it begins has no 02:30
        ("cron(0 1 ? * MON-FRI *)", cdk.TimeZone.AMERICA_NEW_YORK, 3 * DAY + HOUR),
        ("cron(0/5 * * * ? *)", cdk.TimeZone.EUROPE_BERLIN, HOUR + 300),  # one hour comes twice
        ("cron(0/10 8-17 * * ? *)", cdk.TimeZone.ASIA_TOKYO, 14 * HOUR + 600),  # nobody works at night
    ],
)
def test_the_heartbeat_knows_the_largest_gap_of_the_schedule(
    stack: cdk.Stack, expression: str, zone: cdk.TimeZone | None, gap: int
) -> None:
    made = schedule_source(stack, schedule=scheduler.ScheduleExpression.expression(expression, zone))

    alarm = synthesize(stack).only(ALARM, under="SourceHeartbeat")

    assert made.heartbeat is not None
    assert made.heartbeat.window == gap + gap // 10
    (period,) = {each["MetricStat"]["Period"] for each in alarm["Metrics"] if "MetricStat" in each}
    covered = period * alarm["EvaluationPeriods"]
    assert made.heartbeat.window <= covered <= (7 * DAY if period >= HOUR else DAY)


def test_the_heartbeat_takes_another_gap_allowance_and_severity(stack: cdk.Stack) -> None:
    heartbeat = ScheduleHeartbeat(
        every=Duration.hours(24), allowance=Duration.hours(2), severity=Severity.WARNING
    )
    made = schedule_source(stack, schedule=NIGHTLY, heartbeat=heartbeat)

    found = synthesize(stack)

    assert made.heartbeat is not None
    assert made.heartbeat.window == 26 * HOUR
    assert found.only(SCHEDULE)["ScheduleExpressionTimezone"] == "Europe/Berlin"
    assert found.only(ALARM, under="SourceHeartbeat")["AlarmDescription"].startswith("[warning]")


def test_everything_can_be_chosen(stack: cdk.Stack) -> None:
    group = scheduler.ScheduleGroup(stack, "Jobs")
    made = schedule_source(
        stack,
        event=scheduler.ScheduleTargetInput.from_object({"job": "sweep"}),
        schedule_group=group,
        flexible_window=Duration.minutes(15),
        heartbeat=None,
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )

    found = synthesize(stack)

    schedule = found.only(SCHEDULE)
    assert schedule["FlexibleTimeWindow"] == {"MaximumWindowInMinutes": 15, "Mode": "FLEXIBLE"}
    assert schedule["Target"]["Input"] == '{"job":"sweep"}'
    assert found.only_id(GROUP).startswith("Jobs")
    assert (made.schedule_group, made.heartbeat) == (group, None)


def test_another_schedule_shares_queue_role_and_group(stack: cdk.Stack) -> None:
    made = schedule_source(stack)
    made.add_schedule("Nightly", schedule=NIGHTLY, flexible_window=Duration.minutes(1))

    found = synthesize(stack)

    first, second = (each["Properties"] for each in found.of_type(SCHEDULE).values())
    assert {first["ScheduleExpression"], second["ScheduleExpression"]} == {
        "rate(5 minutes)",
        "cron(0 1 * * ? *)",
    }
    assert (first["Target"], first["GroupName"]) == (second["Target"], second["GroupName"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"schedule": "rate(5 minutes)"}, r"schedule is 'rate\(5 minutes\)'\. Give an aws_cdk"),
        ({"schedule": None}, r"schedule is None\."),
        ({"event": {"job": 1}}, r"event is \{'job': 1\}\."),
        ({"flexible_window": Duration.hours(25)}, r"flexible_window is 1500\. Give .* 1 to 1,440 minutes\."),
        ({"flexible_window": Duration.seconds(30)}, r"flexible_window is 0\.5\."),
        ({"schedule_group": "jobs"}, r"schedule_group is 'jobs'\."),
        ({"heartbeat": True}, r"heartbeat is True\. Give ScheduleHeartbeat or None\."),
        ({"heartbeat": ScheduleHeartbeat(every=5)}, r"heartbeat\.every is 5\."),  # type: ignore[arg-type]
        (
            {"schedule": scheduler.ScheduleExpression.at(datetime(2030, 1, 1, tzinfo=UTC))},
            r"heartbeat does not know how often at\(2030-01-01T00:00:00\) fires: .* Give ScheduleHeartbeat\(every",
        ),
        (
            {"schedule": scheduler.ScheduleExpression.cron(hour="1", minute="0", year="2030")},
            r"heartbeat does not know how often cron.* fires: it fires in some years only\.",
        ),
    ],
)
def test_fails_on_what_cannot_work(options: dict[str, Any], message: str, stack: cdk.Stack) -> None:
    with pytest.raises(ConfigurationError, match=rf"^Stack/Source: {message}"):
        schedule_source(stack, **options)

    assert stack.node.try_find_child("Source") is None


@pytest.mark.parametrize(
    ("expression", "options", "made_of", "days"),
    [
        ("rate(30 days)", {}, "the largest gap of rate(30 days) (30 days, 0:00:00)", "33"),
        (
            "cron(0 1 1 * ? *)",
            {},
            "the largest gap of cron(0 1 1 * ? *) (31 days, 0:00:00 after 2024-01-01 01:00 UTC)",
            "34.1",
        ),
        (
            "cron(0 0 29 2 ? *)",
            {},
            "the largest gap of cron(0 0 29 2 ? *) (1461 days, 0:00:00 after ",
            "1607",
        ),
        (
            "cron(0 1 ? * SUN *)",
            {"flexible_window": Duration.hours(2)},
            "the largest gap of cron(0 1 ? * SUN *) (7 days, 0:00:00 after 2024-01-07 01:00 UTC), flexible_window",
            "7.792",
        ),
        (
            "rate(1 day)",
            {"heartbeat": ScheduleHeartbeat(every=Duration.days(7))},
            "heartbeat.every and",
            "7.7",
        ),
    ],
)
def test_fails_on_a_gap_that_no_alarm_can_look_over(
    stack: cdk.Stack, expression: str, options: dict[str, Any], made_of: str, days: str
) -> None:
    remedy = "An alarm looks back 7 days: set heartbeat=None and use constructs_lib.heartbeat.AgeHeartbeat"
    with pytest.raises(ConfigurationError) as raised:
        schedule_source(stack, schedule=scheduler.ScheduleExpression.expression(expression), **options)

    assert str(raised.value).startswith(f"Stack/Source: {made_of}")
    assert f" and heartbeat.allowance make {days} days. {remedy}" in str(raised.value)
    assert {each.node.id for each in stack.node.children} == {"Plain"}


def test_a_gap_that_no_alarm_can_look_over_is_no_matter_without_a_heartbeat(stack: cdk.Stack) -> None:
    monthly = scheduler.ScheduleExpression.expression("cron(0 1 1 * ? *)")

    made = schedule_source(stack, schedule=monthly, heartbeat=None)

    assert made.heartbeat is None
    assert synthesize(stack).only(SCHEDULE)["ScheduleExpression"] == "cron(0 1 1 * ? *)"


def test_a_weekly_schedule_is_watched_where_nothing_is_allowed_on_top(stack: cdk.Stack) -> None:
    weekly = scheduler.ScheduleExpression.expression("cron(0 1 ? * SUN *)")

    made = schedule_source(stack, schedule=weekly, heartbeat=ScheduleHeartbeat(allowance=Duration.minutes(0)))

    assert made.heartbeat is not None
    assert made.heartbeat.window == 7 * DAY


def test_fails_on_an_expression_known_only_at_deployment_unless_the_gap_is_said(stack: cdk.Stack) -> None:
    token = cdk.CfnParameter(stack, "Expression").value_as_string
    schedule = scheduler.ScheduleExpression.expression(token)

    with pytest.raises(
        ConfigurationError,
        match=r"^Stack/Source: heartbeat does not know how often schedule fires, which is known only at deployment\. "
        r"Give ScheduleHeartbeat\(every",
    ):
        schedule_source(stack, schedule=schedule)
    assert stack.node.try_find_child("Source") is None

    made = source(
        ScheduleSource,
        stack,
        plain_function(stack, "Other").add_alias("live"),
        schedule=schedule,
        heartbeat=ScheduleHeartbeat(every=Duration.hours(1)),
        redrive=None,
    )

    assert made.heartbeat.window == HOUR + HOUR // 10
    assert synthesize(stack).only(SCHEDULE)["ScheduleExpression"] == {"Ref": "Expression"}


@pytest.mark.parametrize("window", [None, Duration.minutes(5)])
def test_fails_on_a_gap_known_only_at_deployment(stack: cdk.Stack, window: cdk.Duration | None) -> None:
    number = cdk.CfnParameter(stack, "Every", type="Number").value_as_number

    with pytest.raises(
        ConfigurationError, match=r"^Stack/Source: heartbeat\.every is known only at deployment\."
    ):
        schedule_source(
            stack, flexible_window=window, heartbeat=ScheduleHeartbeat(every=Duration.seconds(number))
        )


def test_fails_on_a_window_known_only_at_deployment(stack: cdk.Stack) -> None:
    number = cdk.CfnParameter(stack, "Window", type="Number").value_as_number

    with pytest.raises(
        ConfigurationError, match=r"^Stack/Source: flexible_window is known only at deployment\."
    ):
        schedule_source(stack, flexible_window=Duration.minutes(number))


def test_fails_to_add_a_schedule_that_cannot_work(stack: cdk.Stack) -> None:
    made = schedule_source(stack)

    with pytest.raises(ConfigurationError, match=r"^Stack/Source/Late: flexible_window is 0\."):
        made.add_schedule("Late", schedule=EVERY_FIVE_MINUTES, flexible_window=Duration.minutes(0))

    assert made.node.try_find_child("Late") is None
