"""What has alarms already is left alone, wherever these stand and however they name it."""

from collections.abc import Callable

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_applicationautoscaling as autoscaling
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_notifications as notifications
from aws_cdk import aws_sns as sns
from aws_cdk import custom_resources as custom
from constructs import Construct

from constructs_lib.alarms import AlarmRoute, AlarmTopic
from constructs_lib.alarms.routing.state_change import StateChange
from constructs_lib.resilient_function import ResilientFunction
from tests.alarms.watch.watched_app import (
    ALARM,
    FUNCTION_ID,
    a_function,
    a_queue,
    alarms_of,
    app_of,
    new_stack,
    summary,
    template,
    watch,
    watched,
)
from tests.synthesis import some_code


def by_metric(stack: cdk.Stack, function: lambda_.Function) -> None:
    function.metric_errors().create_alarm(stack, "Mine", threshold=1, evaluation_periods=1)


def by_math(stack: cdk.Stack, function: lambda_.Function) -> None:
    rate = cloudwatch.MathExpression(
        expression="100 * errors / all",
        using_metrics={"errors": function.metric_errors(), "all": function.metric_invocations()},
    )
    rate.create_alarm(stack, "Mine", threshold=1, evaluation_periods=1)


def by_expression(stack: cdk.Stack, function: lambda_.Function) -> None:
    search = f"SEARCH('{{AWS/Lambda,FunctionName}} FunctionName=\"{function.function_name}\"', 'Sum', 60)"
    metric = cloudwatch.CfnAlarm.MetricDataQueryProperty(id="m", expression=f"SUM({search})")
    cloudwatch.CfnAlarm(
        stack,
        "Mine",
        comparison_operator="GreaterThanThreshold",
        evaluation_periods=1,
        threshold=1,
        metrics=[metric],
    )


def by_anomaly(stack: cdk.Stack, function: lambda_.Function) -> None:
    cloudwatch.AnomalyDetectionAlarm(
        stack, "Mine", metric=function.metric_duration(), evaluation_periods=1, std_devs=2
    )


def by_alias(stack: cdk.Stack, function: lambda_.Function) -> None:
    alias = function.add_alias("live")
    alias.metric_errors().create_alarm(stack, "Mine", threshold=1, evaluation_periods=1)


def by_name_of_alias(stack: cdk.Stack, function: lambda_.Function) -> None:
    # A name made of the alias's ARN by Select and Split.
    alarm(stack, {"FunctionName": function.add_alias("live").function_name})


def by_version(stack: cdk.Stack, function: lambda_.Function) -> None:
    function.current_version.metric_errors().create_alarm(stack, "Mine", threshold=1, evaluation_periods=1)


def by_resource(stack: cdk.Stack, function: lambda_.Function) -> None:
    resource = function.node.default_child
    assert isinstance(resource, lambda_.CfnFunction)
    alarm(stack, {"FunctionName": resource.ref})


def from_another_stack(stack: cdk.Stack, function: lambda_.Function) -> None:
    by_metric(cdk.Stack(app_of(stack), "Other"), function)


def from_a_nested_stack(stack: cdk.Stack, function: lambda_.Function) -> None:
    by_metric(cdk.NestedStack(stack, "Inner"), function)


def alarm(stack: cdk.Stack, dimensions: dict[str, str], metric: str = "Errors") -> cloudwatch.Alarm:
    return cloudwatch.Alarm(
        stack,
        "Mine",
        metric=cloudwatch.Metric(namespace="AWS/Lambda", metric_name=metric, dimensions_map=dimensions),
        threshold=1,
        evaluation_periods=1,
    )


@pytest.mark.parametrize(
    "add",
    [
        by_metric,
        by_math,
        by_expression,
        by_anomaly,
        by_alias,
        by_name_of_alias,
        by_version,
        by_resource,
        from_another_stack,
        from_a_nested_stack,
    ],
)
def test_a_function_that_an_alarm_refers_to_is_left_alone(
    add: Callable[[cdk.Stack, lambda_.Function], None],
) -> None:
    stack = new_stack()
    add(stack, a_function(stack))
    a_function(stack, "Other")
    found = watched(stack)

    assert not alarms_of(found, FUNCTION_ID)
    assert alarms_of(found, "Other")
    assert "has alarms: Stack/Function" in summary(stack)


@pytest.mark.parametrize(
    ("name", "left_alone"),
    [("orders", True), ("orders-2", False), (cdk.Fn.sub("x-${AWS::StackName}"), False)],
    ids=["its own", "another's", "a token"],  # a token's text differs from run to run
)
def test_an_alarm_on_the_name_of_a_function_is_one_on_it(name: str, left_alone: bool) -> None:  # noqa: FBT001 - a pytest parameter
    stack = new_stack()
    a_function(stack, function_name="orders")
    alarm(stack, {"FunctionName": name})

    assert bool(alarms_of(watched(stack), FUNCTION_ID)) != left_alone


def test_an_alarm_on_a_name_that_is_made_at_deployment_is_one_on_what_has_it() -> None:
    stack = new_stack()
    a_function(stack, function_name=cdk.Fn.sub("orders-${AWS::Region}"))
    alarm(stack, {"FunctionName": cdk.Fn.sub("orders-${AWS::Region}")})

    assert not alarms_of(watched(stack), FUNCTION_ID)


def test_a_name_means_what_is_in_the_same_account_and_region() -> None:
    stack = new_stack(env=cdk.Environment(account="111111111111", region="us-east-1"))
    a_function(stack, function_name="orders")
    elsewhere = cdk.Environment(account="111111111111", region="eu-west-1")
    alarm(cdk.Stack(app_of(stack), "Abroad", env=elsewhere), {"FunctionName": "orders"})

    assert alarms_of(watched(stack), FUNCTION_ID)


def test_a_name_means_resources_of_the_kind_that_the_dimension_is_of() -> None:
    stack = new_stack()
    a_queue(stack, queue_name="orders")
    alarm(stack, {"FunctionName": "orders"})

    assert alarms_of(watched(stack), "Queue")


def test_an_alarm_on_one_of_two_equal_stacks_leaves_the_other_to_be_watched() -> None:
    first = new_stack("First")
    second = cdk.Stack(app_of(first), "Second")
    a_function(first)
    seen = a_function(second)  # the same logical id
    by_metric(cdk.Stack(app_of(first), "Alarms"), seen)
    watch(first)

    assert alarms_of(template(first), FUNCTION_ID)
    assert not alarms_of(template(second), FUNCTION_ID)


def test_an_alarm_in_one_of_two_equal_stacks_on_the_other_counts_for_the_other_alone() -> None:
    first = new_stack("First")
    second = cdk.Stack(app_of(first), "Second")
    a_function(first)
    by_metric(first, a_function(second))
    watch(first)

    assert alarms_of(template(first), FUNCTION_ID)
    assert not alarms_of(template(second), FUNCTION_ID)


def test_an_alarm_that_only_scales_tells_nobody() -> None:
    stack = new_stack()
    function = a_function(stack)
    target = autoscaling.ScalableTarget(
        stack,
        "Target",
        service_namespace=autoscaling.ServiceNamespace.LAMBDA,
        min_capacity=1,
        max_capacity=5,
        resource_id="function:x:live",
        scalable_dimension="lambda:function:ProvisionedConcurrency",
    )
    target.scale_on_metric(
        "Scale",
        metric=function.metric_duration(),
        scaling_steps=[
            autoscaling.ScalingInterval(upper=100, change=-1),
            autoscaling.ScalingInterval(lower=500, change=1),
        ],
    )
    found = watched(stack)

    assert alarms_of(found, FUNCTION_ID)


@pytest.mark.parametrize("metric", ["IteratorAge", "Errors"])
def test_a_stream_of_a_function_is_watched_unless_its_age_is(metric: str) -> None:
    stack = new_stack()
    function = a_function(stack)
    function.add_event_source(
        sources.KinesisEventSource(
            kinesis.Stream(stack, "Stream"), starting_position=lambda_.StartingPosition.LATEST
        )
    )
    alarm(stack, {"FunctionName": function.function_name}, metric)
    found = watched(stack).of_type(ALARM)

    ages = [each for each in found.values() if each["Properties"].get("MetricName") == "IteratorAge"]
    assert len(ages) == 1


def test_what_this_library_protects_is_left_alone() -> None:
    stack = new_stack()
    protected = ResilientFunction(
        stack, "Protected", code=some_code(), handler="index.handler", runtime=lambda_.Runtime.PYTHON_3_14
    )
    assert protected.dead_letter_queue is not None

    assert not alarms_of(watched(stack), "")


def test_a_rest_api_with_an_alarm_on_its_name_is_left_alone() -> None:
    stack = new_stack()
    api = apigateway.RestApi(stack, "Rest", rest_api_name="shop")
    api.root.add_method("GET", apigateway.MockIntegration())
    api.metric_server_error().create_alarm(stack, "Mine", threshold=1, evaluation_periods=1)

    assert not alarms_of(watched(stack), "Rest")


def cdks_own(stack: cdk.Stack) -> None:
    function = a_function(stack)
    bucket = s3.Bucket(stack, "Bucket", removal_policy=cdk.RemovalPolicy.DESTROY, auto_delete_objects=True)
    bucket.add_event_notification(s3.EventType.OBJECT_CREATED, notifications.LambdaDestination(function))
    custom.Provider(stack, "Provider", on_event_handler=function, is_complete_handler=function)
    custom.AwsCustomResource(
        stack,
        "Call",
        on_create=custom.AwsSdkCall(
            service="S3", action="listBuckets", physical_resource_id=custom.PhysicalResourceId.of("x")
        ),
        policy=custom.AwsCustomResourcePolicy.from_sdk_calls(resources=["*"]),
    )


def test_what_cdk_makes_for_its_custom_resources_is_left_out_and_said() -> None:
    stack = new_stack()
    cdks_own(stack)
    found = watched(stack)

    assert set(found.of_type(ALARM)) == set(found.of_type(ALARM, under=f"Watch{FUNCTION_ID}"))
    for name in ("BucketNotificationsHandler", "framework-onTimeout", "waiter-state-machine", "AWS679f53"):
        assert name in summary(stack)


def test_what_cdk_makes_for_itself_can_be_watched_too() -> None:
    stack = new_stack()
    cdks_own(stack)

    sets = watched(stack, helpers=True).of_type("AWS::CloudWatch::CompositeAlarm")
    assert len(sets) == 1 + 3 + 1 + 3  # the function, three of the framework, its workflow, three singletons


def test_the_topic_that_alarms_notify_is_not_watched_by_alarms_that_notify_it() -> None:
    stack = new_stack()
    a_function(stack)
    AlarmTopic.of(stack)  # made by the app, so that it is there before

    assert not [key for key in watched(stack).of_type(ALARM) if "Topic" in key]


def test_a_topic_of_the_apps_own_route_is_not_watched_either() -> None:
    stack = new_stack()
    a_function(stack)
    mine = sns.Topic(stack, "Mine")
    sns.Topic(stack, "Orders")
    found = watched(stack, route=lambda of: AlarmRoute.to_topic(mine) if of is stack else None)

    assert not alarms_of(found, "Mine")
    assert alarms_of(found, "Orders")
    assert "is what alarms notify: Stack/Mine" in summary(stack)


def test_a_topic_that_other_alarms_notify_is_not_watched() -> None:
    stack = new_stack()
    mine = sns.Topic(stack, "Ops")
    alarm(stack, {"FunctionName": "x"}).add_alarm_action(actions.SnsAction(mine))

    assert not alarms_of(watched(stack), "Ops")


def test_a_rule_that_catches_alarms_is_part_of_them() -> None:
    stack = new_stack()
    a_function(stack)
    queue = a_queue(stack)
    change = StateChange(targets=[targets.SqsQueue(queue)])
    watch(stack, route=lambda _: AlarmRoute(alarm=[change]))
    first = template(stack).resources
    again = template(stack).resources

    assert again.keys() == first.keys()
    assert not [key for key in first if "FailedInvocations" in key]


def test_an_alarm_of_a_rule_that_the_app_has_is_found() -> None:
    stack = new_stack()
    rule = events.Rule(stack, "Rule", schedule=events.Schedule.rate(cdk.Duration.days(1)))
    alarm(stack, {"RuleName": rule.rule_name}, "FailedInvocations")

    assert not alarms_of(watched(stack), "Rule")


class Heartbeat(Construct):
    """What alarms need a function for."""

    WATCHES_ITSELF = True


def test_what_says_that_it_watches_itself_is_part_of_alarms() -> None:
    stack = new_stack()
    a_function(Heartbeat(stack, "Heartbeat"))
    a_function(stack)
    found = watched(stack)

    assert alarms_of(found, "Function")
    assert not alarms_of(found, "Heartbeat")
