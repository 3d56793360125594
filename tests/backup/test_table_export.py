"""An export's resources: the bucket, what is called when, what it may do, and who is told."""

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler
from aws_cdk.assertions import Annotations, Match
from table_export.model import Settings

from constructs_lib.alarms import AlarmRoute
from constructs_lib.backup.exports.arguments import MOST_TABLES
from constructs_lib.backup.exports.bucket import ExportLifecycle
from constructs_lib.backup.exports.table_export import TableExport
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

ALARM, BUCKET, FUNCTION = "AWS::CloudWatch::Alarm", "AWS::S3::Bucket", "AWS::Lambda::Function"
MANAGED_POLICY = "AWS::IAM::ManagedPolicy"
POLICY, SCHEDULE, TABLE = "AWS::IAM::Policy", "AWS::Scheduler::Schedule", "AWS::DynamoDB::GlobalTable"
Duration = cdk.Duration
rate = scheduler.ScheduleExpression.rate
HOURLY, DAILY, WEEKLY = rate(Duration.hours(1)), rate(Duration.days(1)), rate(Duration.days(7))


def export(stack: cdk.Stack, **options: Any) -> TableExport:
    given: dict[str, Any] = {"full_schedule": WEEKLY, "incremental_schedule": HOURLY} | options
    if "tables" not in given:
        given["tables"] = [table(stack)]
    return TableExport(stack, "Export", **given)


def told(result: Synthesized) -> dict[str, Any]:
    return settings_of(result, "Export", "TABLE_EXPORT")


def sent(result: Synthesized, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(flat(result.only(SCHEDULE, under=f"Export{name}")["Target"]["Input"]))
    return found


def allowed(result: Synthesized) -> list[tuple[Any, str]]:
    return [
        (statement["Action"], flat(statement["Resource"]))
        for kind, name in ((POLICY, "Exports"), (MANAGED_POLICY, "Tables"))
        for policy in result.of_type(kind, under=f"ExportFunctionRole{name}").values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
    ]


def test_the_function_reads_what_the_construct_writes() -> None:
    stack = fresh_stack()
    export(stack)
    result = synthesize(stack)
    function = result.only(FUNCTION, under="Export")
    assert Settings(**told(result)) == Settings(
        name="${AWS::StackName}/Export",
        ledger=f"${{{result.only_id(TABLE, under='ExportLedger')}}}",
        namespace="constructs_lib/Backup",
        bucket=f"${{{result.only_id(BUCKET, under='ExportBucket')}}}",
        owner="${AWS::AccountId}",
        prefix="exports",
        incremental=True,
        expire_days=400,
    )
    assert handler_folder("table_export").joinpath("table_export", "handler.py").exists()
    assert (function["Handler"], function["Timeout"]) == ("table_export.handler.handler", 900)


def test_it_is_called_when_exports_are_due_and_to_look() -> None:
    stack = fresh_stack()
    export(stack)
    result = synthesize(stack)
    tables = [f"${{{result.only_id(TABLE, under='Orders')}.Arn}}"]
    assert sent(result, "FullSchedule") == {
        "scheduled": "<aws.scheduler.scheduled-time>",
        "kind": "FULL_EXPORT",
        "tables": tables,
    }
    assert sent(result, "IncrementalSchedule")["kind"] == "INCREMENTAL_EXPORT"
    assert sent(result, "Looks") == {"look": True, "tables": tables}
    assert result.only(SCHEDULE, under="ExportLooks")["ScheduleExpression"] == "rate(5 minutes)"
    for name in ("FullSchedule", "IncrementalSchedule"):
        target = result.only(SCHEDULE, under=f"Export{name}")["Target"]
        assert target["DeadLetterConfig"] == {
            "Arn": {"Fn::GetAtt": [result.only_id("AWS::SQS::Queue"), "Arn"]}
        }
        assert target["RetryPolicy"]["MaximumEventAgeInSeconds"] == 86_400


def test_without_windows_there_are_full_exports_alone() -> None:
    stack = fresh_stack()
    made = export(stack, incremental_schedule=None)
    result = synthesize(stack)
    assert made.incremental_schedule is None
    assert told(result)["incremental"] is False
    assert result.of_type(SCHEDULE, under="ExportIncremental") == {}


def test_the_bucket_keeps_what_it_is_given() -> None:
    stack = fresh_stack()
    export(stack)
    result = synthesize(stack)
    bucket = result.only(BUCKET, under="ExportBucket")
    (encryption,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    (rule,) = bucket["LifecycleConfiguration"]["Rules"]
    assert encryption["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert rule == {
        "Id": "Exports",
        "Status": "Enabled",
        "Transitions": [{"StorageClass": "GLACIER_IR", "TransitionInDays": 35}],
        "ExpirationInDays": 400,
        "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
    }
    assert bucket["LoggingConfiguration"]["DestinationBucketName"] == {
        "Ref": result.only_id(BUCKET, under="ExportAccessLogs")
    }
    assert "ObjectLockConfiguration" not in bucket
    logs = result.only("AWS::S3::BucketPolicy", under="ExportAccessLogs")["PolicyDocument"]["Statement"]
    (writing,) = (each for each in logs if each["Principal"] == {"Service": "logging.s3.amazonaws.com"})
    assert writing["Condition"] == {
        "ArnLike": {"aws:SourceArn": {"Fn::GetAtt": [result.only_id(BUCKET, under="ExportBucket"), "Arn"]}},
        "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
    }
    policies = result.of_type("AWS::S3::BucketPolicy", under="ExportBucket").values()
    statements = [each for policy in policies for each in policy["Properties"]["PolicyDocument"]["Statement"]]
    assert {"Bool": {"aws:SecureTransport": "false"}} in [each.get("Condition") for each in statements]


def test_the_bucket_can_be_locked_encrypted_and_kept_otherwise() -> None:
    stack = fresh_stack()
    key, logs = (
        kms.Key(stack, "Key", enable_key_rotation=True),
        s3.Bucket.from_bucket_name(stack, "Logs", "logs"),
    )
    export(
        stack,
        encryption_key=key,
        object_lock=s3.ObjectLockRetention.governance(Duration.days(30)),
        access_logs=logs,
        lifecycle=ExportLifecycle(archive_after=None, expire_after=Duration.days(90)),
    )
    result = synthesize(stack)
    bucket = result.only(BUCKET)
    assert bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"] == {"Days": 30, "Mode": "GOVERNANCE"}
    assert "Transitions" not in bucket["LifecycleConfiguration"]["Rules"][0]
    assert bucket["LoggingConfiguration"]["DestinationBucketName"] == "logs"
    arn = f"${{{result.only_id('AWS::KMS::Key', under='Key')}.Arn}}"
    assert (
        told(result)["key"],
        told(result)["expire_days"],
    ) == (arn, 90)
    assert (["kms:Decrypt", "kms:GenerateDataKey"], arn) in allowed(result)


def test_an_existing_bucket_is_used_with_its_key() -> None:
    stack = fresh_stack()
    existing = s3.Bucket.from_bucket_attributes(
        stack,
        "Lake",
        bucket_name="lake",
        account="999999999999",
        encryption_key=kms.Key.from_key_arn(stack, "Key", "arn:aws:kms:us-east-1:999999999999:key/k"),
    )
    export(stack, bucket=existing, prefix="tables/shop")
    result = synthesize(stack)
    assert result.of_type(BUCKET) == {}
    assert {name: told(result)[name] for name in ("bucket", "owner", "prefix", "key", "expire_days")} == {
        "bucket": "lake",
        "owner": "999999999999",
        "prefix": "tables/shop",
        "key": "arn:aws:kms:us-east-1:999999999999:key/k",
        "expire_days": 0,
    }


def test_it_may_do_only_what_it_needs() -> None:
    stack = fresh_stack()
    export(stack)
    result = synthesize(stack)
    orders = f"${{{result.only_id(TABLE, under='Orders')}.Arn}}"
    bucket = f"${{{result.only_id(BUCKET, under='ExportBucket')}.Arn}}"
    assert allowed(result) == [
        (
            ["dynamodb:GetItem", "dynamodb:PutItem"],
            f"${{{result.only_id(TABLE, under='ExportLedger')}.Arn}}",
        ),
        (
            ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject", "s3:PutObjectAcl"],
            f"{bucket}/exports/*",
        ),
        ("s3:ListBucket", bucket),
        (
            [
                "dynamodb:DescribeContinuousBackups",
                "dynamodb:ExportTableToPointInTime",
                "dynamodb:ListExports",
            ],
            orders,
        ),
        ("dynamodb:DescribeExport", f"{orders}/export/*"),
    ]


def test_as_many_tables_as_it_takes_fit_what_aws_takes() -> None:
    stack = fresh_stack()
    names = [f"{number:03}-{'n' * 140}" for number in range(MOST_TABLES)]
    export(stack, tables=[dynamodb.Table.from_table_name(stack, name[:3], name) for name in names])
    result = synthesize(stack)
    managed, inline = (
        [as_deployed(each["Properties"]["PolicyDocument"]) for each in result.of_type(kind).values()]
        for kind in (MANAGED_POLICY, POLICY)
    )

    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    assert len(managed) <= 10
    assert max(map(len, managed)) <= 6_144
    assert sum(map(len, inline)) <= 10_240
    assert all(any(name in document for document in managed) for name in names)
    for schedule in ("FullSchedule", "IncrementalSchedule", "Looks"):
        # https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: of an event, in the oldest of them
        assert len(json.dumps(sent(result, schedule))) <= 256 * 1024


@pytest.mark.parametrize(
    ("options", "threshold"),
    [
        ({}, 3_600 + 60 + 300 + 600 + 3_600 + 3_600),
        ({"incremental_schedule": DAILY}, 86_400 + 60 + 300 + 600 + 3_600 + 8_640),
        ({"incremental_schedule": None}, 7 * 86_400 + 60 + 300 + 600 + 3_600 + 60_480),
        ({"longest_export": Duration.hours(4)}, 3_600 + 60 + 300 + 600 + 14_400 + 3_600),
        ({"recovery_point_objective": Duration.hours(3)}, 10_800),
    ],
    ids=["hourly", "daily", "full alone", "long", "stated"],
)
def test_it_rings_when_what_is_exported_is_too_old_or_nobody_looks(
    options: dict[str, Any], threshold: int
) -> None:
    stack = fresh_stack()
    made = export(stack, **options)
    alarm = synthesize(stack).only(ALARM, under="ExportAge")
    assert made.promised == alarm["Threshold"] == threshold
    assert (alarm["Period"], alarm["EvaluationPeriods"]) == (300, 3)
    assert (alarm["MetricName"], alarm["Statistic"]) == ("AgeOfExportedData", "Maximum")
    assert (alarm["ComparisonOperator"], alarm["TreatMissingData"]) == (
        "GreaterThanOrEqualToThreshold",
        "breaching",
    )


def test_every_failure_is_told() -> None:
    stack = fresh_stack()
    topic = cdk.aws_sns.Topic.from_topic_arn(stack, "Team", "arn:aws:sns:us-east-1:111122223333:team")
    made = export(stack, route=AlarmRoute.to_topic(topic))
    result = synthesize(stack)
    names = {
        name: result.only(ALARM, under=f"Export{name}")["MetricName"] for name in ("Age", "Failed", "Broken")
    }
    assert names == {"Age": "AgeOfExportedData", "Failed": "ExportsFailed", "Broken": "ChainsBroken"}
    assert made.alarms.errors is not None
    assert made.alarms.dead_letter_depth is not None
    alarms = result.of_type(ALARM, under="Export").values()
    told_ones = [each for each in alarms if each["Properties"].get("AlarmActions")]
    assert {each["Properties"]["AlarmActions"][0] for each in told_ones} == {topic.topic_arn}


def test_a_metric_is_of_one_table_or_of_all() -> None:
    stack = fresh_stack()
    orders = table(stack)
    made = export(stack, tables=[orders])
    metrics = {
        "AgeOfExportedData": made.metric_age,
        "ExportsFailed": made.metric_failed,
        "ChainsBroken": made.metric_broken,
        "ExportDuration": made.metric_duration,
        "ExportedItems": made.metric_items,
        "ExportedBytes": made.metric_bytes,
    }
    for name, metric in metrics.items():
        assert metric().metric_name == name
        assert set(metric().dimensions or {}) == {"Schedule"}
        assert (metric(orders).dimensions or {})["TableName"] == orders.table_name


def test_access_logs_can_go_to_another_stack() -> None:
    stack = fresh_stack()
    others = cdk.Stack(cdk.App.of(stack), "Others")
    export(stack, access_logs=s3.Bucket(others, "Logs"))
    (policy,) = synthesize(others).of_type("AWS::S3::BucketPolicy").values()
    (statement,) = policy["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "logging.s3.amazonaws.com"}
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def test_warns_where_an_imported_bucket_for_access_logs_has_to_be_told() -> None:
    stack = fresh_stack()
    export(stack, access_logs=s3.Bucket.from_bucket_name(stack, "Logs", "logs"))
    warned = Annotations.from_stack(stack).find_warning(
        "*", Match.string_like_regexp("Stack/Logs is imported")
    )
    assert [each.id for each in warned] == ["/Stack/Export/Bucket"]


def test_the_lifecycle_of_an_existing_bucket_is_not_its_business() -> None:
    stack = fresh_stack()
    export(
        stack,
        full_schedule=rate(Duration.days(365)),
        bucket=s3.Bucket.from_bucket_name(stack, "Lake", "lake"),
    )
    assert told(synthesize(stack))["expire_days"] == 0


def test_full_exports_alone_are_kept_until_the_next_one() -> None:
    stack = fresh_stack()
    kept = ExportLifecycle(archive_after=None, expire_after=Duration.days(8))
    export(stack, incremental_schedule=None, lifecycle=kept)
    assert told(synthesize(stack))["expire_days"] == 8


def test_what_it_keeps_outlives_the_stack_unless_said_otherwise() -> None:
    stack = fresh_stack()
    export(stack)
    TableExport(
        stack,
        "Passing",
        tables=[table(stack, "Mail")],
        full_schedule=WEEKLY,
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )
    result = synthesize(stack)
    assert deletion_policies(result, "Export", "Passing") == {"Export": {"Retain"}, "Passing": {"Delete"}}


def test_the_ids_of_what_it_keeps_never_change() -> None:
    stack = fresh_stack()
    export(stack)
    result = synthesize(stack)
    assert result.only_id(TABLE, under="ExportLedger") == "ExportLedger8D452EF4"
    assert result.only_id(BUCKET, under="ExportBucket") == "ExportBucketFD42BCED"


@pytest.mark.parametrize("context", [VALIDATE, RECOMMENDED], ids=["foreign", "recommended"])
def test_it_passes_every_gate(context: dict[str, Any]) -> None:
    app = fresh_app(context)
    stack, data = cdk.Stack(app, "Stack"), cdk.Stack(app, "Data")
    mail = dynamodb.Table.from_table_name(stack, "Mail", "mail")
    export(stack, tables=[table(stack), mail, table(data, "Stock")])
    key = kms.Key(stack, "Key", enable_key_rotation=True)
    TableExport(
        stack,
        "Locked",
        tables=[mail],
        full_schedule=DAILY,
        encryption_key=key,
        object_lock=s3.ObjectLockRetention.governance(Duration.days(30)),
    )
    lake = s3.Bucket.from_bucket_name(stack, "Lake", "lake")
    TableExport(stack, "Lakeward", tables=[mail], full_schedule=DAILY, bucket=lake, prefix="")

    assert [each for each in findings(app) if UNSUBSCRIBED not in each.rule] == []
    found = read_template(Path(app.outdir) / stack.template_file)
    assert lint(found.body) == []
    assert circle(found.resources) == []


def test_a_schedule_that_is_known_only_at_deployment_needs_a_stated_objective() -> None:
    stack = fresh_stack()
    when = scheduler.ScheduleExpression.expression(cdk.CfnParameter(stack, "When").value_as_string)
    with pytest.raises(ConfigurationError, match="incremental_schedule is known only at deployment"):
        export(stack, incremental_schedule=when, tables=[table(stack, "Mail")])
    made = export(stack, incremental_schedule=when, recovery_point_objective=Duration.hours(4))
    assert made.promised == 14_400


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (
            {"recovery_point_objective": Duration.hours(2)},
            (
                "recovery_point_objective is 7,200 s, and by incremental_schedule exported data becomes 8,160 s old: "
                "its largest gap is 1:00:00, Scheduler calls within 60 s, what can be exported is 300 s old, an "
                "export takes up to 3,600 s, and it is looked after every 5 minutes. Give a schedule that"
            ),
        ),
        (
            {"recovery_point_objective": Duration.seconds(cdk.Token.as_number({"Ref": "T"}))},
            "recovery_point_objective is known only at deployment",
        ),
        (
            {"incremental_schedule": rate(Duration.minutes(10))},
            "incremental_schedule fires 600 s after it has fired",
        ),
        (
            {"incremental_schedule": scheduler.ScheduleExpression.cron(minute="0,5")},
            "incremental_schedule fires 300 s after it has fired",
        ),
        (
            {"full_schedule": scheduler.ScheduleExpression.expression("at(2026-12-01T00:00:00)")},
            "full_schedule is",
        ),
        ({"full_schedule": None}, "full_schedule is ''"),
        ({"full_schedule": "rate(1 day)"}, r"full_schedule is 'rate\(1 day\)'"),
        ({"incremental_schedule": "rate(1 hour)"}, r"incremental_schedule is 'rate\(1 hour\)'"),
        ({"tables": []}, "tables is 0"),
        ({"tables": ["orders"]}, r"tables\[0\] is 'orders'"),
        ({"bucket": "lake"}, "bucket is 'lake'"),
        ({"access_logs": "logs"}, "access_logs is 'logs'"),
        ({"encryption_key": "key"}, "encryption_key is 'key'"),
        ({"prefix": "/a"}, "prefix is '/a'"),
        ({"prefix": "a//b"}, "prefix is 'a//b'"),
        ({"prefix": "team-*"}, r"prefix is 'team-\*'"),
        ({"prefix": None}, "prefix is None"),
        ({"prefix": "a" * 513}, "the length of prefix is 513"),
        ({"lifecycle": 7}, "lifecycle is 7"),
        ({"object_lock": 7}, "object_lock is 7"),
        ({"longest_export": Duration.seconds(0)}, "longest_export is 0"),
        ({"route": "team"}, "route is 'team'"),
        ({"log_settings": "none"}, "log_settings is 'none'"),
        ({"removal_policy": "RETAIN"}, "removal_policy is 'RETAIN'"),
        (
            {"lifecycle": ExportLifecycle(expire_after=Duration.days(14), archive_after=None)},
            (
                "lifecycle.expire_after is 14 days, and full exports come every 604,800 s. What follows a full export "
                "that has expired is of no use: keep exports for more than twice as long, or make"
            ),
        ),
        (
            {
                "incremental_schedule": None,
                "lifecycle": ExportLifecycle(expire_after=Duration.days(7), archive_after=None),
            },
            (
                "lifecycle.expire_after is 7 days, and full exports come every 604,800 s. There would be none until "
                "the next one: keep exports for longer, or make"
            ),
        ),
        (
            {
                "lifecycle": ExportLifecycle(
                    archive=s3.StorageClass.INFREQUENT_ACCESS, archive_after=Duration.days(29)
                )
            },
            "lifecycle.archive_after is 29 days. S3 moves objects to STANDARD_IA after 30 days at the earliest",
        ),
        (
            {"lifecycle": ExportLifecycle(expire_after=Duration.days(30))},
            "lifecycle.archive_after is 35 days, and expire_after 30",
        ),
        (
            {"lifecycle": ExportLifecycle(noncurrent_after=Duration.hours(36))},
            "lifecycle.noncurrent_after is 129,600 s",
        ),
        ({"lifecycle": ExportLifecycle(archive="GLACIER")}, "lifecycle.archive is"),  # type: ignore[arg-type]
    ],
)
def test_fails_with_the_value_and_builds_nothing(options: dict[str, Any], problem: str) -> None:
    stack = fresh_stack()
    with pytest.raises(ConfigurationError, match=f"^Stack/Export: {problem}"):
        export(stack, **options)
    assert stack.node.try_find_child("Export") is None


def test_fails_on_an_alias_of_a_key_which_no_policy_can_name() -> None:
    stack = fresh_stack()
    alias = kms.Alias.from_alias_name(stack, "Key", "alias/exports")
    with pytest.raises(ConfigurationError, match=r"^Stack/Export: encryption_key is alias/exports"):
        export(stack, encryption_key=alias)


@pytest.mark.parametrize(
    "options",
    [
        {"lifecycle": ExportLifecycle()},
        {"object_lock": s3.ObjectLockRetention.governance(Duration.days(1))},
    ],
    ids=["lifecycle", "object_lock"],
)
def test_fails_on_settings_of_a_bucket_that_is_not_made(options: dict[str, Any]) -> None:
    stack = fresh_stack()
    lake = s3.Bucket.from_bucket_name(stack, "Lake", "lake")
    with pytest.raises(ConfigurationError, match="is given, and an existing bucket too"):
        export(stack, bucket=lake, **options)
