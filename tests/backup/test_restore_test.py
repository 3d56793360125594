"""A restore test's resources: what is started when, what it may do and may never do, and who is told."""

import json
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from table_restore.options import Options, Unchanged

from constructs_lib.alarms import AlarmRoute
from constructs_lib.backup import MOST_TESTED_TABLES, PointInTimeView, RestoreTest, UnchangedItems
from constructs_lib.checks import ConfigurationError
from constructs_lib.handlers import handler_folder
from tests.backup.synthesized import deletion_policies, settings_of, table
from tests.gates import UNSUBSCRIBED, findings, lint
from tests.graph import circle
from tests.policies import as_deployed, flat, listed
from tests.synthesis import (
    RECOMMENDED,
    VALIDATE,
    Synthesized,
    fresh_app,
    fresh_stack,
    read_template,
    some_code,
    synthesize,
)

ALARM, FUNCTION = "AWS::CloudWatch::Alarm", "AWS::Lambda::Function"
MANAGED_POLICY, POLICY = "AWS::IAM::ManagedPolicy", "AWS::IAM::Policy"
MACHINE, SCHEDULE = "AWS::StepFunctions::StateMachine", "AWS::Scheduler::Schedule"
TABLE = "AWS::DynamoDB::GlobalTable"
TEMPORARY = (
    "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/restore-test-${AWS::StackName}-"
)
Duration = cdk.Duration
DAILY = scheduler.ScheduleExpression.rate(Duration.days(1))
HOUR = 3_600


def restores(stack: cdk.Stack, **options: Any) -> RestoreTest:
    given: dict[str, Any] = {"schedule": DAILY} | options
    if "tables" not in given:
        given["tables"] = [table(stack)]
    return RestoreTest(stack, "Restores", **given)


def statements(result: Synthesized, under: str = "RestoresFunctionRole") -> list[dict[str, Any]]:
    return [
        {
            "effect": statement["Effect"],
            "actions": listed(statement["Action"]),
            "resources": [flat(each) for each in listed(statement.get("Resource"))],
            "other_than": [flat(each) for each in listed(statement.get("NotResource"))],
            "condition": statement.get("Condition"),
        }
        for kind in (POLICY, MANAGED_POLICY)
        for policy in result.of_type(kind, under=under).values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
    ]


def test_the_function_reads_what_the_construct_writes() -> None:
    stack = fresh_stack()
    restores(
        stack,
        comparisons=[
            PointInTimeView(margin=Duration.seconds(90)),
            UnchangedItems(modified_attribute="updated_at", margin=Duration.minutes(2)),
        ],
        samples=50,
        count_up_to=60,
        count_within=2.5,
        timeout=Duration.hours(3),
    )
    result = synthesize(stack)
    options = Options.from_json(settings_of(result, "Restores", "TABLE_RESTORE"))

    assert options == Options(
        schedule="${AWS::StackName}/Restores",
        ledger=f"${{{result.only_id(TABLE, under='RestoresLedger')}}}",
        namespace="constructs_lib/Backup",
        prefix=options.prefix,
        view="required",
        margin=90,
        unchanged=(Unchanged(attribute="updated_at", margin=120),),
        samples=50,
        count_up_to=60,
        count_within=2.5,
        verifier=False,
        timeout=3 * HOUR,
    )
    assert options.prefix.startswith("restore-test-${AWS::StackName}-")
    function = result.only(FUNCTION, under="Restores")
    assert (function["Handler"], function["Timeout"]) == ("table_restore.handler.handler", 900)
    assert handler_folder("table_restore").joinpath("table_restore", "handler.py").exists()


@pytest.mark.parametrize(
    ("comparisons", "view"), [(None, "possible"), ([], "never"), ([PointInTimeView()], "required")]
)
def test_what_is_compared_unless_said_otherwise(comparisons: Any, view: str) -> None:
    stack = fresh_stack()
    restores(stack, comparisons=comparisons)
    result = synthesize(stack)
    options = Options.from_json(settings_of(result, "Restores", "TABLE_RESTORE"))
    assert (options.view, options.margin, options.unchanged) == (view, 60, ())
    actions = {action for each in statements(result) for action in each["actions"]}
    assert ("dynamodb:RestoreTableToPointInTime" in actions) is (view != "never")


def test_each_table_has_a_schedule_of_its_own_and_no_event_is_lost() -> None:
    stack = fresh_stack()
    mail = dynamodb.Table.from_table_name(stack, "Mail", "mail")
    made = restores(stack, tables=[table(stack), mail], flexible_window=Duration.minutes(30))
    result = synthesize(stack)
    schedules = [each["Properties"] for each in result.of_type(SCHEDULE, under="RestoresSchedule").values()]
    queue = {"Fn::GetAtt": [result.only_id("AWS::SQS::Queue"), "Arn"]}
    machine = result.only_id(MACHINE)

    assert [json.loads(flat(each["Target"]["Input"])) for each in schedules] == [
        {"table": arn, "scheduled": "<aws.scheduler.scheduled-time>"}
        for arn in (
            f"${{{result.only_id(TABLE, under='Orders')}.Arn}}",
            "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/mail",
        )
    ]
    for each in schedules:
        assert each["Target"]["Arn"] == {"Ref": machine}
        assert each["Target"]["DeadLetterConfig"] == {"Arn": queue}
        assert each["Target"]["RetryPolicy"] == {
            "MaximumEventAgeInSeconds": 86_400,
            "MaximumRetryAttempts": 185,
        }
        assert each["FlexibleTimeWindow"] == {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 30}
    assert len(made.schedules) == 2
    looks = result.only(SCHEDULE, under="RestoresLooks")
    assert looks["ScheduleExpression"] == "rate(15 minutes)"
    assert json.loads(flat(looks["Target"]["Input"]))["look"] is True


def test_the_schedules_may_start_and_look_and_nothing_else() -> None:
    stack = fresh_stack()
    restores(stack)
    result = synthesize(stack)
    role = result.only("AWS::IAM::Role", under="RestoresRole")
    (inline,) = role["Policies"]
    allowed = [
        *inline["PolicyDocument"]["Statement"],
        *(
            each
            for policy in result.of_type(POLICY, under="RestoresRoleDefaultPolicy").values()
            for each in policy["Properties"]["PolicyDocument"]["Statement"]
        ),
    ]
    assert [(each["Action"], flat(each["Resource"])) for each in allowed] == [
        ("lambda:InvokeFunction", f"${{{result.only_id('AWS::Lambda::Alias')}}}"),
        (
            ["sqs:SendMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl"],
            f"${{{result.only_id('AWS::SQS::Queue')}.Arn}}",
        ),
        ("states:StartExecution", f"${{{result.only_id(MACHINE)}}}"),
    ]


def test_it_may_change_and_delete_temporary_tables_only() -> None:
    stack = fresh_stack()
    restores(stack)
    result = synthesize(stack)
    ledger = f"${{{result.only_id(TABLE, under='RestoresLedger')}.Arn}}"
    changing = {
        "dynamodb:BatchWriteItem",
        "dynamodb:DeleteItem",
        "dynamodb:DeleteTable",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "dynamodb:UpdateTable",
        "dynamodb:UpdateTimeToLive",
        "dynamodb:UpdateContinuousBackups",
        "dynamodb:TagResource",
    }
    for each in statements(result):
        if each["effect"] == "Allow" and changing & set(each["actions"]):
            (resource,) = each["resources"]
            assert resource == ledger or (resource.startswith(TEMPORARY) and resource.endswith("-*"))
            assert not fnmatchcase("table/orders", resource)
    (denied,) = [each for each in statements(result) if each["effect"] == "Deny"]
    assert denied["resources"] == []
    temporary, own = denied["other_than"]
    assert temporary.startswith(TEMPORARY)
    assert own == ledger
    assert set(denied["actions"]) == changing


def test_what_it_may_do_fits_the_policies_of_a_role_for_as_many_tables_as_it_takes() -> None:
    stack = fresh_stack()
    names = [f"{number:03}-{'n' * 140}" for number in range(MOST_TESTED_TABLES)]
    tables = [
        dynamodb.Table.from_table_attributes(
            stack,
            name[:3],
            table_name=name,
            encryption_key=kms.Key.from_key_arn(
                stack, f"Key{name[:3]}", f"arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/{name[:36]}"
            ),
        )
        for name in names
    ]
    restores(stack, tables=tables, comparisons=[PointInTimeView(), UnchangedItems(modified_attribute="at")])
    result = synthesize(stack)
    managed, inline = (
        [as_deployed(each["Properties"]["PolicyDocument"]) for each in result.of_type(kind).values()]
        for kind in (MANAGED_POLICY, POLICY)
    )

    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    assert len(managed) <= 10
    assert max(map(len, managed)) <= 6_144
    assert all(any(name in document for document in managed) for name in names)
    assert sum(map(len, inline)) <= 10_240


def test_it_reads_items_of_the_source_only_where_it_compares_them() -> None:
    def readable(comparisons: Any) -> set[str]:
        stack = fresh_stack()
        restores(stack, comparisons=comparisons)
        result = synthesize(stack)
        orders = f"${{{result.only_id(TABLE, under='Orders')}.Arn}}"
        reading = {"dynamodb:Scan", "dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"}
        return {
            action
            for each in statements(result)
            if orders in each["resources"] and each["effect"] == "Allow"
            for action in each["actions"]
            if action in reading
        }

    assert readable(None) == set()
    assert readable([UnchangedItems(modified_attribute="at")]) == {"dynamodb:Scan", "dynamodb:BatchGetItem"}


def test_restoring_is_allowed_as_dynamodb_documents_it() -> None:
    stack = fresh_stack()
    restores(stack)
    result = synthesize(stack)
    orders = f"${{{result.only_id(TABLE, under='Orders')}.Arn}}"
    by_action: dict[str, list[str]] = {}
    for each in statements(result):
        for action in each["actions"] if each["effect"] == "Allow" else ():
            by_action.setdefault(action, []).extend(each["resources"])
    temporary, from_backup = by_action["dynamodb:RestoreTableFromBackup"]
    assert temporary.startswith(TEMPORARY)
    assert from_backup == f"{orders}/backup/*"
    assert by_action["dynamodb:RestoreTableToPointInTime"] == [temporary, orders]
    for action in ("PutItem", "UpdateItem", "DeleteItem", "GetItem", "Query", "Scan", "BatchWriteItem"):
        assert temporary in [
            resource
            for each in statements(result)
            if f"dynamodb:{action}" in each["actions"]
            for resource in each["resources"]
        ]


def test_what_has_no_resource_is_allowed_anywhere_and_nothing_else() -> None:
    stack = fresh_stack()
    restores(stack)
    anywhere = {
        action
        for each in statements(synthesize(stack))
        if "*" in each["resources"]
        for action in each["actions"]
    }
    # https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
    assert anywhere == {
        "application-autoscaling:DescribeScalableTargets",
        "application-autoscaling:DescribeScalingPolicies",
        "application-autoscaling:DescribeScheduledActions",
        "cloudwatch:DescribeAlarms",
        "dynamodb:ListBackups",
        "dynamodb:ListContributorInsights",
        "lambda:ListEventSourceMappings",
    }


def test_the_key_of_a_table_may_be_used_by_dynamodb_only() -> None:
    stack = fresh_stack(env=cdk.Environment(account="111122223333", region="eu-west-1"))
    key = kms.Key(stack, "Key")
    orders = table(stack, encryption=dynamodb.TableEncryptionV2.customer_managed_key(key))
    restores(stack, tables=[orders])
    result = synthesize(stack)
    (of_key,) = [each for each in statements(result) if "kms:Decrypt" in each["actions"]]
    assert of_key["resources"] == [f"${{{result.only_id('AWS::KMS::Key', under='Key')}.Arn}}"]
    assert flat(of_key["condition"]["StringEquals"]["kms:ViaService"]).startswith("dynamodb.${AWS::Region}.")


def test_the_machine_is_watched_traced_and_logged_without_data() -> None:
    stack = fresh_stack()
    restores(stack, timeout=Duration.hours(1))
    result = synthesize(stack)
    machine = result.only(MACHINE)
    logging = machine["LoggingConfiguration"]
    assert machine["TracingConfiguration"] == {"Enabled": True}
    assert (logging["Level"], logging["IncludeExecutionData"]) == ("ALL", False)
    definition = json.loads(flat(machine["DefinitionString"]))
    assert definition["TimeoutSeconds"] == 3 * HOUR
    assert "AskVerifier" not in definition["States"]
    for each in definition["States"].values():
        if each["Type"] == "Task":
            assert each["Resource"] == f"${{{result.only_id('AWS::Lambda::Alias')}}}"
            assert each["Retry"][0]["ErrorEquals"] == ["States.ALL"]


def test_whatever_fails_goes_on_where_the_tables_are_deleted() -> None:
    stack = fresh_stack()
    verifier = lambda_.Function(
        stack, "Verifier", code=some_code(), handler="index.handler", runtime=lambda_.Runtime.PYTHON_3_14
    )
    restores(stack, verifier=verifier)
    states = json.loads(flat(synthesize(stack).only(MACHINE)["DefinitionString"]))["States"]
    caught = {
        name: state["Catch"][0]["Next"]
        for name, state in states.items()
        if "Catch" in state and state["Catch"][0]["ErrorEquals"] == ["States.ALL"]
    }
    assert caught == {
        "Begin": "TearDown",
        "Work": "TearDown",
        "Heard": "TearDown",
        "AskVerifier": "Heard",
        "TearDown": "Report",
    }
    (retry,) = states["AskVerifier"]["Retry"]
    assert all(error.startswith("Lambda.") for error in retry["ErrorEquals"])
    assert "Lambda.TooManyRequestsException" in retry["ErrorEquals"]
    # There is no way to an end but through the deletion, but for a test that is another execution's.
    ways = states["Ways"]
    assert ways["Default"] == "TearDown"
    assert {each["Next"] for each in ways["Choices"]} == {"Wait", "Elsewhere", "AskVerifier"}


def test_a_verifier_may_read_temporary_tables() -> None:
    stack = fresh_stack()
    verifier = lambda_.Function(
        stack, "Verifier", code=some_code(), handler="index.handler", runtime=lambda_.Runtime.PYTHON_3_14
    )
    made = restores(stack, verifier=verifier)
    person = cdk.aws_iam.Role(stack, "R", assumed_by=cdk.aws_iam.AccountRootPrincipal())
    made.grant_read_temporary(person)
    result = synthesize(stack)
    (mine,) = statements(result, under="VerifierServiceRoleDefaultPolicy")
    assert set(mine["actions"]) == {
        "dynamodb:BatchGetItem",
        "dynamodb:DescribeTable",
        "dynamodb:GetItem",
        "dynamodb:Query",
        "dynamodb:Scan",
    }
    assert mine["resources"][0].startswith(TEMPORARY)
    assert statements(result, under="RDefaultPolicy") == [mine]
    assert settings_of(result, "Restores", "TABLE_RESTORE")["verifier"] is True


def test_a_verifier_may_use_the_keys_of_encrypted_tables() -> None:
    stack = fresh_stack(env=cdk.Environment(account="111122223333", region="eu-west-1"))
    encryption = dynamodb.TableEncryptionV2.customer_managed_key(kms.Key(stack, "Key"))
    made = restores(stack, tables=[table(stack, name, encryption=encryption) for name in ("Orders", "Mail")])
    made.grant_read_temporary(
        cdk.aws_iam.Role(stack, "R", assumed_by=cdk.aws_iam.AccountRootPrincipal())
    ).assert_success()
    result = synthesize(stack)
    _, of_key = statements(result, under="RDefaultPolicy")
    assert of_key["actions"] == ["kms:Decrypt", "kms:DescribeKey"]
    assert of_key["resources"] == [f"${{{result.only_id('AWS::KMS::Key', under='Key')}.Arn}}"]


def test_the_ledger_can_be_found_recovered_and_forgets() -> None:
    stack = fresh_stack()
    restores(stack)
    ledger = synthesize(stack).only(TABLE, under="RestoresLedger")
    (replica,) = ledger["Replicas"]
    assert [each["AttributeName"] for each in ledger["KeySchema"]] == ["table", "run"]
    assert replica["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
    assert {"Key": "constructs_lib:ledger", "Value": "restore-test"} in replica["Tags"]
    assert ledger["TimeToLiveSpecification"] == {"AttributeName": "expires", "Enabled": True}


@pytest.mark.parametrize(
    ("options", "threshold", "period"),
    [
        ({}, 24 * HOUR + 60 + 12 * HOUR + 8_640, 900),
        ({"timeout": Duration.hours(1)}, 24 * HOUR + 60 + HOUR + 8_640, 900),
        ({"flexible_window": Duration.hours(2)}, 24 * HOUR + 60 + 14 * HOUR + 8_640, 900),
        ({"overdue_after": Duration.days(3)}, 72 * HOUR, 900),
        (
            {
                "schedule": scheduler.ScheduleExpression.rate(Duration.hours(1)),
                "timeout": Duration.minutes(30),
            },
            HOUR + 60 + 1_800 + HOUR,
            300,
        ),
    ],
    ids=["daily", "timeout", "window", "stated", "hourly"],
)
def test_it_rings_when_the_last_good_test_is_too_long_ago_or_nobody_looks(
    options: dict[str, Any], threshold: int, period: int
) -> None:
    stack = fresh_stack()
    made = restores(stack, **options)
    alarm = synthesize(stack).only(ALARM, under="RestoresOverdue")
    assert made.promised == alarm["Threshold"] == threshold
    assert (alarm["Period"], alarm["EvaluationPeriods"]) == (period, 2)
    assert (alarm["MetricName"], alarm["Statistic"]) == ("AgeOfNewestRestoreTest", "Maximum")
    assert (alarm["ComparisonOperator"], alarm["TreatMissingData"]) == (
        "GreaterThanOrEqualToThreshold",
        "breaching",
    )


def test_every_failure_is_told() -> None:
    stack = fresh_stack()
    topic = cdk.aws_sns.Topic.from_topic_arn(stack, "Team", "arn:aws:sns:us-east-1:111122223333:team")
    made = restores(stack, route=AlarmRoute.to_topic(topic), recovery_time_objective=Duration.minutes(45))
    result = synthesize(stack)
    alarms = {
        name: (each["Properties"].get("MetricName"), each["Properties"].get("Threshold"))
        for name, each in result.of_type(ALARM, under="Restores").items()
    }
    named = {name.removeprefix("Restores")[:-8]: each for name, each in alarms.items()}

    assert named["FailedTest"] == ("RestoreTestsFailed", 1)
    assert named["Leftovers"] == ("RestoreLeftovers", 1)
    assert named["Slow"] == ("RestoreSeconds", 2_700)
    assert {"ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted"} <= {
        each for each, _ in alarms.values()
    }
    assert made.alarms.dead_letter_depth is not None
    assert made.slow is not None
    actions = {
        action
        for each in result.of_type(ALARM, under="Restores").values()
        for action in each["Properties"].get("AlarmActions", [])
    }
    assert actions == {topic.topic_arn}
    assert result.of_type("AWS::SNS::Topic") == {}


def test_without_an_objective_no_restore_is_too_slow() -> None:
    stack = fresh_stack()
    assert restores(stack).slow is None


def test_a_metric_is_of_one_table_or_of_all() -> None:
    stack = fresh_stack()
    orders = table(stack)
    made = restores(stack, tables=[orders])
    metrics = [
        made.metric_age,
        made.metric_restore_time,
        made.metric_failed,
        made.metric_compared,
        made.metric_leftovers,
    ]
    assert [metric().metric_name for metric in metrics] == [
        "AgeOfNewestRestoreTest",
        "RestoreSeconds",
        "RestoreTestsFailed",
        "RestoreItemsCompared",
        "RestoreLeftovers",
    ]
    for metric in metrics:
        assert set(metric().dimensions or {}) == {"Schedule"}
        assert (metric(orders).dimensions or {})["TableName"] == orders.table_name


def test_what_it_remembers_outlives_the_stack_unless_said_otherwise() -> None:
    stack = fresh_stack()
    restores(stack)
    RestoreTest(
        stack,
        "Passing",
        tables=[table(stack, "Mail")],
        schedule=DAILY,
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )
    result = synthesize(stack)
    assert deletion_policies(result, "Restores", "Passing") == {"Restores": {"Retain"}, "Passing": {"Delete"}}


def test_the_id_of_what_remembers_never_changes() -> None:
    stack = fresh_stack()
    restores(stack)
    assert synthesize(stack).only_id(TABLE, under="RestoresLedger") == "RestoresLedgerE75CF41E"


@pytest.mark.parametrize("context", [VALIDATE, RECOMMENDED], ids=["foreign", "recommended"])
def test_it_passes_every_gate(context: dict[str, Any]) -> None:
    app = fresh_app(context)
    env = cdk.Environment(account="111122223333", region="us-east-1")
    stack, data = cdk.Stack(app, "Stack", env=env), cdk.Stack(app, "Data", env=env)
    mail = dynamodb.Table.from_table_name(stack, "Mail", "mail")
    key = kms.Key(stack, "Key", enable_key_rotation=True)
    secret = table(stack, "Secret", encryption=dynamodb.TableEncryptionV2.customer_managed_key(key))
    verifier = lambda_.Function.from_function_attributes(
        stack,
        "Verifier",
        function_arn="arn:aws:lambda:us-east-1:111122223333:function:verifier",
        role=cdk.aws_iam.Role.from_role_arn(stack, "Theirs", "arn:aws:iam::111122223333:role/verifier"),
    )
    restores(
        stack,
        tables=[table(stack), mail, secret, table(data, "Stock")],
        comparisons=[PointInTimeView(), UnchangedItems(modified_attribute="at")],
        verifier=verifier,
        recovery_time_objective=Duration.hours(1),
    )
    RestoreTest(stack, "Plain", tables=[mail], schedule=DAILY)

    theirs = [
        each for each in findings(app) if UNSUBSCRIBED not in each.rule and "Theirs" not in each.constructs[0]
    ]
    assert theirs == []
    found = read_template(Path(app.outdir) / stack.template_file)
    assert lint(found.body) == []
    assert circle(found.resources) == []


def test_a_schedule_that_is_known_only_at_deployment_needs_a_stated_promise() -> None:
    stack = fresh_stack()
    expression = cdk.CfnParameter(stack, "When").value_as_string
    when = scheduler.ScheduleExpression.expression(expression)
    with pytest.raises(ConfigurationError, match=r"schedule is known only at deployment.*overdue_after"):
        restores(stack, schedule=when, tables=[table(stack, "Mail")])
    made = restores(stack, schedule=when, overdue_after=Duration.days(2))
    assert made.promised == 172_800


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (
            {"overdue_after": Duration.hours(30)},
            (
                r"overdue_after is 108,000 s, and by this schedule the last good test is up to 129,660 s ago: its "
                r"largest gap is 1 day, 0:00:00, Scheduler calls within 60 s, and window and timeout are 43,200 s\. "
                r"Give a schedule that fires more often"
            ),
        ),
        (
            {"overdue_after": Duration.seconds(cdk.Token.as_number({"Ref": "T"}))},
            "overdue_after is known only at deployment",
        ),
        (
            {"timeout": Duration.seconds(cdk.Token.as_number({"Ref": "T"}))},
            "timeout is known only at deployment",
        ),
        ({"timeout": Duration.minutes(5)}, "timeout is 5"),
        ({"timeout": Duration.days(4)}, "timeout is 5760"),
        ({"flexible_window": Duration.days(2)}, "flexible_window is 2880"),
        ({"recovery_time_objective": Duration.seconds(0)}, "recovery_time_objective is 0"),
        (
            {"recovery_time_objective": Duration.hours(12)},
            "recovery_time_objective is 43,200 s, and a test has failed after 43,200 s",
        ),
        ({"schedule": scheduler.ScheduleExpression.expression("at(2026-12-01T00:00:00)")}, "schedule is 'at"),
        ({"schedule": None}, "schedule is ''"),
        ({"tables": []}, "tables is 0"),
        ({"tables": ["orders"]}, r"tables\[0\] is 'orders'"),
        ({"comparisons": "view"}, "comparisons is 'view'"),
        ({"comparisons": ["view"]}, r"comparisons\[0\] is 'view'"),
        ({"comparisons": [PointInTimeView(), PointInTimeView()]}, "comparisons has 2 point-in-time views"),
        ({"comparisons": [PointInTimeView(margin=Duration.days(2))]}, r"comparisons\[0\].margin is 172800"),
        (
            {"comparisons": [UnchangedItems(modified_attribute="")]},
            r"the length of comparisons\[0\].modified",
        ),
        (
            {"comparisons": [UnchangedItems(modified_attribute="at", margin=Duration.seconds(1))]},
            r"comparisons\[0\].margin is 1",
        ),
        ({"verifier": "mine"}, "verifier is 'mine'"),
        ({"samples": 0}, "samples is 0"),
        ({"samples": 1.5}, "samples is 1.5"),
        ({"count_up_to": 0}, "count_up_to is 0"),
        ({"count_within": -1}, "count_within is -1"),
        ({"route": "team"}, "route is 'team'"),
        ({"log_settings": "none"}, "log_settings is 'none'"),
        ({"removal_policy": "RETAIN"}, "removal_policy is 'RETAIN'"),
    ],
)
def test_fails_with_the_value_and_builds_nothing(options: dict[str, Any], problem: str) -> None:
    stack = fresh_stack()
    with pytest.raises(ConfigurationError, match=f"^Stack/Restores: {problem}"):
        restores(stack, **options)
    assert stack.node.try_find_child("Restores") is None


def test_fails_on_more_tables_than_dynamodb_restores_at_once() -> None:
    stack = fresh_stack()
    tables = [
        dynamodb.Table.from_table_name(stack, f"T{number}", f"t{number}")
        for number in range(MOST_TESTED_TABLES + 1)
    ]
    with pytest.raises(ConfigurationError, match="tables is 51"):
        restores(stack, tables=tables)
