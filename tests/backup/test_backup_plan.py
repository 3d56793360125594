"""A backup plan's resources: what AWS Backup does when, what it may do, and who is told."""

from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_backup as backup
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs

from constructs_lib.alarms import AlarmRoute, SeverityRoute, StateChange
from constructs_lib.backup import (
    ADVANCED_FEATURES_WARNING,
    BackupCopy,
    BackupLifecycle,
    BackupPlan,
    BackupRule,
    ComplianceLock,
    ExistingVault,
    GovernanceLock,
    NewVault,
    RestoreTesting,
    TaggedTables,
)
from constructs_lib.checks import ConfigurationError
from tests.backup.synthesized import table
from tests.gates import UNSUBSCRIBED, findings, lint
from tests.graph import circle
from tests.policies import Caller, allowed, as_deployed, flat, listed, statements_of
from tests.synthesis import (
    RECOMMENDED,
    VALIDATE,
    Synthesized,
    fresh_app,
    fresh_stack,
    number_token,
    read_template,
    synthesize,
    warnings_of,
)

ALARM, RULE, ROLE = "AWS::CloudWatch::Alarm", "AWS::Events::Rule", "AWS::IAM::Role"
MANAGED_POLICY = "AWS::IAM::ManagedPolicy"
PLAN, VAULT, SELECTION = (f"AWS::Backup::Backup{name}" for name in ("Plan", "Vault", "Selection"))
TESTING, TESTED = "AWS::Backup::RestoreTestingPlan", "AWS::Backup::RestoreTestingSelection"
TABLE = "AWS::DynamoDB::GlobalTable"
AWAY = "arn:aws:backup:eu-west-1:111122223333:backup-vault:away"
cron, days, hours = scheduler.ScheduleExpression.cron, cdk.Duration.days, cdk.Duration.hours
IN_BERLIN = cron(hour="1", minute="0", time_zone=cdk.TimeZone.EUROPE_BERLIN)
SUNDAYS = cron(week_day="SUN", hour="3", minute="0")


def rule(name: str = "daily", **options: Any) -> BackupRule:
    given: dict[str, Any] = {"schedule": cron(hour="1", minute="0")} | options
    return BackupRule(name=name, **given)


def plan(stack: cdk.Stack, **options: Any) -> BackupPlan:
    given: dict[str, Any] = {"rules": [rule()]} | options
    if "tables" not in given:
        given["tables"] = [table(stack)]
    return BackupPlan(stack, "Backup", **given)


def away(stack: cdk.Stack, name: str = "Away", arn: str = AWAY) -> backup.IBackupVault:
    return backup.BackupVault.from_backup_vault_arn(stack, name, arn)


def granted(result: Synthesized, role: str) -> dict[str, list[str]]:
    """Action to the resources on which the role may do it."""
    found: dict[str, list[str]] = {}
    for document in documents(result, role):
        for statement in document["Statement"]:
            for action in listed(statement["Action"]):
                found.setdefault(action, []).extend(
                    sorted(flat(each) for each in listed(statement["Resource"]))
                )
    return found


def documents(result: Synthesized, role: str) -> list[dict[str, Any]]:
    """The policies of a role: its inline one, and those for its tables."""
    (inline,) = result.only(ROLE, under=role)["Policies"]
    managed = result.of_type(MANAGED_POLICY, under=role).values()
    return [each["PolicyDocument"] for each in (inline, *(policy["Properties"] for policy in managed))]


def test_a_rule_becomes_what_aws_backup_does() -> None:
    stack = fresh_stack()
    monthly = rule(
        "monthly",
        schedule=cron(day="1", hour="2", minute="30"),
        start_window=hours(2),
        completion_window=hours(12),
        lifecycle=BackupLifecycle(delete_after=days(400), cold_storage_after=days(30)),
        copies=[
            BackupCopy(vault=away(stack), lifecycle=BackupLifecycle(delete_after=days(90))),
            BackupCopy(vault=away(stack, "Further", AWAY.replace("1111", "4444"))),
        ],
        recovery_point_tags={"kept": "long"},
    )
    plan(stack, rules=[rule(schedule=IN_BERLIN), monthly])
    result = synthesize(stack)
    daily, second = result.only(PLAN)["BackupPlan"]["BackupPlanRule"]
    vault = {"Fn::GetAtt": [result.only_id(VAULT), "BackupVaultName"]}

    assert daily == {
        "RuleName": "daily",
        "ScheduleExpression": "cron(0 1 * * ? *)",
        "ScheduleExpressionTimezone": "Europe/Berlin",
        "StartWindowMinutes": 60,
        "CompletionWindowMinutes": 360,
        "Lifecycle": {"DeleteAfterDays": 35},
        "TargetBackupVault": vault,
    }
    assert (second["StartWindowMinutes"], second["CompletionWindowMinutes"]) == (120, 720)
    assert second["RecoveryPointTags"] == {"kept": "long"}
    assert second["Lifecycle"] == {"DeleteAfterDays": 400, "MoveToColdStorageAfterDays": 30}
    assert second["CopyActions"] == [
        {"DestinationBackupVaultArn": AWAY, "Lifecycle": {"DeleteAfterDays": 90}},
        {
            "DestinationBackupVaultArn": AWAY.replace("1111", "4444"),
            "Lifecycle": {"DeleteAfterDays": 400, "MoveToColdStorageAfterDays": 30},
        },
    ]


def test_a_recovery_point_may_be_kept_until_somebody_deletes_it() -> None:
    stack = fresh_stack()
    plan(stack, rules=[rule(lifecycle=BackupLifecycle(delete_after=None))])
    (found,) = synthesize(stack).only(PLAN)["BackupPlan"]["BackupPlanRule"]
    assert "Lifecycle" not in found


def test_listed_tables_are_selected_by_their_arns() -> None:
    stack = fresh_stack()
    mail = dynamodb.Table.from_table_name(stack, "Mail", "mail")
    plan(stack, tables=[table(stack), mail])
    result = synthesize(stack)
    selected = result.only(SELECTION)["BackupSelection"]

    assert [flat(each) for each in selected["Resources"]] == [
        f"${{{result.only_id(TABLE)}.Arn}}",
        "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/mail",
    ]
    assert "Conditions" not in selected


def test_tagged_tables_are_selected_by_type_and_by_every_tag() -> None:
    stack = fresh_stack()
    plan(stack, tables=TaggedTables(tags={"backup": "daily", "stage": "prod"}))
    selected = synthesize(stack).only(SELECTION)["BackupSelection"]

    assert [flat(each) for each in selected["Resources"]] == [
        "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/*"
    ]
    assert selected["Conditions"] == {
        "StringEquals": [
            {"ConditionKey": "aws:ResourceTag/backup", "ConditionValue": "daily"},
            {"ConditionKey": "aws:ResourceTag/stage", "ConditionValue": "prod"},
        ]
    }


def test_the_vault_has_a_key_of_its_own_and_both_outlive_the_stack() -> None:
    stack = fresh_stack()
    made = plan(stack, route=AlarmRoute.silent())
    result = synthesize(stack)
    (vault,) = result.of_type(VAULT).values()
    (key,) = result.of_type("AWS::KMS::Key").values()

    assert vault["Properties"]["EncryptionKeyArn"] == {"Fn::GetAtt": [result.only_id("AWS::KMS::Key"), "Arn"]}
    assert key["Properties"]["EnableKeyRotation"] is True
    assert (vault["DeletionPolicy"], key["DeletionPolicy"]) == ("Retain", "Retain")
    assert "AccessPolicy" not in vault["Properties"]
    assert "LockConfiguration" not in vault["Properties"]
    assert made.key is not None


@pytest.mark.parametrize(
    ("vault", "policy"),
    [(None, "Retain"), (NewVault(removal_policy=cdk.RemovalPolicy.DESTROY), "Delete")],
    ids=["left out", "destroyed"],
)
def test_the_role_that_deletes_recovery_points_lives_as_long_as_they_do(
    vault: NewVault | None, policy: str
) -> None:
    stack = fresh_stack()
    plan(stack, vault=vault, restore_testing=RestoreTesting(schedule=SUNDAYS))
    result = synthesize(stack)
    (role,) = result.of_type(ROLE, under="BackupRole").values()
    (restores,) = result.of_type(ROLE, under="BackupRestore").values()
    (made,) = result.of_type(VAULT).values()
    (deleting,) = result.of_type(MANAGED_POLICY, under="BackupRole").values()
    assert role["DeletionPolicy"] == deleting["DeletionPolicy"] == made["DeletionPolicy"] == policy
    assert "DeletionPolicy" not in restores


def test_the_vault_keeps_its_id_and_its_name() -> None:
    stack = fresh_stack()
    plan(stack)
    result = synthesize(stack)
    assert result.only_id(VAULT) == "BackupVaultADF21B19"
    assert result.only(VAULT)["BackupVaultName"] == "Stack-Backup-FA443DF4"


def test_two_deployments_of_an_app_share_no_name() -> None:
    names = set()
    for deployed in ("orders-test", "orders-prod"):
        stack = fresh_stack(stack_name=deployed)
        plan(stack, restore_testing=RestoreTesting(schedule=SUNDAYS))
        result = synthesize(stack)
        names |= {
            result.only(VAULT)["BackupVaultName"],
            result.only(PLAN)["BackupPlan"]["BackupPlanName"] + " of a plan",
            result.only(TESTING)["RestoreTestingPlanName"],
        }
    assert len(names) == 6


@pytest.mark.parametrize("named", [True, False], ids=["a role", "nobody"])
def test_only_the_named_roles_delete_recovery_points(named: bool) -> None:  # noqa: FBT001 - a case
    stack = fresh_stack()
    admin = iam.Role(stack, "Admin", assumed_by=iam.AccountRootPrincipal())
    plan(stack, vault=NewVault(deletable_by=[admin] if named else []))
    result = synthesize(stack)
    (statement,) = result.only(VAULT)["AccessPolicy"]["Statement"]
    arn = {"Fn::GetAtt": [result.only_id(ROLE, under="Admin"), "Arn"]}

    assert (statement["Effect"], statement["Principal"]) == ("Deny", {"AWS": "*"})
    assert statement["Action"] == ["backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"]
    assert statement.get("Condition") == ({"ArnNotEquals": {"aws:PrincipalArn": [arn]}} if named else None)


@pytest.mark.parametrize(
    ("lock", "found"),
    [
        (GovernanceLock(min_retention=days(7)), {"MinRetentionDays": 7}),
        (
            ComplianceLock(
                min_retention=days(7), max_retention=days(35), changeable_for=days(3), irreversible=True
            ),
            {"MinRetentionDays": 7, "MaxRetentionDays": 35, "ChangeableForDays": 3},
        ),
    ],
    ids=["governance", "compliance"],
)
def test_a_vault_is_locked_as_said(lock: GovernanceLock, found: dict[str, int]) -> None:
    stack = fresh_stack()
    plan(stack, vault=NewVault(lock=lock))
    assert synthesize(stack).only(VAULT)["LockConfiguration"] == found


def test_a_vault_that_is_there_already_is_used_with_its_key() -> None:
    stack = fresh_stack()
    key = kms.Key.from_key_arn(stack, "Key", "arn:aws:kms:us-east-1:111122223333:key/its")
    vault = backup.BackupVault.from_backup_vault_name(stack, "Theirs", "theirs")
    plan(stack, vault=ExistingVault(vault=vault, encryption_key=key), route=AlarmRoute.silent())
    result = synthesize(stack)
    (found,) = result.only(PLAN)["BackupPlan"]["BackupPlanRule"]

    assert result.of_type(VAULT) == result.of_type("AWS::KMS::Key") == {}
    assert found["TargetBackupVault"] == "theirs"
    assert granted(result, "BackupRole")["kms:Decrypt"] == [key.key_arn]


def test_aws_backup_may_do_only_what_it_needs() -> None:
    stack = fresh_stack()
    own = kms.Key(stack, "Own")
    orders_id = dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
    encrypted = dynamodb.Table(stack, "Orders", partition_key=orders_id, encryption_key=own)
    plan(stack, tables=[encrypted], route=AlarmRoute.silent())
    result = synthesize(stack)
    orders, vault = result.only_id("AWS::DynamoDB::Table"), result.only_id(VAULT)
    keys = [f"${{{result.only_id('AWS::KMS::Key', under=name)}.Arn}}" for name in ("BackupKey", "Own")]

    assert granted(result, "BackupRole") == {
        "dynamodb:CreateBackup": [f"${{{orders}.Arn}}"],
        "dynamodb:DescribeTable": [f"${{{orders}.Arn}}"],
        "dynamodb:ListTagsOfResource": [f"${{{orders}.Arn}}"],
        "dynamodb:StartAwsBackupJob": [f"${{{orders}.Arn}}"],
        "dynamodb:DeleteBackup": [f"${{{orders}.Arn}}/backup/*"],
        "dynamodb:DescribeBackup": [f"${{{orders}.Arn}}/backup/*"],
        "backup:CopyIntoBackupVault": [f"${{{vault}.BackupVaultArn}}"],
        "backup:DescribeBackupVault": [f"${{{vault}.BackupVaultArn}}"],
        "backup:TagResource": ["arn:${AWS::Partition}:backup:*:${AWS::AccountId}:recovery-point:*"],
        "kms:CreateGrant": keys[:1],
        "kms:Decrypt": keys,
        "kms:DescribeKey": keys,
        "kms:GenerateDataKey": keys,
    }
    assert result.of_type(ROLE, under="BackupRestore") == {}
    assert "ManagedPolicyArns" not in result.only(ROLE, under="BackupRole")


def test_aws_backup_may_copy_only_where_a_rule_says_so() -> None:
    stack = fresh_stack()
    plan(stack, rules=[rule(copies=[BackupCopy(vault=away(stack))])])
    result = synthesize(stack)
    may = granted(result, "BackupRole")
    assert may["backup:CopyIntoBackupVault"] == [f"${{{result.only_id(VAULT)}.BackupVaultArn}}", AWAY]
    assert may["backup:CopyFromBackupVault"] == ["*"]


def test_a_plan_by_tag_may_find_the_tables() -> None:
    stack = fresh_stack()
    plan(stack, tables=TaggedTables(tags={"backup": "daily"}))
    may = granted(synthesize(stack), "BackupRole")
    everything = "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/*"
    assert (may["tag:GetResources"], may["dynamodb:StartAwsBackupJob"]) == (["*"], [everything])


def test_restores_are_tested_as_a_role_that_writes_to_test_tables_only() -> None:
    stack = fresh_stack()
    testing = RestoreTesting(
        schedule=SUNDAYS, start_window=hours(4), newer_than=days(7), pick="random", validation_window=hours(2)
    )
    made = plan(stack, restore_testing=testing)
    result = synthesize(stack)
    tested = result.only(TESTED)
    may = granted(result, "BackupRestoreRole")
    tests = "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/awsbackup-restore-test-*"

    assert result.only(TESTING) == {
        "RestoreTestingPlanName": "Stack_Backup_FA443DF4",
        "ScheduleExpression": "cron(0 3 ? * SUN *)",
        "ScheduleExpressionTimezone": "Etc/UTC",
        "StartWindowHours": 4,
        "RecoveryPointSelection": {
            "Algorithm": "RANDOM_WITHIN_WINDOW",
            "IncludeVaults": [{"Fn::GetAtt": [result.only_id(VAULT), "BackupVaultArn"]}],
            "RecoveryPointTypes": ["SNAPSHOT"],
            "SelectionWindowDays": 7,
        },
    }
    assert [flat(each) for each in tested["ProtectedResourceArns"]] == [f"${{{result.only_id(TABLE)}.Arn}}"]
    assert (tested["ProtectedResourceType"], tested["ValidationWindowHours"]) == ("DynamoDB", 2)
    assert made.restore_role is not None
    assert tested["IamRoleArn"] == stack.resolve(made.restore_role.role_arn)
    assert may["dynamodb:PutItem"] == may["dynamodb:DeleteItem"] == [tests]
    assert tests in may["dynamodb:RestoreTableFromAwsBackup"]


def test_restore_tests_of_many_tables_are_split_and_of_tagged_ones_found() -> None:
    stack = fresh_stack()
    many = [dynamodb.Table.from_table_name(stack, f"T{number}", f"t{number}") for number in range(31)]
    testing = RestoreTesting(schedule=SUNDAYS)
    plan(stack, tables=many, restore_testing=testing)
    BackupPlan(stack, "Tagged", tables=TaggedTables(tags={"a": "b"}), rules=[rule()], restore_testing=testing)
    result = synthesize(stack)
    counts = [
        len(each["Properties"]["ProtectedResourceArns"])
        for each in result.of_type(TESTED, under="Backup").values()
    ]
    tagged = result.only(TESTED, under="Tagged")

    assert counts == [30, 1]
    assert tagged["ProtectedResourceArns"] == ["*"]
    assert tagged["ProtectedResourceConditions"] == {
        "StringEquals": [{"Key": "aws:ResourceTag/a", "Value": "b"}]
    }


def test_failed_jobs_of_the_vault_are_told_with_their_reason() -> None:
    stack = fresh_stack()
    made = plan(stack, restore_testing=RestoreTesting(schedule=SUNDAYS))
    result = synthesize(stack)
    vault = [{"Fn::GetAtt": [result.only_id(VAULT), "BackupVaultArn"]}]
    assert made.restore_role is not None
    tester = [stack.resolve(made.restore_role.role_arn)]
    topic = {"Ref": result.only_id("AWS::SNS::Topic")}
    rules = [each["Properties"] for each in result.of_type(RULE, under="Backup").values()]
    own = {"resourceType": ["DynamoDB"]}

    assert [(*each["EventPattern"]["detail-type"], each["EventPattern"]["detail"]) for each in rules] == [
        (
            "Backup Job State Change",
            own | {"state": ["ABORTED", "EXPIRED", "FAILED"], "backupVaultArn": vault},
        ),
        ("Copy Job State Change", own | {"state": ["FAILED"], "sourceBackupVaultArn": vault}),
        (
            "Restore Job State Change",
            own
            | {
                "status": ["ABORTED", "FAILED"],
                "$or": [{"backupVaultArn": vault}, {"iamRoleArn": tester}],
            },
        ),
    ]
    assert [[target["Arn"] for target in each["Targets"]] for each in rules] == [[topic]] * 3


def test_eventbridge_and_cloudwatch_may_publish_to_the_topic_and_use_its_key() -> None:
    stack = fresh_stack()
    plan(stack)
    result = synthesize(stack)
    topic = result.only_id("AWS::SNS::Topic")
    (key,) = result.of_type("AWS::KMS::Key", under="AlarmTopic").values()
    (topic_policy,) = statements_of(result.resources, "AWS::SNS::TopicPolicy", "Topics", topic)
    key_policy = key["Properties"]["KeyPolicy"]["Statement"]

    for service, kind in (("events.amazonaws.com", "events"), ("cloudwatch.amazonaws.com", "cloudwatch")):
        caller = Caller.of(service, "arn", kind, None)
        assert allowed(topic_policy, caller, "sns:Publish", [f"${{{topic}}}"])
        assert allowed(key_policy, caller, "kms:GenerateDataKey")
        assert allowed(key_policy, caller, "kms:Decrypt")


def test_targets_of_a_state_change_are_told_and_severities_are_kept() -> None:
    stack = fresh_stack()
    queue = sqs.Queue(stack, "Queue")
    change = StateChange(targets=[targets.SqsQueue(queue)])
    loud = sns.Topic.from_topic_arn(stack, "Loud", "arn:aws:sns:us-east-1:111122223333:loud")
    plan(stack, route=SeverityRoute(critical=AlarmRoute.to_topic(loud), warning=AlarmRoute(alarm=[change])))
    result = synthesize(stack)
    queue_arn = {"Fn::GetAtt": [result.only_id("AWS::SQS::Queue"), "Arn"]}
    jobs = [
        each["Properties"] for name, each in result.of_type(RULE, under="Backup").items() if "Jobs" in name
    ]

    assert [[target["Arn"] for target in each["Targets"]] for each in jobs] == [[queue_arn]] * 3
    assert result.only(ALARM, under="BackupMissing")["AlarmActions"] == [loud.topic_arn]


def test_warns_where_events_reach_nobody() -> None:
    stack = fresh_stack()
    item = cdk.aws_cloudwatch_actions.SsmAction(cdk.aws_cloudwatch_actions.OpsItemSeverity.HIGH)
    made = plan(stack, route=AlarmRoute(alarm=[item]))
    assert made.job_events == []
    assert any("nobody is told of failed copies and restores" in each for each in warnings_of(stack))


def test_warns_of_a_topic_key_that_cannot_be_told() -> None:
    stack = fresh_stack()
    key = kms.Key.from_key_arn(stack, "Key", "arn:aws:kms:us-east-1:111122223333:key/its")
    plan(stack, route=AlarmRoute.to_topic(sns.Topic(stack, "Topic", master_key=key)))
    assert any("not told to let EventBridge use it" in each for each in warnings_of(stack))


@pytest.mark.parametrize(
    ("options", "promised"),
    [
        ({}, 111_600 + 8_640),
        ({"rules": [rule(schedule=IN_BERLIN)]}, (90_000 + 3_600 + 21_600) + 9_000),
        ({"rules": [rule("weekly", schedule=SUNDAYS), rule()]}, 111_600 + 8_640),
        ({"recovery_point_objective": hours(31)}, 111_600),
        (
            {"rules": [rule(schedule=cron(minute="0"), completion_window=hours(1))]},
            10_800 + 3_600,
        ),
    ],
    ids=["daily", "summer time", "the best rule", "stated", "hourly"],
)
def test_it_rings_when_no_backup_has_completed_for_too_long(options: dict[str, Any], promised: int) -> None:
    stack = fresh_stack()
    made = plan(stack, **options)
    alarm = synthesize(stack).only(ALARM, under="BackupMissing")

    assert made.promised == promised
    assert promised <= alarm["Period"] * alarm["EvaluationPeriods"] < promised + 3_600
    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/Backup", "NumberOfBackupJobsCompleted")
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)
    assert alarm["TreatMissingData"] == "breaching"


def test_a_plan_whose_silence_is_too_long_for_an_alarm_says_so() -> None:
    stack = fresh_stack()
    made = plan(stack, rules=[rule("weekly", schedule=SUNDAYS)])
    assert made.missing is None
    assert made.metric_completed().metric_name == "NumberOfBackupJobsCompleted"
    assert any("AgeHeartbeat this plan's metric_completed()" in each for each in warnings_of(stack))


def test_what_goes_wrong_in_the_vault_rings() -> None:
    stack = fresh_stack()
    made = plan(stack)
    result = synthesize(stack)
    vault = {"Fn::GetAtt": [result.only_id(VAULT), "BackupVaultName"]}
    assert list(made.alarms) == [
        "NumberOfBackupJobsFailed",
        "NumberOfBackupJobsExpired",
        "NumberOfBackupJobsAborted",
        "NumberOfRecoveryPointsExpired",
    ]
    for name, under in zip(made.alarms, ("Failed", "Expired", "Aborted", "Undeleted"), strict=True):
        alarm = result.only(ALARM, under=f"Backup{under}")
        assert (alarm["MetricName"], alarm["Statistic"], alarm["Threshold"]) == (name, "Sum", 1)
        assert alarm["Dimensions"] == [
            {"Name": "BackupVaultName", "Value": vault},
            {"Name": "ResourceType", "Value": "DynamoDB"},
        ]
    assert made.metric("NumberOfBackupJobsRunning").namespace == "AWS/Backup"


@pytest.mark.parametrize("kind", ["copy", "cold"])
def test_warns_of_advanced_features_until_it_is_acknowledged(kind: str) -> None:
    texts = []
    for known in (False, True):
        stack = fresh_stack()
        kept = BackupLifecycle(delete_after=days(91), cold_storage_after=days(1))
        options: dict[str, Any] = (
            {"copies": [BackupCopy(vault=away(stack))]} if kind == "copy" else {"lifecycle": kept}
        )
        made = plan(stack, rules=[rule(**options)])
        if known:
            cdk.Annotations.of(made).acknowledge_warning(ADVANCED_FEATURES_WARNING)
        texts.append([each for each in warnings_of(stack) if "advanced features" in each])
    assert len(texts[0]) == 1
    assert "aws backup update-region-settings" in texts[0][0]
    assert texts[1] == []


@pytest.mark.parametrize("context", [VALIDATE, RECOMMENDED], ids=["foreign", "recommended"])
def test_it_passes_every_gate(context: dict[str, Any]) -> None:
    app = fresh_app(context)
    stack, data = cdk.Stack(app, "Stack"), cdk.Stack(app, "Data")
    mail = dynamodb.Table.from_table_name(stack, "Mail", "mail")
    testing = RestoreTesting(schedule=SUNDAYS)
    copying = rule(copies=[BackupCopy(vault=away(stack))])
    admin = iam.Role(stack, "Admin", assumed_by=iam.AccountRootPrincipal())
    vault = NewVault(deletable_by=[admin], lock=GovernanceLock(min_retention=days(7)))
    tables = [table(stack), mail, table(data, "Stock")]
    made = plan(stack, tables=tables, rules=[copying], vault=vault, restore_testing=testing)
    BackupPlan(stack, "Tagged", tables=TaggedTables(tags={"a": "b"}), rules=[rule()], restore_testing=testing)
    cdk.Annotations.of(made).acknowledge_warning(ADVANCED_FEATURES_WARNING)

    assert [each for each in findings(app) if UNSUBSCRIBED not in each.rule] == []
    found = read_template(Path(app.outdir) / stack.template_file)
    assert lint(found.body) == []
    assert circle(found.resources) == []


FEW = BackupLifecycle(delete_after=days(100), cold_storage_after=days(30))
LOCK = GovernanceLock(min_retention=days(60))
UNCONFIRMED = ComplianceLock(min_retention=days(7), changeable_for=days(3))


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (
            {"recovery_point_objective": hours(24)},
            (
                r"recovery_point_objective is 86,400 s, and by these rules the newest backup becomes 111,600 s old: "
                r"the largest gap of the rule 'daily' is 1 day, 0:00:00 after 2024-01-01 01:00 UTC, a job starts in "
                r"3,600 s and ends in 21,600 s\. Give a rule"
            ),
        ),
        ({"rules": []}, "rules is empty"),
        ({"rules": ["daily"]}, r"rules\[0\] is 'daily'"),
        ({"rules": [rule(), rule()]}, "rules has a name twice"),
        ({"rules": [rule("a b")]}, r"rules\[0\]\.name is 'a b'"),
        ({"rules": [rule("a" * 51)]}, r"rules\[0\]\.name is 'aaa"),
        (
            {"rules": [rule(continuous=True)]},
            r"rules\[0\]\.continuous is True: of DynamoDB tables AWS Backup makes no",
        ),
        (
            {"rules": [rule(schedule=scheduler.ScheduleExpression.rate(days(1)))]},
            r".*AWS Backup runs by cron alone",
        ),
        ({"rules": [rule(schedule=cron(minute="0/30"))]}, r".*fires 30 minutes apart"),
        (
            {"rules": [rule(schedule=cron(year="2027", hour="1", minute="0"))]},
            r".*it fires in some years only",
        ),
        ({"rules": [rule(start_window=cdk.Duration.minutes(59))]}, r"rules\[0\]\.start_window is 59"),
        ({"rules": [rule(completion_window=cdk.Duration.minutes(1))]}, r"rules\[0\]\.completion_window is 1"),
        (
            {"rules": [rule(lifecycle=FEW)]},
            r".*delete_after is 100 days, and cold_storage_after 30.*at least 120",
        ),
        (
            {"rules": [rule(lifecycle=BackupLifecycle(delete_after=hours(36)))]},
            r".*delete_after is 1\.5 days",
        ),
        ({"rules": [rule(lifecycle=BackupLifecycle(delete_after=days(0)))]}, r".*delete_after is 0"),
        ({"rules": [rule(lifecycle=7)]}, r"rules\[0\]\.lifecycle is 7"),
        ({"rules": [rule(copies=[AWAY])]}, r"rules\[0\]\.copies\[0\] is 'arn:aws"),
        ({"rules": [rule(copies=[BackupCopy(vault=AWAY)])]}, r".*copies\[0\]\.vault is"),  # type: ignore[arg-type]
        ({"vault": "mine"}, "vault is 'mine'"),
        (
            {"vault": NewVault(lock=LOCK)},
            r"rules\[0\]\.lifecycle\.delete_after is 35 days, and the vault's lock",
        ),
        (
            {"vault": NewVault(lock=GovernanceLock(min_retention=days(1), max_retention=days(30)))},
            r"rules\[0\]\.lifecycle\.delete_after is 35 days.*at most 30",
        ),
        (
            {"vault": NewVault(lock=GovernanceLock(min_retention=days(30), max_retention=days(30)))},
            r"vault\.lock\.max_retention is 30 days",
        ),
        ({"vault": NewVault(lock=UNCONFIRMED)}, r".*irreversible is False.*nobody can undo it"),
        (
            {
                "vault": NewVault(
                    lock=ComplianceLock(min_retention=days(7), changeable_for=days(2), irreversible=True)
                )
            },
            r"vault\.lock\.changeable_for is 172800",
        ),
        ({"vault": NewVault(deletable_by=["me"])}, r"vault\.deletable_by\[0\] is 'me'"),  # type: ignore[list-item]
        ({"vault": NewVault(encryption_key="key")}, r"vault\.encryption_key is 'key'"),  # type: ignore[arg-type]
        ({"vault": ExistingVault(vault="v")}, r"vault\.vault is 'v'"),  # type: ignore[arg-type]
        ({"tables": []}, "tables is 0"),
        ({"tables": ["orders"]}, r"tables\[0\] is 'orders'"),
        ({"tables": TaggedTables(tags={})}, r"tables\.tags is 0"),
        ({"tables": TaggedTables(tags={"a": 1})}, r"tables\.tags\['a'\] is 1"),  # type: ignore[dict-item]
        ({"restore_testing": "weekly"}, "restore_testing is 'weekly'"),
        (
            {"restore_testing": RestoreTesting(schedule=SUNDAYS, start_window=hours(200))},
            r"restore_testing\.start_window is 720000",
        ),
        (
            {"restore_testing": RestoreTesting(schedule=SUNDAYS, newer_than=hours(36))},
            r"restore_testing\.newer_than is 129,600 seconds\..*whole days",
        ),
        (
            {"restore_testing": RestoreTesting(schedule=SUNDAYS, pick="first")},  # type: ignore[arg-type]
            r"restore_testing\.pick is 'first'",
        ),
        ({"route": "team"}, "route is 'team'"),
    ],
)
def test_fails_with_the_value_and_builds_nothing(options: dict[str, Any], problem: str) -> None:
    stack = fresh_stack()
    with pytest.raises(ConfigurationError, match=f"^Stack/Backup: {problem}"):
        plan(stack, **options)
    assert stack.node.try_find_child("Backup") is None


def test_fails_on_times_that_others_are_checked_against_but_are_known_only_at_deployment() -> None:
    stack = fresh_stack()
    later = days(number_token(stack))
    when = scheduler.ScheduleExpression.expression(cdk.CfnParameter(stack, "When").value_as_string)
    for options, name in (
        ({"recovery_point_objective": later}, "recovery_point_objective"),
        ({"rules": [rule(schedule=when)]}, r"rules\[0\]\.schedule"),
        ({"rules": [rule(start_window=later)]}, r"rules\[0\]\.start_window"),
        (
            {"rules": [rule(lifecycle=BackupLifecycle(delete_after=later))]},
            r"rules\[0\]\.lifecycle\.delete_after",
        ),
    ):
        with pytest.raises(ConfigurationError, match=f"{name} is known only at deployment"):
            plan(fresh_stack(), **options)


def test_fails_on_more_tables_than_a_role_has_room_for() -> None:
    stack = fresh_stack()
    tables = [dynamodb.Table.from_table_name(stack, f"T{number}", f"t{number}") for number in range(51)]
    with pytest.raises(ConfigurationError, match="tables is 51"):
        plan(stack, tables=tables)
    plan(stack, tables=tables[:50])
    assert len(synthesize(stack).only(SELECTION)["BackupSelection"]["Resources"]) == 50


@pytest.mark.parametrize("role", ["BackupRole", "BackupRestoreRole"])
def test_as_many_tables_as_it_takes_each_with_a_key_fit_the_policies_of_a_role(role: str) -> None:
    stack = fresh_stack()
    names = [f"{number:03}-{'n' * 140}" for number in range(50)]
    arn = "arn:aws-us-gov:kms:ap-southeast-2:111122223333:key/{:036}"
    tables = [
        dynamodb.TableV2.from_table_attributes(
            stack,
            f"T{name[:3]}",
            table_name=name,
            encryption_key=kms.Key.from_key_arn(stack, f"K{name[:3]}", arn.format(int(name[:3]))),
        )
        for name in names
    ]
    copied = rule(copies=[BackupCopy(vault=away(stack))])
    plan(stack, tables=tables, rules=[copied], restore_testing=RestoreTesting(schedule=SUNDAYS))
    inline, *managed = map(as_deployed, documents(synthesize(stack), role))

    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    assert len(managed) <= 10
    assert max(map(len, managed)) <= 6_144
    assert len(inline) <= 10_240
    assert all(any(name in document for document in managed) for name in names)


def test_fails_on_a_rate_which_aws_backup_does_not_have() -> None:
    daily = scheduler.ScheduleExpression.rate(days(1))
    with pytest.raises(ConfigurationError, match=r"rules\[0\]\.schedule is 'rate\(1 day\)': it is no cron"):
        plan(fresh_stack(), rules=[rule(schedule=daily)])


def test_fails_on_a_vault_that_is_named_twice() -> None:
    stack = fresh_stack()
    copies = [BackupCopy(vault=away(stack)), BackupCopy(vault=away(stack, "Again"))]
    with pytest.raises(ConfigurationError, match=r"copies names a vault twice"):
        plan(stack, rules=[rule(copies=copies)])


def test_fails_on_a_table_of_another_region() -> None:
    stack = fresh_stack(env=cdk.Environment(account="111122223333", region="eu-west-1"))
    arn = "arn:aws:dynamodb:us-east-1:111122223333:table/theirs"
    with pytest.raises(ConfigurationError, match="is in the Region us-east-1, and this stack in eu-west-1"):
        plan(stack, tables=[dynamodb.Table.from_table_arn(stack, "Theirs", arn)])
