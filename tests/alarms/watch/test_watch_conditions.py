"""What an app makes under a condition has alarms under the same: else CloudFormation refuses the template."""

from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch_actions as cloudwatch_actions
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_ssm as ssm
from constructs import IConstruct

from constructs_lib.alarms import AlarmRoute, FunctionAlarmSettings, Profile
from tests.alarms.watch.watched_app import (
    a_function,
    a_queue,
    app_of,
    included,
    new_stack,
    summary,
    template,
    watch,
    watched,
)
from tests.synthesis import read_template

ALARMS = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm", "AWS::Logs::MetricFilter")
COMPLETE = {"**": FunctionAlarmSettings(profile=Profile.COMPLETE)}


def condition(stack: cdk.Stack, name: str = "Wanted") -> cdk.CfnCondition:
    given = cdk.CfnParameter(stack, f"{name}Given", default="no")
    return cdk.CfnCondition(stack, name, expression=cdk.Fn.condition_equals(given.value_as_string, "yes"))


def put(construct: IConstruct, under: cdk.CfnCondition) -> None:
    resource = construct.node.default_child
    assert isinstance(resource, cdk.CfnResource)
    resource.cfn_options.condition = under


def conditions(resources: dict[str, Any], *types: str, of: str = "") -> set[str | None]:
    return {each.get("Condition") for key, each in resources.items() if each["Type"] in types and of in key}


def test_alarms_are_made_where_what_they_watch_is() -> None:
    stack = new_stack()
    put(a_function(stack, "Sometimes"), condition(stack))
    a_queue(stack, "Always")
    found = watched(stack).resources

    assert conditions(found, *ALARMS, of="WatchSometimes") == {"Wanted"}
    assert conditions(found, *ALARMS, of="WatchAlways") == {None}
    assert conditions(found, "AWS::SNS::Topic", "AWS::SNS::TopicPolicy", "AWS::KMS::Key") == {None}


def test_so_are_the_alarms_of_a_template_that_is_included(tmp_path: Path) -> None:
    stack = new_stack()
    queue = {"Type": "AWS::SQS::Queue", "Condition": "Wanted"}
    included(stack, {"Queue": queue}, tmp_path, Conditions={"Wanted": {"Fn::Equals": ["a", "b"]}})

    assert conditions(watched(stack).resources, *ALARMS) == {"Wanted"}


def test_the_permission_to_call_a_function_is_given_where_the_alarm_is() -> None:
    stack = new_stack()
    called = a_function(stack, "Called")
    put(a_queue(stack, "Sometimes"), condition(stack))
    a_queue(stack, "Always")
    action = cloudwatch_actions.LambdaAction(called, use_unique_permission_id=True)
    watch(stack, exclude=["Stack/Called"], route=lambda _: AlarmRoute(alarm=[action]))
    found = template(stack).resources

    assert conditions(found, "AWS::Lambda::Permission", of="WatchSometimes") == {"Wanted"}
    assert conditions(found, "AWS::Lambda::Permission", of="WatchAlways") == {None}


def test_a_nested_stack_holds_alarms_of_one_condition_and_is_under_it() -> None:
    stack = new_stack()
    wanted = condition(stack)
    for name in ("First", "Second"):
        put(a_queue(stack, name), wanted)
    put(a_queue(stack, "Third"), condition(stack, "Other"))
    a_queue(stack, "Always")
    for number in range(488):
        ssm.CfnParameter(stack, f"Filler{number}", type="String", value="x")
    watch(stack, nested_stacks=True)
    stacks = template(stack).of_type("AWS::CloudFormation::Stack")

    assert sorted(str(each.get("Condition")) for each in stacks.values()) == ["None", "Other", "Wanted"]
    for path in Path(app_of(stack).outdir).glob("*.nested.template.json"):
        assert conditions(read_template(path).resources, *ALARMS) == {None}


@pytest.mark.parametrize(("under", "alarms"), [("Wanted", {"Wanted"}), ("Other", set())])
def test_log_lines_are_counted_where_the_log_group_is_whenever_the_function_is(
    under: str, alarms: set[str]
) -> None:
    stack = new_stack()
    known = {"Wanted": condition(stack), "Other": condition(stack, "Other")}
    group = logs.LogGroup(stack, "Logs")
    function = a_function(stack, logging_format=lambda_.LoggingFormat.JSON, log_group=group)
    put(function, known["Wanted"])
    put(group, known[under])
    watch(stack, settings=COMPLETE)
    found = template(stack).resources

    assert conditions(found, "AWS::Logs::MetricFilter") == alarms
    assert ("has a log group under a condition of its own" in summary(stack)) is (not alarms)
