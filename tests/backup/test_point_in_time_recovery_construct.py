"""Point-in-time recovery's resources: what is switched on, who looks, what that may do, and who is told."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk.assertions import Annotations, Match
from recovery_window import UNITS, Look

from constructs_lib.alarms import AlarmRoute
from constructs_lib.backup import PointInTimeRecovery
from constructs_lib.checks import ConfigurationError
from constructs_lib.failover import ReplicatedTable
from constructs_lib.handlers import handler_folder
from tests.gates import UNSUBSCRIBED, findings, lint
from tests.graph import circle
from tests.policies import as_deployed, flat
from tests.synthesis import (
    RECOMMENDED,
    VALIDATE,
    Synthesized,
    fresh_app,
    fresh_stack,
    number_token,
    read_template,
    synthesize,
)

ALARM, FUNCTION, SCHEDULE = "AWS::CloudWatch::Alarm", "AWS::Lambda::Function", "AWS::Scheduler::Schedule"
TABLE, GLOBAL = "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"
MANAGED_POLICY = "AWS::IAM::ManagedPolicy"
ACCOUNT = "111122223333"
ID = dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
Duration = cdk.Duration


def settings(*, on: bool = True, days: int | None = None) -> dynamodb.PointInTimeRecoverySpecification:
    return dynamodb.PointInTimeRecoverySpecification(
        point_in_time_recovery_enabled=on, recovery_period_in_days=days
    )


def table(scope: cdk.Stack, name: str = "Orders", **options: Any) -> dynamodb.TableV2:
    return dynamodb.TableV2(scope, name, partition_key=ID, **options)


def plain(scope: cdk.Stack, name: str = "Orders", **options: Any) -> dynamodb.Table:
    return dynamodb.Table(scope, name, partition_key=ID, **options)


def imported(scope: cdk.Stack, name: str = "Mail") -> dynamodb.ITable:
    return dynamodb.Table.from_table_name(scope, name, name.lower())


def recovery(stack: cdk.Stack, construct_id: str = "Recovery", **options: Any) -> PointInTimeRecovery:
    given = options if "tables" in options else options | {"tables": [table(stack)]}
    return PointInTimeRecovery(stack, construct_id, **given)


def in_ireland(app: cdk.App | None = None) -> cdk.Stack:
    env = cdk.Environment(account=ACCOUNT, region="eu-west-1")
    return cdk.Stack(app or fresh_app(), "Stack", env=env)


def recovery_of(result: Synthesized, name: str = "Orders") -> dict[Any, Any]:
    """What the template says, by Region of a replica; of a plain table under None."""
    tables = [each["Properties"] for each in result.of_type(TABLE, under=name).values()]
    found: dict[Any, Any] = dict(zip([None], tables, strict=False))
    for each in result.of_type(GLOBAL, under=name).values():
        found |= {flat(replica["Region"]): replica for replica in each["Properties"]["Replicas"]}
    return {place: each.get("PointInTimeRecoverySpecification") for place, each in found.items()}


def on(days: int = 35) -> dict[str, Any]:
    return {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": days}


@pytest.mark.parametrize("make", [table, plain])
@pytest.mark.parametrize("said", [None, settings(), settings(days=7)], ids=["nothing", "on", "the same"])
def test_a_table_of_the_app_is_switched_on(make: Any, said: Any) -> None:
    stack = fresh_stack()
    orders = make(stack, point_in_time_recovery_specification=said)
    made = recovery(stack, tables=[orders], recovery_period=Duration.days(7))

    assert list(recovery_of(synthesize(stack)).values()) == [on(7)]
    assert (made.recovery_period_days, made.watched_only) == (7, ())


def test_left_out_the_period_is_as_long_as_dynamodb_has_it() -> None:
    stack = fresh_stack()
    recovery(stack)
    assert list(recovery_of(synthesize(stack)).values()) == [on(35)]


def test_every_replica_is_switched_on_one_that_is_added_later_too() -> None:
    stack = in_ireland()
    replica = dynamodb.ReplicaTableProps(region="eu-central-1", deletion_protection=True)
    orders = table(stack, replicas=[replica])
    recovery(stack, tables=[orders], recovery_period=Duration.days(10))
    orders.add_replica(region="eu-west-3")
    result = synthesize(stack)

    assert recovery_of(result) == dict.fromkeys(("eu-west-1", "eu-central-1", "eu-west-3"), on(10))
    kept = [each.get("DeletionProtectionEnabled") for each in result.only(GLOBAL)["Replicas"]]
    assert kept == [True, None, None]


def test_a_table_of_this_library_is_switched_on_unless_it_was_to_be_off() -> None:
    stack = in_ireland()
    orders = ReplicatedTable(stack, "Orders", partition_key=ID, replicas=["eu-central-1"])
    passing = ReplicatedTable(stack, "Passing", partition_key=ID, point_in_time_recovery=False)
    with pytest.raises(ConfigurationError, match=r"the ReplicatedTable Stack/Passing has .* switched off in"):
        recovery(stack, tables=[orders, passing])
    recovery(stack, tables=[orders], recovery_period=Duration.days(5))
    assert recovery_of(synthesize(stack)) == dict.fromkeys(("eu-west-1", "eu-central-1"), on(5))


def test_a_table_of_another_stack_is_switched_on_there() -> None:
    app = fresh_app()
    data, watch = cdk.Stack(app, "Data"), cdk.Stack(app, "Watch")
    recovery(watch, tables=[table(data)])
    result = read_template(Path(app.synth().directory) / data.template_file)
    assert list(recovery_of(result).values()) == [on()]


def test_what_is_said_otherwise_later_is_overridden() -> None:
    stack = fresh_stack()
    orders = plain(stack)
    recovery(stack, tables=[orders])
    resource = orders.node.default_child
    assert isinstance(resource, dynamodb.CfnTable)
    resource.point_in_time_recovery_specification = (
        dynamodb.CfnTable.PointInTimeRecoverySpecificationProperty(point_in_time_recovery_enabled=False)
    )
    assert recovery_of(synthesize(stack)) == {None: on()}


def test_what_is_said_only_at_deployment_is_overridden() -> None:
    stack = fresh_stack()
    orders = plain(stack)
    resource = orders.node.default_child
    assert isinstance(resource, dynamodb.CfnTable)
    resource.point_in_time_recovery_specification = (
        dynamodb.CfnTable.PointInTimeRecoverySpecificationProperty(
            point_in_time_recovery_enabled=cdk.Token.as_any({"Ref": "Wanted"}),
            recovery_period_in_days=number_token(stack),
        )
    )
    recovery(stack, tables=[orders])
    assert recovery_of(synthesize(stack)) == {None: on()}


def test_an_imported_table_is_watched_only_and_the_command_is_told() -> None:
    stack = fresh_stack()
    mail = imported(stack)
    made = recovery(stack, tables=[mail, table(stack)], recovery_period=Duration.days(3))
    result = synthesize(stack)

    assert made.watched_only == (mail,)
    assert list(recovery_of(result).values()) == [on(3)]
    assert told(result)[0].endswith(":table/mail")
    command = (
        "aws dynamodb update-continuous-backups --table-name mail --point-in-time-recovery-specification "
        "PointInTimeRecoveryEnabled=true,RecoveryPeriodInDays=3"
    )
    Annotations.from_stack(stack).has_info("/Stack/Recovery", Match.string_like_regexp(f"Mail.*{command}"))


def test_a_replica_is_watched_in_its_own_region() -> None:
    app = fresh_app()
    stack = in_ireland(app)
    there = cdk.Stack(
        app,
        "There",
        env=cdk.Environment(account=ACCOUNT, region="eu-central-1"),
        cross_region_references=True,
    )
    replicas = [dynamodb.ReplicaTableProps(region="eu-central-1")]
    orders = table(stack, replicas=replicas)
    recovery(stack, tables=[orders])
    made = recovery(there, tables=[orders.replica("eu-central-1")])
    directory = Path(app.synth().directory)
    result = read_template(directory / there.template_file)

    assert len(made.watched_only) == 1
    (arn,) = told(result)
    assert arn.startswith(f"arn:${{AWS::Partition}}:dynamodb:eu-central-1:{ACCOUNT}:table/")
    assert recovery_of(read_template(directory / stack.template_file)) == dict.fromkeys(
        ("eu-west-1", "eu-central-1"), on()
    )


def told(result: Synthesized) -> list[str]:
    """The tables that the function is called with."""
    found: list[str] = json.loads(flat(result.only(SCHEDULE)["Target"]["Input"]))["tables"]
    return found


@pytest.mark.parametrize("since", [None, datetime(2026, 11, 1, 12, tzinfo=UTC)])
def test_the_function_reads_what_the_construct_writes(since: datetime | None) -> None:
    stack = fresh_stack()
    recovery(stack, recovery_period=Duration.days(2), since=since)
    result = synthesize(stack)
    function = result.only(FUNCTION)

    assert Look.from_json(json.loads(flat(function["Environment"]["Variables"]["RECOVERY_WINDOW"]))) == Look(
        schedule="${AWS::StackName}/Recovery",
        namespace="constructs_lib/Backup",
        promised=datetime(2026, 1, 3, tzinfo=UTC) - datetime(2026, 1, 1, tzinfo=UTC),
        since=since,
    )
    assert (function["Handler"], function["Timeout"]) == ("recovery_window.handler", 180)
    assert handler_folder("recovery_window").joinpath("recovery_window.py").exists()


def test_it_looks_every_five_minutes_at_each_table() -> None:
    stack = fresh_stack()
    recovery(stack, tables=[table(stack), plain(stack, "Stock")])
    result = synthesize(stack)
    schedule = result.only(SCHEDULE)

    assert schedule["ScheduleExpression"] == "rate(5 minutes)"
    assert schedule["Target"]["Arn"] == {"Ref": result.only_id("AWS::Lambda::Alias")}
    assert schedule["Target"]["RetryPolicy"] == {"MaximumRetryAttempts": 0}
    assert told(result) == [
        f"${{{result.only_id(GLOBAL)}.Arn}}",
        f"${{{result.only_id(TABLE)}.Arn}}",
    ]


def test_it_may_only_look_and_only_at_its_tables() -> None:
    stack = fresh_stack()
    recovery(stack, tables=[table(stack), imported(stack)])
    result = synthesize(stack)
    (policy,) = result.of_type(MANAGED_POLICY, under="RecoveryFunctionRole").values()
    (statement,) = policy["Properties"]["PolicyDocument"]["Statement"]

    assert statement["Effect"] == "Allow"
    assert statement["Action"] == ["dynamodb:DescribeContinuousBackups", "dynamodb:DescribeTable"]
    assert [flat(each) for each in statement["Resource"]] == told(result)


@pytest.mark.parametrize(
    ("objective", "threshold"),
    [(None, 900), (Duration.minutes(5), 300), (Duration.hours(2), 7_200)],
    ids=["left out", "tightest", "stated"],
)
def test_it_rings_when_a_table_is_behind_or_nobody_looks(
    objective: cdk.Duration | None, threshold: int
) -> None:
    stack = fresh_stack()
    made = recovery(stack, recovery_point_objective=objective)
    alarm = synthesize(stack).only(ALARM, under="RecoveryAge")

    assert made.objective == alarm["Threshold"] == threshold
    assert alarm["ComparisonOperator"] == "GreaterThanThreshold"
    assert (alarm["MetricName"], alarm["Statistic"]) == ("AgeOfLatestRestorable", "Maximum")
    assert (alarm["Period"], alarm["EvaluationPeriods"]) == (300, 2)
    assert alarm["TreatMissingData"] == "breaching"
    assert "critical" in flat(alarm["AlarmDescription"]).lower()


@pytest.mark.parametrize(("days", "missing"), [(35, 302_400), (1, 8_640)])
def test_it_rings_when_a_tenth_of_the_window_is_missing(days: int, missing: int) -> None:
    stack = fresh_stack()
    recovery(stack, recovery_period=Duration.days(days))
    alarm = synthesize(stack).only(ALARM, under="RecoveryWindow")

    assert (alarm["MetricName"], alarm["Statistic"]) == ("RecoveryWindowMissing", "Maximum")
    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (missing, "GreaterThanOrEqualToThreshold")
    assert (alarm["EvaluationPeriods"], alarm["TreatMissingData"]) == (2, "notBreaching")


def test_it_rings_when_one_of_the_tables_cannot_be_looked_at() -> None:
    stack = fresh_stack()
    recovery(stack)
    alarm = synthesize(stack).only(ALARM, under="RecoveryFailed")
    assert (alarm["MetricName"], alarm["Statistic"], alarm["Threshold"]) == (
        "RecoveryLooksFailed",
        "Maximum",
        1,
    )
    assert alarm["EvaluationPeriods"] == 3


def test_every_alarm_goes_where_it_is_told() -> None:
    stack = fresh_stack()
    topic = cdk.aws_sns.Topic.from_topic_arn(stack, "Team", "arn:aws:sns:us-east-1:111122223333:team")
    recovery(stack, route=AlarmRoute.to_topic(topic))
    result = synthesize(stack)
    actions = [each["Properties"]["AlarmActions"] for each in result.of_type(ALARM).values()]
    assert actions == [[topic.topic_arn]] * 3
    assert result.of_type("AWS::SNS::Topic") == {}


def test_a_metric_is_of_one_table_or_of_all() -> None:
    stack = fresh_stack()
    orders = table(stack)
    made = recovery(stack, tables=[orders])
    metrics = [made.metric_age, made.metric_window, made.metric_missing, made.metric_failed]
    assert [metric().metric_name for metric in metrics] == list(UNITS)
    assert [metric().statistic for metric in metrics] == ["Maximum", "Minimum", "Maximum", "Maximum"]
    for metric in metrics:
        assert set(metric().dimensions or {}) == {"Schedule"}
        assert (metric(orders).dimensions or {})["TableName"] == orders.table_name


def test_the_log_is_retained_unless_said_otherwise() -> None:
    stack = fresh_stack()
    recovery(stack)
    recovery(stack, "Passing", tables=[imported(stack)], removal_policy=cdk.RemovalPolicy.DESTROY)
    groups = synthesize(stack).of_type("AWS::Logs::LogGroup")
    assert {name[:7]: each["DeletionPolicy"] for name, each in groups.items()} == {
        "Recover": "Retain",
        "Passing": "Delete",
    }


@pytest.mark.parametrize("context", [VALIDATE, RECOMMENDED], ids=["foreign", "recommended"])
def test_it_passes_every_gate(context: dict[str, Any]) -> None:
    app = fresh_app(context)
    stack, data = cdk.Stack(app, "Stack"), cdk.Stack(app, "Data")
    recovery(stack, tables=[table(stack), imported(stack), plain(data, "Stock")])

    assert [each for each in findings(app) if UNSUBSCRIBED not in each.rule] == []
    found = read_template(Path(app.outdir) / stack.template_file)
    assert lint(found.body) == []
    assert circle(found.resources) == []


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (
            {"recovery_period": Duration.days(36)},
            r"recovery_period is 36\. Give a whole number from 1 to 35 days",
        ),
        ({"recovery_period": Duration.hours(1)}, "recovery_period is 0.04"),
        ({"recovery_period": Duration.hours(36)}, "recovery_period is 1.5"),
        ({"recovery_period": 7}, "recovery_period is 7. Give Duration"),
        (
            {"recovery_period": Duration.days(cdk.Token.as_number({"Ref": "T"}))},
            "recovery_period is known only at deployment",
        ),
        (
            {"recovery_point_objective": Duration.seconds(299)},
            "recovery_point_objective is 299 s, and the latest second that DynamoDB can restore a table to",
        ),
        ({"recovery_point_objective": Duration.days(36)}, "recovery_point_objective is 3110400"),
        (
            {"recovery_point_objective": Duration.days(2), "recovery_period": Duration.days(1)},
            "recovery_point_objective is 172800. Give a whole number from 1 to 86,400 seconds",
        ),
        ({"recovery_point_objective": 600}, "recovery_point_objective is 600"),
        (
            {"recovery_point_objective": Duration.seconds(cdk.Token.as_number({"Ref": "T"}))},
            "recovery_point_objective is known only at deployment",
        ),
        ({"since": "2026-11-01"}, "since is '2026-11-01'. Give datetime or None"),
        ({"since": datetime(2026, 11, 1)}, "since is 2026-11-01 00:00:00, without a time zone"),  # noqa: DTZ001 - refused
        ({"tables": []}, "tables is 0"),
        ({"tables": ["orders"]}, r"tables\[0\] is 'orders'"),
        ({"route": "team"}, "route is 'team'"),
        ({"log_settings": "none"}, "log_settings is 'none'"),
        ({"removal_policy": "RETAIN"}, "removal_policy is 'RETAIN'"),
    ],
)
def test_fails_with_the_value_and_builds_nothing(options: dict[str, Any], problem: str) -> None:
    stack = fresh_stack()
    with pytest.raises(ConfigurationError, match=f"^Stack/Recovery: {problem}"):
        recovery(stack, **options)
    assert stack.node.try_find_child("Recovery") is None


@pytest.mark.parametrize("make", [table, plain])
@pytest.mark.parametrize(
    ("said", "problem"),
    [
        (settings(on=False), "has point-in-time recovery switched off"),
        (settings(days=7), r"has a recovery period of 7 days.*, and here it is 35\. Give it in one place"),
    ],
    ids=["off", "shorter"],
)
def test_fails_on_a_table_that_says_otherwise_and_leaves_it_alone(make: Any, said: Any, problem: str) -> None:
    stack = fresh_stack()
    orders = make(stack, point_in_time_recovery_specification=said)
    message = f"^Stack/Recovery: the Table(V2)? Stack/Orders {problem}"
    with pytest.raises(ConfigurationError, match=message):
        recovery(stack, tables=[table(stack, "Stock"), orders])
    result = synthesize(stack)
    assert on() not in [*recovery_of(result).values(), *recovery_of(result, "Stock").values()]


def test_fails_on_a_replica_that_says_otherwise() -> None:
    stack = in_ireland()
    orders = table(
        stack,
        replicas=[
            dynamodb.ReplicaTableProps(
                region="eu-central-1", point_in_time_recovery_specification=settings(on=False)
            )
        ],
    )
    with pytest.raises(ConfigurationError, match=r"Stack/Orders has .* switched off in eu-central-1\."):
        recovery(stack, tables=[orders])


def test_fails_on_two_periods_for_one_table_from_two_places() -> None:
    stack = fresh_stack()
    orders = table(stack)
    recovery(stack, tables=[orders], recovery_period=Duration.days(7))
    with pytest.raises(ConfigurationError, match="Stack/Orders has a recovery period of 7 days from another"):
        recovery(stack, "Second", tables=[orders])
    recovery(stack, "Third", tables=[orders], recovery_period=Duration.days(7))
    assert list(recovery_of(synthesize(stack)).values()) == [on(7)]


def test_fails_on_more_tables_than_a_role_has_room_for() -> None:
    stack = fresh_stack()
    with pytest.raises(ConfigurationError, match=r"tables is 101\. Give a whole number from 1 to 100 tables"):
        recovery(stack, tables=[imported(stack, f"T{number}") for number in range(101)])


def test_as_many_tables_as_it_takes_fit_the_policies_of_a_role() -> None:
    stack = fresh_stack()
    names = [f"{number:03}-{'t' * 140}" for number in range(100)]
    recovery(stack, tables=[imported(stack, name) for name in names])
    policies = synthesize(stack).of_type(MANAGED_POLICY, under="RecoveryFunctionRole").values()
    deployed = [as_deployed(each["Properties"]["PolicyDocument"]) for each in policies]

    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    assert len(policies) <= 10
    assert max(map(len, deployed)) <= 6_144
    assert all(any(name in document for document in deployed) for name in names)


def test_what_fails_late_switches_nothing_on() -> None:
    stack = fresh_stack()
    orders = table(stack)
    recovery(stack, tables=[imported(stack)])
    with pytest.raises(RuntimeError, match="already a Construct with name 'Recovery'"):
        recovery(stack, tables=[orders])
    assert list(recovery_of(synthesize(stack)).values()) == [None]
