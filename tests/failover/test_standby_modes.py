"""Standby modes: what is deployed asleep, and what the controller sets."""

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as schedule_targets
from aws_cdk import aws_sqs as sqs

from constructs_lib.checks import ConfigurationError
from constructs_lib.failover.failover_controller import FailoverController
from constructs_lib.failover.standby import (
    Capacity,
    ColdStandby,
    HotStandby,
    Standby,
    StandbySchedule,
    WarmStandby,
)
from constructs_lib.function import (
    FixedProvisionedConcurrency,
    ProvisionedConcurrency,
    add_provisioned_concurrency,
)
from tests.failover.parts import plain_alarm, stack_in
from tests.functions import hardened
from tests.policies import flat
from tests.synthesis import Synthesized, number_token, synthesize

FUNCTION, ALIAS = "AWS::Lambda::Function", "AWS::Lambda::Alias"


def controlled(stack: cdk.Stack, *standby: Standby) -> Synthesized:
    FailoverController(stack, "Controller", decided_by=plain_alarm(stack), standby=standby)
    return synthesize(stack)


def refused(stack: cdk.Stack, *standby: Any) -> str:
    with pytest.raises(ConfigurationError) as raised:
        FailoverController(stack, "Controller", decided_by=plain_alarm(stack), standby=standby)
    assert stack.node.try_find_child("Controller") is None
    text = str(raised.value)
    assert text.startswith("Stack/Controller: standby")
    return text


def sleepers(result: Synthesized) -> list[dict[str, Any]]:
    """The settings as the controller reads them, without what only AWS needs."""
    text = flat(result.only(FUNCTION, under="Controller")["Environment"]["Variables"]["CONTROLLER"])
    found: list[dict[str, Any]] = json.loads(text)["settings"]["sleepers"]
    return [{name: each[name] for name in each if name != "target"} for each in found]


def full_function(stack: cdk.Stack) -> lambda_.Alias:
    """A function with 20 reserved and 5 provisioned executions."""
    made = hardened(stack, reserved_concurrency=20)
    add_provisioned_concurrency(made.alias, FixedProvisionedConcurrency(executions=5))
    return made.alias


def deployed(result: Synthesized) -> tuple[Any, Any]:
    """What is reserved and provisioned at deployment."""
    provisioned = result.only(ALIAS, under="Orders").get("ProvisionedConcurrencyConfig", {})
    return (
        result.only(FUNCTION, under="Orders").get("ReservedConcurrentExecutions"),
        provisioned.get("ProvisionedConcurrentExecutions"),
    )


def test_a_hot_standby_stays_as_it_is() -> None:
    stack = stack_in("us-west-2")
    result = controlled(stack, HotStandby(function=full_function(stack)))

    assert deployed(result) == (20, 5)
    assert sleepers(result) == []


def test_a_warm_standby_is_deployed_with_its_reduced_capacity_and_woken_to_what_it_had() -> None:
    stack = stack_in("us-west-2")
    reduced = Capacity(reserved=3, provisioned=1)
    result = controlled(stack, WarmStandby(function=full_function(stack), reduced=reduced))

    assert deployed(result) == (3, 1)
    assert sleepers(result) == [
        {"kind": "reserved", "name": "reserved concurrency of Stack/Orders", "asleep": 3, "awake": 20},
        {"kind": "provisioned", "name": "provisioned concurrency of Stack/Orders", "asleep": 1, "awake": 5},
    ]


def test_a_cold_standby_cannot_be_invoked_until_it_is_woken() -> None:
    stack = stack_in("us-west-2")
    result = controlled(stack, ColdStandby(function=full_function(stack)))

    assert deployed(result) == (0, None)
    assert [(each["asleep"], each["awake"]) for each in sleepers(result)] == [(0, 20), (0, 5)]


def test_a_function_without_reserved_concurrency_has_none_again_once_it_is_woken() -> None:
    stack = stack_in("us-west-2")
    result = controlled(stack, ColdStandby(function=hardened(stack).alias))

    assert deployed(result) == (0, None)
    assert sleepers(result) == [
        {"kind": "reserved", "name": "reserved concurrency of Stack/Orders", "asleep": 0}
    ]


def test_an_imported_alias_is_woken_to_the_capacity_that_is_given() -> None:
    stack = stack_in("us-west-2")
    arn = "arn:aws:lambda:us-west-2:111122223333:function:theirs"
    theirs = lambda_.Function.from_function_attributes(
        stack, "Theirs", function_arn=arn, same_environment=True
    )
    version = lambda_.Version.from_version_attributes(stack, "Version", lambda_=theirs, version="3")
    alias = lambda_.Alias.from_alias_attributes(stack, "Alias", alias_name="live", alias_version=version)
    full = Capacity(reserved=20, provisioned=5)
    result = controlled(stack, WarmStandby(function=alias, reduced=Capacity(reserved=2), full=full))
    statements = result.only("AWS::IAM::Policy", under="ControllerFunctionRoleStandby")["PolicyDocument"][
        "Statement"
    ]

    assert [(each["kind"], each["asleep"], each["awake"]) for each in sleepers(result)] == [
        ("reserved", 2, 20),
        ("provisioned", 0, 5),
    ]
    assert [each["Resource"] for each in statements] == [arn, f"{arn}:live"]


def test_what_calls_functions_sleeps_and_is_woken_after_them() -> None:
    stack = stack_in("us-west-2")
    made = hardened(stack)
    queue = sqs.Queue(stack, "Work")
    mapping = lambda_.EventSourceMapping(
        stack, "Mapping", target=made.alias, event_source_arn=queue.queue_arn
    )
    rule = events.Rule(stack, "Nightly", schedule=events.Schedule.rate(cdk.Duration.days(1)))
    role = iam.Role(stack, "Runs", assumed_by=iam.ServicePrincipal("scheduler.amazonaws.com"))
    schedule = scheduler.Schedule(
        stack,
        "Weekly",
        schedule=scheduler.ScheduleExpression.rate(cdk.Duration.days(7)),
        target=schedule_targets.LambdaInvoke(made.alias, role=role),
    )
    result = controlled(
        stack,
        mapping,
        rule,
        StandbySchedule(schedule=schedule, role=role),
        ColdStandby(function=made.alias),
    )
    statements = result.only("AWS::IAM::Policy", under="ControllerFunctionRoleStandby")["PolicyDocument"][
        "Statement"
    ]

    assert [each["kind"] for each in sleepers(result)] == ["reserved", "mapping", "rule", "schedule"]
    assert result.only("AWS::Lambda::EventSourceMapping")["Enabled"] is False
    assert result.only("AWS::Events::Rule", under="Nightly")["State"] == "DISABLED"
    assert result.only("AWS::Scheduler::Schedule", under="Weekly")["State"] == "DISABLED"
    assert result.only("AWS::Scheduler::Schedule", under="Controller").get("State", "ENABLED") == "ENABLED"
    assert [each["Action"] for each in statements] == [
        [
            "lambda:DeleteFunctionConcurrency",
            "lambda:GetFunctionConcurrency",
            "lambda:PutFunctionConcurrency",
        ],
        ["lambda:GetEventSourceMapping", "lambda:UpdateEventSourceMapping"],
        ["events:DescribeRule", "events:DisableRule", "events:EnableRule"],
        ["scheduler:GetSchedule", "scheduler:UpdateSchedule"],
        "iam:PassRole",
    ]
    assert statements[-1]["Resource"] == {
        "Fn::GetAtt": [result.only_id("AWS::IAM::Role", under="Runs"), "Arn"]
    }
    assert statements[-1]["Condition"] == {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}}
    assert all("*" not in str(each["Resource"]) for each in statements)


def test_a_capacity_that_is_known_only_at_deployment_is_taken() -> None:
    stack = stack_in("us-west-2")
    alias = hardened(stack, reserved_concurrency=number_token(stack)).alias
    result = controlled(stack, WarmStandby(function=alias, reduced=Capacity(reserved=2)))

    assert deployed(result) == (2, None)


def test_a_warm_standby_that_could_not_be_invoked_is_refused() -> None:
    stack = stack_in()
    text = refused(stack, WarmStandby(function=full_function(stack), reduced=Capacity(reserved=0)))
    assert "That is a ColdStandby" in text


def test_a_warm_standby_that_is_as_large_as_ever_is_refused() -> None:
    stack = stack_in()
    full = Capacity(reserved=20, provisioned=5)
    text = refused(stack, WarmStandby(function=full_function(stack), reduced=full))
    assert "nothing to wake" in text


@pytest.mark.parametrize(
    ("reduced", "problem"),
    [
        (Capacity(reserved=30), "reduced has 30 reserved executions, and full has 20"),
        (Capacity(), "reduced has None reserved executions, and full has 20"),
        (Capacity(reserved=10, provisioned=6), "reduced has 6 provisioned executions, and full has 5"),
        (Capacity(reserved=2, provisioned=3), "reduced has 3 provisioned and 2 reserved executions"),
        (Capacity(reserved=-1), "reduced.reserved is -1"),
    ],
)
def test_a_reduced_capacity_that_cannot_be_is_refused(reduced: Capacity, problem: str) -> None:
    stack = stack_in()
    assert problem in refused(stack, WarmStandby(function=full_function(stack), reduced=reduced))


def test_an_imported_function_without_its_full_capacity_is_refused() -> None:
    stack = stack_in()
    theirs = lambda_.Function.from_function_name(stack, "Theirs", "theirs")
    assert "its function is not in this app" in refused(stack, ColdStandby(function=theirs))


def test_provisioned_concurrency_without_an_alias_is_refused() -> None:
    stack = stack_in()
    function = hardened(stack).function
    full = Capacity(reserved=20, provisioned=5)
    assert "its function is no alias" in refused(stack, ColdStandby(function=function, full=full))


def test_a_cold_standby_without_any_capacity_is_refused() -> None:
    stack = stack_in()
    alias = hardened(stack, reserved_concurrency=0).alias
    assert "full capacity of 0 reserved executions" in refused(stack, ColdStandby(function=alias))


def test_provisioned_concurrency_that_scales_by_itself_is_refused() -> None:
    stack = stack_in()
    alias = hardened(stack).alias
    add_provisioned_concurrency(alias, ProvisionedConcurrency(minimum=1, maximum=5))
    assert "Application Auto Scaling would undo" in refused(stack, ColdStandby(function=alias))


def test_fails_on_the_same_function_given_twice() -> None:
    stack = stack_in()
    alias = full_function(stack)
    text = refused(
        stack, ColdStandby(function=alias), WarmStandby(function=alias, reduced=Capacity(reserved=1))
    )
    assert "standby[1] is given twice" in text


@pytest.mark.parametrize("given", ["Orders", ColdStandby(function="Orders")])  # type: ignore[arg-type]
def test_fails_on_what_cannot_be_woken(given: object) -> None:
    assert "'Orders'" in refused(stack_in(), given)


def test_fails_on_more_than_a_function_can_be_told_of() -> None:
    stack = stack_in()
    rules = [
        events.Rule(stack, f"Rule{n}", schedule=events.Schedule.rate(cdk.Duration.days(1))) for n in range(30)
    ]
    assert "more than fit into the environment" in refused(stack, *rules)
