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


def test_a_cron_expression_needs_to_say_how_often(stack: cdk.Stack) -> None:
    heartbeat = ScheduleHeartbeat(
        every=Duration.hours(25), allowance=Duration.hours(1), severity=Severity.WARNING
    )
    made = schedule_source(stack, schedule=NIGHTLY, heartbeat=heartbeat)

    found = synthesize(stack)

    assert made.heartbeat is not None
    assert made.heartbeat.window == 26 * 3_600
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
            {"schedule": NIGHTLY},
            r"heartbeat does not know how often cron\(0 1 \* \* \? \*\) fires\. Give ScheduleHeartbeat\(every",
        ),
    ],
)
def test_fails_on_what_cannot_work(options: dict[str, Any], message: str, stack: cdk.Stack) -> None:
    with pytest.raises(ConfigurationError, match=rf"^Stack/Source: {message}"):
        schedule_source(stack, **options)

    assert stack.node.try_find_child("Source") is None


def test_fails_on_a_heartbeat_that_no_alarm_can_see(stack: cdk.Stack) -> None:
    monthly = scheduler.ScheduleExpression.rate(Duration.days(30))

    with pytest.raises(
        ConfigurationError, match=r"^Stack/Source/Heartbeat: every and allowance make 33 days"
    ):
        schedule_source(stack, schedule=monthly)

    assert stack.node.try_find_child("Source") is None


def test_fails_to_add_a_schedule_that_cannot_work(stack: cdk.Stack) -> None:
    made = schedule_source(stack)

    with pytest.raises(ConfigurationError, match=r"^Stack/Source/Late: flexible_window is 0\."):
        made.add_schedule("Late", schedule=EVERY_FIVE_MINUTES, flexible_window=Duration.minutes(0))

    assert made.node.try_find_child("Late") is None
