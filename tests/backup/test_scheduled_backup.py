"""A scheduled backup's resources: what is called when, what it may do, and who is told."""

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_scheduler as scheduler
from table_backup.model import Settings
from table_backup.retention import Policy

from constructs_lib.alarms import AlarmRoute
from constructs_lib.backup import MOST_TABLES, Retention, ScheduledBackup
from constructs_lib.checks import ConfigurationError
from constructs_lib.handlers import handler_folder
from tests.backup.synthesized import deletion_policies, settings_of, table
from tests.gates import UNSUBSCRIBED, findings, lint
from tests.graph import circle
from tests.policies import as_deployed, flat
from tests.synthesis import (
    RECOMMENDED,
    VALIDATE,
    Synthesized,
    fresh_app,
    fresh_stack,
    read_template,
    synthesize,
)

ALARM, FUNCTION, POLICY = "AWS::CloudWatch::Alarm", "AWS::Lambda::Function", "AWS::IAM::Policy"
MANAGED_POLICY = "AWS::IAM::ManagedPolicy"
SCHEDULE = "AWS::Scheduler::Schedule"
Duration = cdk.Duration
DAILY = scheduler.ScheduleExpression.rate(Duration.days(1))
HOURLY = scheduler.ScheduleExpression.rate(Duration.hours(1))
IN_BERLIN = scheduler.ScheduleExpression.cron(hour="1", minute="0", time_zone=cdk.TimeZone.EUROPE_BERLIN)


def backup(stack: cdk.Stack, **options: Any) -> ScheduledBackup:
    given: dict[str, Any] = {"schedule": DAILY} | options
    if "tables" not in given:
        given["tables"] = [table(stack)]
    return ScheduledBackup(stack, "Backup", **given)


def sent(result: Synthesized, name: str = "BackupSchedule") -> dict[str, Any]:
    """What a schedule sends."""
    found: dict[str, Any] = json.loads(flat(result.only(SCHEDULE, under=name)["Target"]["Input"]))
    return found


def test_the_function_reads_what_the_construct_writes() -> None:
    stack = fresh_stack()
    made = backup(
        stack, retention=Retention(keep_for=Duration.days(2), count=3, daily=4, weekly=5, monthly=6)
    )
    result = synthesize(stack)
    settings = Settings.from_json(settings_of(result, "Backup", "TABLE_BACKUP"))
    function = result.only(FUNCTION, under="Backup")

    assert settings == Settings(
        schedule="${AWS::StackName}/Backup",
        ledger=f"${{{result.only_id('AWS::DynamoDB::GlobalTable', under='BackupLedger')}}}",
        namespace="constructs_lib/Backup",
        prefix="${AWS::StackName}-Backup",
        retention=Policy(keep_for=172_800, count=3, daily=4, weekly=5, monthly=6),
    )
    assert handler_folder("table_backup").joinpath("table_backup", "handler.py").exists()
    assert (function["Handler"], function["Timeout"]) == ("table_backup.handler.handler", 900)
    assert made.retention.monthly == 6


def test_it_is_called_with_the_scheduled_time_and_the_tables() -> None:
    stack = fresh_stack()
    mail = dynamodb.Table.from_table_name(stack, "Mail", "mail")
    backup(stack, tables=[table(stack), mail], schedule=IN_BERLIN, flexible_window=Duration.minutes(30))
    result = synthesize(stack)
    schedule = result.only(SCHEDULE, under="BackupSchedule")
    orders = result.only_id("AWS::DynamoDB::GlobalTable", under="Orders")

    assert sent(result) == {
        "scheduled": "<aws.scheduler.scheduled-time>",
        "tables": [
            f"${{{orders}.Arn}}",
            "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/mail",
        ],
    }
    assert (schedule["ScheduleExpression"], schedule["ScheduleExpressionTimezone"]) == (
        "cron(0 1 * * ? *)",
        "Europe/Berlin",
    )
    assert schedule["FlexibleTimeWindow"] == {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 30}
    assert schedule["Target"]["Arn"] == {"Ref": result.only_id("AWS::Lambda::Alias")}


def test_no_event_is_lost() -> None:
    stack = fresh_stack()
    backup(stack)
    result = synthesize(stack)
    queue = {"Fn::GetAtt": [result.only_id("AWS::SQS::Queue"), "Arn"]}
    target = result.only(SCHEDULE, under="BackupSchedule")["Target"]
    config = result.only("AWS::Lambda::EventInvokeConfig")
    role = result.only_id("AWS::IAM::Role", under="BackupRole")
    sends = [
        statement
        for policy in result.of_type(POLICY, under="BackupRole").values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if {"Ref": role} in policy["Properties"]["Roles"]
    ]

    assert target["DeadLetterConfig"] == {"Arn": queue}
    assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 86_400, "MaximumRetryAttempts": 185}
    assert config["DestinationConfig"]["OnFailure"]["Destination"] == queue
    assert config["MaximumRetryAttempts"] == 2
    assert [(flat(each["Resource"]), "sqs:SendMessage" in each["Action"]) for each in sends] == [
        (flat(queue), True)
    ]


def test_an_event_is_not_delivered_once_the_next_one_comes() -> None:
    stack = fresh_stack()
    backup(stack, schedule=HOURLY)
    target = synthesize(stack).only(SCHEDULE, under="BackupSchedule")["Target"]
    assert target["RetryPolicy"]["MaximumEventAgeInSeconds"] == 3_600


@pytest.mark.parametrize(
    ("schedule", "looks"),
    [(DAILY, "rate(15 minutes)"), (HOURLY, "rate(5 minutes)")],
    ids=["daily", "hourly"],
)
def test_the_age_is_published_more_often_than_backups_are_made(
    schedule: scheduler.ScheduleExpression, looks: str
) -> None:
    stack = fresh_stack()
    backup(stack, schedule=schedule)
    result = synthesize(stack)
    found = result.only(SCHEDULE, under="BackupLooks")
    assert found["ScheduleExpression"] == looks
    assert sent(result, "BackupLooks")["look"] is True
    assert sent(result, "BackupLooks")["tables"] == sent(result)["tables"]


def test_it_may_do_only_what_it_needs() -> None:
    stack = fresh_stack()
    backup(stack)
    result = synthesize(stack)
    orders = result.only_id("AWS::DynamoDB::GlobalTable", under="Orders")
    ledger = result.only_id("AWS::DynamoDB::GlobalTable", under="BackupLedger")
    allowed = [
        (statement["Action"], flat(statement["Resource"]))
        for kind, name in ((POLICY, "Backups"), (MANAGED_POLICY, "Tables"))
        for policy in result.of_type(kind, under=f"BackupFunctionRole{name}").values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
    ]

    assert allowed == [
        ("dynamodb:ListBackups", "*"),
        (["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"], f"${{{ledger}.Arn}}"),
        ("dynamodb:CreateBackup", f"${{{orders}.Arn}}"),
        (["dynamodb:DescribeBackup", "dynamodb:DeleteBackup"], f"${{{orders}.Arn}}/backup/*"),
    ]


def test_what_it_may_do_fits_the_policies_of_a_role_for_as_many_tables_as_it_takes() -> None:
    stack = fresh_stack()
    names = [f"{number:03}-{'n' * 140}" for number in range(MOST_TABLES)]
    backup(stack, tables=[dynamodb.Table.from_table_name(stack, name[:3], name) for name in names])
    policies = synthesize(stack).of_type(MANAGED_POLICY, under="BackupFunctionRole")
    deployed = [as_deployed(each["Properties"]["PolicyDocument"]) for each in policies.values()]

    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    assert len(policies) <= 10
    assert max(map(len, deployed)) <= 6_144
    assert all(any(name in document for document in deployed) for name in names)


def test_the_ledger_can_be_recovered_and_forgets() -> None:
    stack = fresh_stack()
    backup(stack)
    ledger = synthesize(stack).only("AWS::DynamoDB::GlobalTable", under="BackupLedger")
    (replica,) = ledger["Replicas"]
    assert [each["AttributeName"] for each in ledger["KeySchema"]] == ["table", "scheduled"]
    assert replica["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
    assert ledger["TimeToLiveSpecification"] == {"AttributeName": "expires", "Enabled": True}


@pytest.mark.parametrize(
    ("options", "threshold", "period"),
    [
        ({}, 86_400 + 60 + 8_640, 900),
        ({"schedule": HOURLY}, 3_600 + 60 + 3_600, 300),
        ({"flexible_window": Duration.hours(2)}, 86_400 + 60 + 7_200 + 8_640, 900),
        ({"schedule": IN_BERLIN}, 90_000 + 60 + 9_000, 900),
        ({"recovery_point_objective": Duration.hours(36)}, 129_600, 900),
    ],
    ids=["daily", "hourly", "window", "summer time", "stated"],
)
def test_it_rings_when_a_backup_is_too_old_or_nobody_looks(
    options: dict[str, Any], threshold: int, period: int
) -> None:
    stack = fresh_stack()
    made = backup(stack, **options)
    alarm = synthesize(stack).only(ALARM, under="BackupAge")

    assert made.promised == alarm["Threshold"] == threshold
    assert (alarm["Period"], alarm["EvaluationPeriods"]) == (period, 2)
    assert (alarm["MetricName"], alarm["Statistic"]) == ("AgeOfNewestBackup", "Maximum")
    assert [each["Name"] for each in alarm["Dimensions"]] == ["Schedule"]
    assert (alarm["ComparisonOperator"], alarm["TreatMissingData"]) == (
        "GreaterThanOrEqualToThreshold",
        "breaching",
    )


def test_every_failure_is_told() -> None:
    stack = fresh_stack()
    topic = cdk.aws_sns.Topic.from_topic_arn(stack, "Team", "arn:aws:sns:us-east-1:111122223333:team")
    made = backup(stack, route=AlarmRoute.to_topic(topic))
    result = synthesize(stack)
    failed = result.only(ALARM, under="BackupFailed")
    alarms = result.of_type(ALARM, under="Backup").values()

    assert (failed["MetricName"], failed["Statistic"], failed["Threshold"]) == ("BackupsFailed", "Sum", 1)
    assert made.alarms.errors is not None
    assert made.alarms.dead_letter_depth is not None
    told_ones = [each for each in alarms if each["Properties"].get("AlarmActions")]
    assert {each["Properties"]["AlarmActions"][0] for each in told_ones} == {topic.topic_arn}
    assert result.of_type("AWS::SNS::Topic") == {}


def test_a_metric_is_of_one_table_or_of_all() -> None:
    stack = fresh_stack()
    orders = table(stack)
    made = backup(stack, tables=[orders])
    metrics = [made.metric_age, made.metric_count, made.metric_size, made.metric_duration, made.metric_failed]
    assert [metric().metric_name for metric in metrics] == [
        "AgeOfNewestBackup",
        "BackupCount",
        "BackupSizeBytes",
        "BackupDuration",
        "BackupsFailed",
    ]
    for metric in metrics:
        assert set(metric().dimensions or {}) == {"Schedule"}
        assert (metric(orders).dimensions or {})["TableName"] == orders.table_name


def test_what_it_remembers_outlives_the_stack_unless_said_otherwise() -> None:
    stack = fresh_stack()
    backup(stack)
    ScheduledBackup(
        stack,
        "Passing",
        tables=[table(stack, "Mail")],
        schedule=DAILY,
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )
    result = synthesize(stack)
    assert deletion_policies(result, "Backup", "Passing") == {"Backup": {"Retain"}, "Passing": {"Delete"}}


def test_the_id_of_what_remembers_never_changes() -> None:
    stack = fresh_stack()
    backup(stack)
    assert (
        synthesize(stack).only_id("AWS::DynamoDB::GlobalTable", under="BackupLedger")
        == "BackupLedgerC567AEB1"
    )


@pytest.mark.parametrize("context", [VALIDATE, RECOMMENDED], ids=["foreign", "recommended"])
def test_it_passes_every_gate(context: dict[str, Any]) -> None:
    app = fresh_app(context)
    stack, data = cdk.Stack(app, "Stack"), cdk.Stack(app, "Data")
    mail = dynamodb.Table.from_table_name(stack, "Mail", "mail")
    backup(stack, tables=[table(stack), mail, table(data, "Stock")])

    assert [each for each in findings(app) if UNSUBSCRIBED not in each.rule] == []
    found = read_template(Path(app.outdir) / stack.template_file)
    assert lint(found.body) == []
    assert circle(found.resources) == []


def test_a_schedule_that_is_known_only_at_deployment_needs_a_stated_objective() -> None:
    stack = fresh_stack()
    expression = cdk.CfnParameter(stack, "When").value_as_string
    when = scheduler.ScheduleExpression.expression(expression)
    with pytest.raises(ConfigurationError, match="schedule is known only at deployment"):
        backup(stack, schedule=when, tables=[table(stack, "Mail")])
    made = backup(stack, schedule=when, recovery_point_objective=Duration.days(2))
    assert made.promised == 172_800


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (
            {"recovery_point_objective": Duration.hours(12)},
            (
                r"recovery_point_objective is 43,200 s, and by this schedule the newest backup becomes 86,460 s old: "
                r"its largest gap is 1 day, 0:00:00, and Scheduler calls within 60 s\. Give a schedule that fires more"
            ),
        ),
        (
            {"recovery_point_objective": Duration.hours(25), "schedule": IN_BERLIN},
            r".*its largest gap is 1 day, 1:00:00 after 2024-10-27 01:00 CEST",
        ),
        (
            {
                "recovery_point_objective": Duration.hours(25),
                "flexible_window": Duration.hours(2),
            },
            "recovery_point_objective is 90,000 s",
        ),
        (
            {"recovery_point_objective": Duration.seconds(cdk.Token.as_number({"Ref": "T"}))},
            "recovery_point_objective is known only at deployment",
        ),
        ({"schedule": scheduler.ScheduleExpression.expression("at(2026-12-01T00:00:00)")}, "schedule is 'at"),
        ({"schedule": "rate(1 day)"}, r"schedule is 'rate\(1 day\)'"),
        ({"schedule": None}, "schedule is ''"),
        ({"tables": []}, "tables is 0"),
        ({"tables": ["orders"]}, r"tables\[0\] is 'orders'"),
        ({"tables": "orders"}, "tables is 'orders'"),
        ({"flexible_window": Duration.days(2)}, "flexible_window is 2880"),
        ({"retention": Retention(daily=0, weekly=0, monthly=0)}, "retention keeps nothing"),
        ({"retention": Retention(count=-1)}, "retention.count is -1"),
        ({"retention": Retention(daily=1.5)}, "retention.daily is 1.5"),  # type: ignore[arg-type]
        ({"retention": Retention(keep_for=Duration.seconds(0))}, "retention.keep_for is 0"),
        ({"retention": 7}, "retention is 7"),
        ({"route": "team"}, "route is 'team'"),
        ({"log_settings": "none"}, "log_settings is 'none'"),
        ({"removal_policy": "RETAIN"}, "removal_policy is 'RETAIN'"),
    ],
)
def test_fails_with_the_value_and_builds_nothing(options: dict[str, Any], problem: str) -> None:
    stack = fresh_stack()
    with pytest.raises(ConfigurationError, match=f"^Stack/Backup: {problem}"):
        backup(stack, **options)
    assert stack.node.try_find_child("Backup") is None


def test_fails_on_the_same_table_twice() -> None:
    stack = fresh_stack()
    orders = table(stack)
    with pytest.raises(ConfigurationError, match="the same table twice"):
        backup(stack, tables=[orders, orders])


def test_fails_on_more_tables_than_one_run_can_do() -> None:
    stack = fresh_stack()
    tables = [
        dynamodb.Table.from_table_name(stack, f"T{number}", f"t{number}") for number in range(MOST_TABLES + 1)
    ]
    with pytest.raises(ConfigurationError, match="tables is 101"):
        backup(stack, tables=tables)
    backup(stack, tables=tables[:MOST_TABLES])
    assert len(sent(synthesize(stack))["tables"]) == MOST_TABLES


def test_fails_on_a_table_of_another_account() -> None:
    stack = fresh_stack(env=cdk.Environment(account="111122223333", region="eu-west-1"))
    theirs = dynamodb.Table.from_table_arn(
        stack, "Theirs", "arn:aws:dynamodb:eu-west-1:444455556666:table/theirs"
    )
    with pytest.raises(
        ConfigurationError, match="is in the account 444455556666, and this stack in 111122223333"
    ):
        backup(stack, tables=[theirs])


def test_fails_on_a_table_of_another_region() -> None:
    stack = fresh_stack(env=cdk.Environment(account="111122223333", region="eu-west-1"))
    theirs = dynamodb.Table.from_table_arn(
        stack, "Theirs", "arn:aws:dynamodb:us-east-1:111122223333:table/theirs"
    )
    with pytest.raises(ConfigurationError, match="is in the Region us-east-1, and this stack in eu-west-1"):
        backup(stack, tables=[theirs])
