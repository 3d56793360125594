"""Standby takes over primary: the decision is made in the standby Region."""

from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from constructs_lib.checks import ConfigurationError
from constructs_lib.failover import CalculatedHealthCheck, EndpointHealthCheck, TakeOverHealthCheck
from tests.failover.parts import health, stack_in
from tests.gates import findings, lint
from tests.synthesis import fresh_stack, read_template, synthesize

CHECK, ALARM = "AWS::Route53::HealthCheck", "AWS::CloudWatch::Alarm"


def test_the_primary_is_healthy_until_the_standby_says_that_it_has_taken_over() -> None:
    stack = stack_in("us-west-2")
    TakeOverHealthCheck(stack, "TakeOver", primary_region="us-east-1")
    result = synthesize(stack)
    alarm = result.only(ALARM)

    assert result.only(CHECK)["HealthCheckConfig"] == {
        "Type": "CLOUDWATCH_METRIC",
        "AlarmIdentifier": {"Name": {"Ref": result.only_id(ALARM)}, "Region": "us-west-2"},
        "InsufficientDataHealthStatus": "LastKnownStatus",
        "Inverted": False,
    }
    assert (alarm["Statistic"], alarm["ComparisonOperator"], alarm["Threshold"]) == (
        "Maximum",
        "GreaterThanOrEqualToThreshold",
        1,
    )


def test_a_standby_that_is_gone_changes_nothing() -> None:
    stack = stack_in("us-west-2")
    TakeOverHealthCheck(stack, "TakeOver", primary_region="us-east-1")

    assert synthesize(stack).only(ALARM)["TreatMissingData"] == "ignore"


def test_whoever_decides_may_publish_and_nothing_else() -> None:
    stack = stack_in("us-west-2")
    check = TakeOverHealthCheck(stack, "TakeOver", primary_region="us-east-1")
    role = iam.Role(stack, "Controller", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    check.grant_take_over(role)
    app = cdk.App.of(stack)
    assert isinstance(app, cdk.App)

    assert findings(app) == []
    result = read_template(Path(app.outdir) / stack.template_file)
    assert lint(result.body) == []
    (statement,) = result.only("AWS::IAM::Policy")["PolicyDocument"]["Statement"]
    alarm = result.only(ALARM)
    assert statement == {
        "Action": "cloudwatch:PutMetricData",
        "Effect": "Allow",
        "Resource": "*",
        "Condition": {"StringEquals": {"cloudwatch:namespace": alarm["Namespace"]}},
    }
    assert stack.resolve(check.metric_dimensions) == {
        each["Name"]: each["Value"] for each in alarm["Dimensions"]
    }


def test_either_the_endpoint_or_the_standby_can_take_the_primary_out() -> None:
    stack = stack_in("us-west-2")
    take_over = TakeOverHealthCheck(stack, "TakeOver", primary_region="us-east-1")
    CalculatedHealthCheck(stack, "Primary", children=[health(stack), take_over], at_least=2)

    config = synthesize(stack).only(CHECK, under="Primary")["HealthCheckConfig"]
    assert config["HealthThreshold"] == len(config["ChildHealthChecks"]) == 2


def test_a_page_of_the_standby_that_answers_can_decide_turned_round() -> None:
    stack = stack_in("us-west-2")
    EndpointHealthCheck(stack, "Page", host="standby.example.com", path="/active", inverted=True)

    assert synthesize(stack).only(CHECK)["HealthCheckConfig"]["Inverted"] is True


def test_a_decision_in_the_primary_region_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"must not need the Region that has failed"):
        TakeOverHealthCheck(stack_in("us-east-1"), "TakeOver", primary_region="us-east-1")


def test_a_stack_whose_region_is_not_known_is_left_to_the_deployment() -> None:
    stack = fresh_stack()
    TakeOverHealthCheck(stack, "TakeOver", primary_region="us-east-1")

    identifier = synthesize(stack).only(CHECK)["HealthCheckConfig"]["AlarmIdentifier"]
    assert identifier["Region"] == {"Ref": "AWS::Region"}
