"""The health check that any alarm decides on, through a metric that is published for it."""

from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_sns as sns

from constructs_lib.alarms import AlarmRoute
from constructs_lib.checks import ConfigurationError
from constructs_lib.failover import AlarmHealthCheck
from tests.failover.parts import (
    ACCOUNT,
    anomaly_alarm,
    composite_alarm,
    math_alarm,
    plain_alarm,
    stack_in,
)
from tests.gates import UNSUBSCRIBED, findings, lint
from tests.synthesis import Synthesized, fresh_stack, read_template, synthesize

CHECK, ALARM, POLICY = "AWS::Route53::HealthCheck", "AWS::CloudWatch::Alarm", "AWS::IAM::Policy"


def decided(stack: cdk.Stack, alarm: Any, **options: Any) -> tuple[AlarmHealthCheck, Synthesized]:
    check = AlarmHealthCheck(stack, "Decided", alarm=alarm, **options)
    return check, synthesize(stack)


def environment(result: Synthesized) -> dict[str, Any]:
    found: dict[str, Any] = result.only("AWS::Lambda::Function")["Environment"]["Variables"]
    return {name: value for name, value in found.items() if name.startswith("HEALTH_")}


@pytest.mark.parametrize("make", [plain_alarm, composite_alarm, math_alarm, anomaly_alarm])
def test_any_kind_of_alarm_can_decide(make: Any) -> None:
    stack = stack_in()
    alarm = make(stack)
    _, result = decided(stack, alarm)
    logical_id = stack.get_logical_id(alarm.node.default_child)

    assert environment(result)["HEALTH_ALARM"] == {"Ref": logical_id}
    assert result.only("AWS::Events::Rule")["EventPattern"] == {
        "source": ["aws.cloudwatch"],
        "detail-type": ["CloudWatch Alarm State Change"],
        "resources": [{"Fn::GetAtt": [logical_id, "Arn"]}],
    }


@pytest.mark.parametrize("make", [plain_alarm, composite_alarm])
def test_an_alarm_of_cloudformation_can_decide(make: Any) -> None:
    stack = stack_in()
    _, result = decided(stack, make(stack).node.default_child)

    assert set(environment(result)["HEALTH_ALARM"]) == {"Ref"}


def test_an_imported_alarm_can_decide() -> None:
    stack = stack_in()
    arn = f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:Theirs"
    _, result = decided(stack, cloudwatch.Alarm.from_alarm_arn(stack, "Theirs", arn))

    assert environment(result)["HEALTH_ALARM"] == "Theirs"
    assert result.only("AWS::Events::Rule")["EventPattern"]["resources"] == [arn]


def test_route_53_watches_the_published_metric_and_not_the_alarm() -> None:
    stack = stack_in("eu-west-1")
    _, result = decided(stack, composite_alarm(stack))
    name = {"Fn::Join": ["", [{"Ref": "AWS::StackName"}, "/Decided"]]}
    watched = result.only_id(ALARM, under="DecidedAlarm")
    properties = result.resources[watched]["Properties"]

    assert result.only(CHECK)["HealthCheckConfig"] == {
        "Type": "CLOUDWATCH_METRIC",
        "AlarmIdentifier": {"Name": {"Ref": watched}, "Region": "eu-west-1"},
        "InsufficientDataHealthStatus": "LastKnownStatus",
        "Inverted": False,
    }
    assert properties["Dimensions"] == [{"Name": "HealthCheck", "Value": name}]
    assert properties["TreatMissingData"] == "ignore"
    assert (properties["ComparisonOperator"], properties["Threshold"], properties["Statistic"]) == (
        "LessThanThreshold",
        1,
        "Minimum",
    )
    assert environment(result) == {
        "HEALTH_ALARM": {"Ref": result.only_id("AWS::CloudWatch::CompositeAlarm")},
        "HEALTH_NAMESPACE": properties["Namespace"],
        "HEALTH_METRIC": properties["MetricName"],
        "HEALTH_NAME": name,
        "HEALTH_INSUFFICIENT_DATA": "LAST_KNOWN_STATUS",
    }


def test_the_state_is_published_at_each_change_and_every_minute() -> None:
    stack = stack_in()
    _, result = decided(stack, plain_alarm(stack))
    alias = {"Ref": result.only_id("AWS::Lambda::Alias")}
    (target,) = result.only("AWS::Events::Rule")["Targets"]
    schedule = result.only("AWS::Scheduler::Schedule")

    assert target["Arn"] == alias
    assert schedule["ScheduleExpression"] == "rate(1 minute)"
    assert schedule["Target"]["Arn"] == alias


def test_people_are_told_when_nothing_is_published() -> None:
    stack = stack_in()
    topic = "arn:aws:sns:us-east-1:111122223333:team"
    team = sns.Topic.from_topic_arn(stack, "Team", topic)
    _, result = decided(stack, plain_alarm(stack), route=AlarmRoute.to_topic(team))
    silence = result.only(ALARM, under="DecidedSilence")

    assert silence["Statistic"] == "SampleCount"
    assert silence["TreatMissingData"] == "breaching"
    assert (silence["ComparisonOperator"], silence["Threshold"]) == ("LessThanThreshold", 1)
    assert silence["AlarmActions"] == [topic]


def statements(result: Synthesized) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = result.only(POLICY, under="DecidedPublisherFunctionRoleHealth")[
        "PolicyDocument"
    ]["Statement"]
    return found


def test_a_plain_alarm_is_all_that_the_function_may_read() -> None:
    stack = stack_in()
    _, result = decided(stack, plain_alarm(stack))
    read, publish = statements(result)

    assert read["Action"] == "cloudwatch:DescribeAlarms"
    assert read["Resource"] == {"Fn::GetAtt": [result.only_id(ALARM, under="Plain"), "Arn"]}
    assert publish["Action"] == "cloudwatch:PutMetricData"
    assert publish["Condition"] == {
        "StringEquals": {"cloudwatch:namespace": environment(result)["HEALTH_NAMESPACE"]}
    }


def test_a_composite_alarm_can_be_read_only_by_whoever_may_read_all() -> None:
    stack = stack_in()
    _, result = decided(stack, composite_alarm(stack))

    assert statements(result)[0]["Resource"] == "*"


@pytest.mark.parametrize("status", list(route53.InsufficientDataHealthStatusEnum))
def test_what_too_little_data_means_can_be_said(status: route53.InsufficientDataHealthStatusEnum) -> None:
    stack = stack_in()
    _, result = decided(stack, plain_alarm(stack), insufficient_data=status)

    assert environment(result)["HEALTH_INSUFFICIENT_DATA"] == status.name


def test_it_can_be_turned_round() -> None:
    stack = stack_in()
    _, result = decided(stack, plain_alarm(stack), inverted=True)

    assert result.only(CHECK)["HealthCheckConfig"]["Inverted"] is True


def test_it_passes_every_gate() -> None:
    stack = stack_in()
    AlarmHealthCheck(stack, "OfComposite", alarm=composite_alarm(stack))
    AlarmHealthCheck(stack, "OfPlain", alarm=plain_alarm(stack))
    app = cdk.App.of(stack)
    assert isinstance(app, cdk.App)

    assert [finding for finding in findings(app) if UNSUBSCRIBED not in finding.rule] == []
    assert lint(read_template(Path(app.outdir) / stack.template_file).body) == []


@pytest.mark.parametrize(
    ("arn", "what"),
    [
        (f"arn:aws:cloudwatch:eu-west-1:{ACCOUNT}:alarm:Theirs", "Region eu-west-1"),
        ("arn:aws:cloudwatch:us-east-1:999999999999:alarm:Theirs", "account 999999999999"),
    ],
)
def test_an_alarm_of_another_account_or_region_is_refused(arn: str, what: str) -> None:
    stack = stack_in("us-east-1")
    alarm = cloudwatch.Alarm.from_alarm_arn(stack, "Theirs", arn)
    with pytest.raises(ConfigurationError, match=f"^Stack/Decided: alarm is in the {what}"):
        AlarmHealthCheck(stack, "Decided", alarm=alarm)


@pytest.mark.parametrize(
    ("what", "env"),
    [
        ("Region eu-west-1", cdk.Environment(account=ACCOUNT, region="eu-west-1")),
        ("account 999999999999", cdk.Environment(account="999999999999", region="us-east-1")),
    ],
)
def test_an_alarm_of_a_stack_elsewhere_is_refused(what: str, env: cdk.Environment) -> None:
    stack = stack_in("us-east-1")
    other = cdk.Stack(stack.node.scope, "Other", env=env)  # type: ignore[arg-type] # the app
    with pytest.raises(ConfigurationError, match=f"alarm is in the {what}"):
        AlarmHealthCheck(stack, "Decided", alarm=plain_alarm(other))


def test_fails_without_an_alarm() -> None:
    with pytest.raises(ConfigurationError, match=r"^Stack/Decided: alarm is 'Theirs'"):
        AlarmHealthCheck(fresh_stack(), "Decided", alarm="Theirs")  # type: ignore[arg-type]


def test_fails_on_a_status_that_is_none() -> None:
    stack = fresh_stack()
    with pytest.raises(ConfigurationError, match="insufficient_data is 'Healthy'"):
        AlarmHealthCheck(
            stack,
            "Decided",
            alarm=plain_alarm(stack),
            insufficient_data="Healthy",  # type: ignore[arg-type]
        )
