"""Everything that uses a resilient function goes through its alias."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs

from constructs_lib.resilient_function import ResilientFunction
from tests.functions import default_function, plain_function
from tests.graph import circle, references
from tests.synthesis import fresh_stack, synthesize

ALIAS = "AWS::Lambda::Alias"
POLICY = "AWS::IAM::Policy"


@pytest.fixture
def stack() -> cdk.Stack:
    return fresh_stack()


@pytest.fixture
def function(stack: cdk.Stack) -> ResilientFunction:
    return default_function(stack)


def test_a_table_grants_to_it_directly(stack: cdk.Stack, function: ResilientFunction) -> None:
    partition_key = dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
    table = dynamodb.TableV2(stack, "Table", partition_key=partition_key)
    table.grant_read_data(function)

    found = synthesize(stack)

    policy = found.only(POLICY, under="OrdersRole")
    assert "dynamodb:GetItem" in str(policy["PolicyDocument"])
    assert policy["Roles"] == [{"Ref": found.only_id("AWS::IAM::Role", under="Orders")}]


def test_callers_may_invoke_the_alias_and_nothing_else(stack: cdk.Stack, function: ResilientFunction) -> None:
    function.grant_invoke(plain_function(stack, "Caller"))

    found = synthesize(stack)

    (statement,) = found.only(POLICY, under="Caller")["PolicyDocument"]["Statement"]
    assert statement["Action"] == "lambda:InvokeFunction"
    assert statement["Resource"] == {"Ref": found.only_id(ALIAS)}


def test_event_sources_feed_the_alias(stack: cdk.Stack, function: ResilientFunction) -> None:
    function.add_event_source(
        sources.SqsEventSource(sqs.Queue(stack, "Inbox"), report_batch_item_failures=True)
    )

    found = synthesize(stack)

    mapping = found.only("AWS::Lambda::EventSourceMapping")
    assert found.only_id(ALIAS) in references(mapping["FunctionName"])
    assert circle(found.resources) == []


def test_a_function_url_belongs_to_the_alias_and_lets_in_only_who_signs(
    stack: cdk.Stack, function: ResilientFunction
) -> None:
    function.add_function_url()

    found = synthesize(stack)

    url = found.only("AWS::Lambda::Url")
    assert url["AuthType"] == "AWS_IAM"
    assert url["Qualifier"] == "live"
    assert "Cors" not in url


def test_an_open_function_url_is_asked_for_by_name(stack: cdk.Stack, function: ResilientFunction) -> None:
    function.add_function_url(
        auth_type=lambda_.FunctionUrlAuthType.NONE,
        cors=lambda_.FunctionUrlCorsOptions(allowed_origins=["https://example.com"]),
        invoke_mode=lambda_.InvokeMode.RESPONSE_STREAM,
    )

    url = synthesize(stack).only("AWS::Lambda::Url")

    assert (url["AuthType"], url["InvokeMode"]) == ("NONE", "RESPONSE_STREAM")
    assert url["Cors"]["AllowOrigins"] == ["https://example.com"]


def test_an_http_api_invokes_the_alias(stack: cdk.Stack, function: ResilientFunction) -> None:
    api = apigateway.HttpApi(stack, "Api")
    integration = integrations.HttpLambdaIntegration("Orders", function.alias)
    api.add_routes(path="/orders", integration=integration)

    found = synthesize(stack)

    alias = found.only_id(ALIAS)
    assert alias in references(found.only("AWS::ApiGatewayV2::Integration")["IntegrationUri"])
    assert alias in references(found.only("AWS::Lambda::Permission")["FunctionName"])
    assert circle(found.resources) == []


def test_a_new_environment_variable_is_published_as_a_new_version() -> None:
    versions = []
    for value in (None, "orders", "payments"):
        stack = fresh_stack()
        function = default_function(stack)
        if value is not None:
            function.add_environment("TABLE", value)
        versions.append(synthesize(stack).only_id("AWS::Lambda::Version"))

    assert len(set(versions)) == 3


def test_a_statement_for_the_role_stands_in_its_own_policy(
    stack: cdk.Stack, function: ResilientFunction
) -> None:
    function.add_to_role_policy(
        iam.PolicyStatement(actions=["s3:GetObject"], resources=["arn:aws:s3:::orders/*"])
    )

    assert "s3:GetObject" in str(synthesize(stack).only(POLICY))


@pytest.mark.parametrize(
    ("name", "metric", "statistic"),
    [
        ("metric_invocations", "Invocations", "Sum"),
        ("metric_errors", "Errors", "Sum"),
        ("metric_throttles", "Throttles", "Sum"),
        ("metric_duration", "Duration", "Average"),
    ],
)
def test_metrics_are_those_of_the_alias(
    stack: cdk.Stack, function: ResilientFunction, name: str, metric: str, statistic: str
) -> None:
    found: cloudwatch.Metric = getattr(function, name)()
    other: cloudwatch.Metric = getattr(function, name)(statistic="Maximum", period=cdk.Duration.minutes(1))

    assert (found.namespace, found.metric_name, found.statistic) == ("AWS/Lambda", metric, statistic)
    assert (other.statistic, other.period.to_seconds()) == ("Maximum", 60)
    assert _dimensions(stack, found).keys() == {"FunctionName", "Resource"}
    assert ":live" in str(_dimensions(stack, found)["Resource"])


def test_any_other_metric_is_that_of_the_alias_too(stack: cdk.Stack, function: ResilientFunction) -> None:
    found = function.metric("ClaimedAccountConcurrency", statistic="Maximum")

    assert found.metric_name == "ClaimedAccountConcurrency"
    assert ":live" in str(_dimensions(stack, found)["Resource"])


def test_a_dashboard_takes_its_alarms(stack: cdk.Stack, function: ResilientFunction) -> None:
    health = function.alarms.health
    assert health is not None
    widget = cloudwatch.AlarmStatusWidget(alarms=[health])
    cloudwatch.Dashboard(stack, "Dashboard", widgets=[[widget]])

    found = synthesize(stack)

    shown = set(references(found.only("AWS::CloudWatch::Dashboard")))
    assert found.only_id("AWS::CloudWatch::CompositeAlarm") in shown


def _dimensions(stack: cdk.Stack, metric: cloudwatch.Metric) -> dict[str, Any]:
    resolved: dict[str, Any] = stack.resolve(metric.dimensions)
    return resolved
