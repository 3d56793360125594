import re
from collections.abc import Callable, Sequence
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Match
from aws_cdk.interfaces.aws_cloudwatch import IAlarmRef

from constructs_lib.checks import ConfigurationError
from constructs_lib.function import SafeDeployment, add_safe_deployment
from tests.functions import hardened, plain_function
from tests.gates import findings
from tests.graph import circle
from tests.synthesis import fresh_stack, synthesize

GROUP = "AWS::CodeDeploy::DeploymentGroup"
PATH = r"^Stack/Deployment: "


@pytest.fixture
def stack() -> cdk.Stack:
    return fresh_stack()


@pytest.fixture
def alias(stack: cdk.Stack) -> lambda_.Alias:
    return plain_function(stack).add_alias("live")


def error_alarm(stack: cdk.Stack, alias: lambda_.Alias, name: str = "Errors") -> cloudwatch.Alarm:
    return alias.metric_errors().create_alarm(stack, name, threshold=1, evaluation_periods=1)


def test_traffic_moves_a_tenth_first_and_back_on_an_alarm(stack: cdk.Stack, alias: lambda_.Alias) -> None:
    add_safe_deployment(stack, "Deployment", alias=alias, alarms=[error_alarm(stack, alias)])

    found = synthesize(stack)

    found.template.has_resource_properties(
        GROUP,
        {
            "AlarmConfiguration": {
                "Enabled": True,
                "Alarms": [{"Name": {"Ref": found.only_id("AWS::CloudWatch::Alarm")}}],
                "IgnorePollAlarmFailure": Match.absent(),
            },
            "AutoRollbackConfiguration": {
                "Enabled": True,
                "Events": Match.array_with(["DEPLOYMENT_STOP_ON_ALARM"]),
            },
            "DeploymentConfigName": "CodeDeployDefault.LambdaCanary10Percent5Minutes",
            "DeploymentStyle": {
                "DeploymentOption": "WITH_TRAFFIC_CONTROL",
                "DeploymentType": "BLUE_GREEN",
            },
        },
    )
    (shifted,) = found.of_type("AWS::Lambda::Alias").values()
    assert shifted["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]["DeploymentGroupName"] == {
        "Ref": found.only_id(GROUP)
    }
    assert circle(found.resources) == []


@pytest.mark.parametrize(
    ("config", "name"),
    [
        (codedeploy.LambdaDeploymentConfig.ALL_AT_ONCE, "LambdaAllAtOnce"),
        (
            codedeploy.LambdaDeploymentConfig.LINEAR_10_PERCENT_EVERY_1_MINUTE,
            "LambdaLinear10PercentEvery1Minute",
        ),
    ],
)
def test_traffic_moves_as_it_is_told(
    stack: cdk.Stack, alias: lambda_.Alias, config: codedeploy.ILambdaDeploymentConfig, name: str
) -> None:
    add_safe_deployment(
        stack,
        "Deployment",
        alias=alias,
        alarms=[error_alarm(stack, alias)],
        settings=SafeDeployment(config=config),
    )

    assert synthesize(stack).only(GROUP)["DeploymentConfigName"] == f"CodeDeployDefault.{name}"


def test_hooks_run_before_and_after_and_nothing_else_may_be_invoked(
    stack: cdk.Stack, alias: lambda_.Alias
) -> None:
    before, after = plain_function(stack, "Before"), plain_function(stack, "After").add_alias("live")
    add_safe_deployment(
        stack,
        "Deployment",
        alias=alias,
        alarms=[error_alarm(stack, alias)],
        settings=SafeDeployment(pre_traffic_hook=before, post_traffic_hook=after),
    )

    found = synthesize(stack)

    update = next(
        resource["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
        for resource in found.of_type("AWS::Lambda::Alias").values()
        if "UpdatePolicy" in resource
    )
    assert update["BeforeAllowTrafficHook"] == {"Ref": found.only_id("AWS::Lambda::Function", under="Before")}
    assert "AfterAllowTrafficHook" in update
    (shifted,) = (each for each in found.of_type("AWS::Lambda::Alias").values() if "UpdatePolicy" in each)
    policy = found.only_id("AWS::IAM::Policy", under="SafeDeployments")
    assert policy in shifted["DependsOn"], "no deployment begins before the hooks may be invoked"
    for hook in ("Before", "After"):
        (report,) = found.only("AWS::IAM::Policy", under=hook)["PolicyDocument"]["Statement"]
        assert report["Action"] == "codedeploy:PutLifecycleEventHookExecutionStatus"
    assert circle(found.resources) == []
    statements = found.only("AWS::IAM::Policy", under="SafeDeployments")["PolicyDocument"]["Statement"]
    assert {statement["Action"] for statement in statements} == {"lambda:InvokeFunction"}
    assert [statement["Resource"] for statement in statements] == [
        {"Fn::GetAtt": [found.only_id("AWS::Lambda::Function", under="Before"), "Arn"]},
        {"Ref": found.only_id("AWS::Lambda::Alias", under="After")},
    ]


def test_the_functions_of_a_stack_share_one_application_and_one_role(
    stack: cdk.Stack, alias: lambda_.Alias
) -> None:
    other = plain_function(stack, "Other").add_alias("live")
    for name, each in (("Deployment", alias), ("OtherDeployment", other)):
        add_safe_deployment(stack, name, alias=each, alarms=[error_alarm(stack, each, f"{name}Errors")])

    found = synthesize(stack)

    found.template.resource_count_is(GROUP, 2)
    found.template.resource_count_is("AWS::CodeDeploy::Application", 1)
    role = found.only("AWS::IAM::Role", under="SafeDeployments")
    (managed,) = role["ManagedPolicyArns"]
    assert "service-role/AWSCodeDeployRoleForLambdaLimited" in str(managed)


def test_cdk_nag_has_nothing_to_say_about_what_is_shared(stack: cdk.Stack, alias: lambda_.Alias) -> None:
    hook = plain_function(stack, "Hook")
    settings = SafeDeployment(pre_traffic_hook=hook)
    add_safe_deployment(
        stack, "Deployment", alias=alias, alarms=[error_alarm(stack, alias)], settings=settings
    )

    found = findings(stack.node.root)  # type: ignore[arg-type] # the root is the app

    assert not [each for each in found if any("SafeDeployments" in place for place in each.constructs)]


def queue_alarm(stack: cdk.Stack) -> cloudwatch.Alarm:
    metric = sqs.Queue(stack, "Queue").metric_approximate_number_of_messages_visible()
    return metric.create_alarm(stack, "Depth", threshold=1, evaluation_periods=1)


def queue_alarm_l1(stack: cdk.Stack) -> cloudwatch.CfnAlarm:
    return cloudwatch.CfnAlarm(
        stack,
        "Depth",
        namespace="AWS/SQS",
        metric_name="ApproximateNumberOfMessagesVisible",
        comparison_operator="GreaterThanThreshold",
        evaluation_periods=1,
    )


def math_alarm(stack: cdk.Stack) -> cloudwatch.Alarm:
    depth = sqs.Queue(stack, "Queue").metric_approximate_number_of_messages_visible()
    inner = cloudwatch.MathExpression(expression="depth * 2", using_metrics={"depth": depth})
    outer = cloudwatch.MathExpression(expression="inner + 1", using_metrics={"inner": inner})
    return outer.create_alarm(stack, "Depth", threshold=1, evaluation_periods=1)


def math_alarm_l1(stack: cdk.Stack) -> cloudwatch.CfnAlarm:
    metric = cloudwatch.CfnAlarm.MetricProperty(namespace="AWS/SQS", metric_name="Any")
    stat = cloudwatch.CfnAlarm.MetricStatProperty(metric=metric, period=60, stat="Sum")
    query = cloudwatch.CfnAlarm.MetricDataQueryProperty(id="depth", metric_stat=stat)
    return cloudwatch.CfnAlarm(
        stack,
        "Depth",
        metrics=[query],
        comparison_operator="GreaterThanThreshold",
        evaluation_periods=1,
    )


def many_alarms(stack: cdk.Stack, count: int) -> list[cloudwatch.CfnAlarm]:
    return [
        cloudwatch.CfnAlarm(
            stack, f"Alarm{number}", comparison_operator="GreaterThanThreshold", evaluation_periods=1
        )
        for number in range(count)
    ]


@pytest.mark.parametrize(
    ("alarms", "message"),
    [
        (lambda _: [], "deployment has 0 rollback alarms. Give 1 to 10"),
        (lambda stack: many_alarms(stack, 11), "deployment has 11 rollback alarms. Give 1 to 10"),
        (
            lambda stack: [queue_alarm(stack)],
            "deployment has a rollback alarm on a queue",
        ),
        (lambda stack: [queue_alarm_l1(stack)], "deployment has a rollback alarm on a queue"),
        (lambda stack: [math_alarm(stack)], "deployment has a rollback alarm on a queue"),
        (lambda stack: [math_alarm_l1(stack)], "deployment has a rollback alarm on a queue"),
    ],
)
def test_fails_on_alarms_that_cannot_decide(
    stack: cdk.Stack,
    alias: lambda_.Alias,
    alarms: Callable[[cdk.Stack], Sequence[IAlarmRef]],
    message: str,
) -> None:
    given = alarms(stack)

    with pytest.raises(ConfigurationError, match=PATH + re.escape(message)):
        add_safe_deployment(stack, "Deployment", alias=alias, alarms=given)

    assert stack.node.try_find_child("Deployment") is None
    assert stack.node.try_find_child("SafeDeployments") is None


def test_ten_alarms_are_not_too_many(stack: cdk.Stack, alias: lambda_.Alias) -> None:
    group = add_safe_deployment(stack, "Deployment", alias=alias, alarms=many_alarms(stack, 10))

    assert group.node.path == "Stack/Deployment"


def test_fails_on_a_second_group_for_one_alias(stack: cdk.Stack, alias: lambda_.Alias) -> None:
    alarms = [error_alarm(stack, alias)]
    add_safe_deployment(stack, "First", alias=alias, alarms=alarms)

    with pytest.raises(
        ConfigurationError, match=PATH + "the alias Stack/Plain/Aliaslive has a deployment group"
    ):
        add_safe_deployment(stack, "Deployment", alias=alias, alarms=alarms)

    assert stack.node.try_find_child("Deployment") is None


def test_fails_where_the_alias_or_a_hook_stands_in_another_stack(
    stack: cdk.Stack, alias: lambda_.Alias
) -> None:
    other = cdk.Stack(cdk.App.of(stack), "Other")
    alarm = error_alarm(stack, alias)
    hooks = SafeDeployment(pre_traffic_hook=plain_function(other, "Hook"))

    with pytest.raises(
        ConfigurationError, match=r"^Other/Deployment: deployment is in another stack than Stack/"
    ):
        add_safe_deployment(other, "Deployment", alias=alias, alarms=[alarm])
    with pytest.raises(ConfigurationError, match=PATH + "deployment is in another stack than Other/Hook"):
        add_safe_deployment(stack, "Deployment", alias=alias, alarms=[alarm], settings=hooks)

    assert stack.node.try_find_child("Deployment") is None


def test_fails_on_a_construct_in_place_of_a_function(stack: cdk.Stack, alias: lambda_.Alias) -> None:
    hook: Any = hardened(stack, "Hook")

    with pytest.raises(ConfigurationError, match=r"deployment\.pre_traffic_hook is .*Give a function of CDK"):
        add_safe_deployment(
            stack,
            "Deployment",
            alias=alias,
            alarms=[error_alarm(stack, alias)],
            settings=SafeDeployment(pre_traffic_hook=hook),
        )


def on_alias_name(alias: lambda_.Alias) -> cloudwatch.Metric:
    dimensions = {"FunctionName": alias.function_name}
    return cloudwatch.Metric(namespace="AWS/Lambda", metric_name="Errors", dimensions_map=dimensions)


def of_cdk(stack: cdk.Stack, metric: cloudwatch.Metric) -> IAlarmRef:
    return cloudwatch.Alarm(stack, "Circle", metric=metric, threshold=1, evaluation_periods=1)


def by_math(stack: cdk.Stack, metric: cloudwatch.Metric) -> IAlarmRef:
    doubled = cloudwatch.MathExpression(expression="2 * errors", using_metrics={"errors": metric})
    return cloudwatch.Alarm(stack, "Circle", metric=doubled, threshold=1, evaluation_periods=1)


def of_cloudformation(stack: cdk.Stack, metric: cloudwatch.Metric) -> IAlarmRef:
    return cloudwatch.CfnAlarm(
        stack,
        "Circle",
        comparison_operator="GreaterThanOrEqualToThreshold",
        evaluation_periods=1,
        threshold=1,
        namespace=metric.namespace,
        metric_name=metric.metric_name,
        period=60,
        statistic="Sum",
        dimensions=[
            cloudwatch.CfnAlarm.DimensionProperty(name=name, value=value)
            for name, value in (metric.dimensions or {}).items()
        ],
    )


@pytest.mark.parametrize("make", [of_cdk, by_math, of_cloudformation])
def test_fails_on_an_alarm_that_needs_the_alias_it_decides_on(
    stack: cdk.Stack, alias: lambda_.Alias, make: Callable[[cdk.Stack, cloudwatch.Metric], IAlarmRef]
) -> None:
    alarm = make(stack, on_alias_name(alias))

    with pytest.raises(
        ConfigurationError, match=PATH + r"deployment has a rollback alarm on the alias itself"
    ):
        add_safe_deployment(stack, "Deployment", alias=alias, alarms=[alarm])

    assert stack.node.try_find_child("Deployment") is None


def test_an_alarm_on_the_name_of_another_alias_is_no_circle(stack: cdk.Stack, alias: lambda_.Alias) -> None:
    other = plain_function(stack, "Other").add_alias("live")

    add_safe_deployment(stack, "Deployment", alias=alias, alarms=[of_cdk(stack, on_alias_name(other))])

    assert circle(synthesize(stack).resources) == []
