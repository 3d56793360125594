"""How do I put an HTTP API before it? Give the API the alias: it then follows every safe deployment."""

import json
from pathlib import Path
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_logs as logs

from constructs_lib.bundling import PythonCode
from constructs_lib.resilient_function import ResilientFunction

HANDLERS = Path(__file__).parent / "handlers"
ACCESS_LOG = {name: f"$context.{name}" for name in ("requestId", "routeKey", "status", "responseLatency")}


def build(app: cdk.App) -> None:
    """An API with one route, signed requests, throttling and access logs."""
    stack = cdk.Stack(app, "BehindHttpApi")
    take_order = ResilientFunction(
        stack,
        "TakeOrder",
        code=PythonCode.from_folder(HANDLERS / "orders"),
        handler="orders.handler",
    )
    api = apigateway.HttpApi(
        stack, "Api", default_authorizer=authorizers.HttpIamAuthorizer(), create_default_stage=False
    )
    api.add_routes(
        path="/orders",
        methods=[apigateway.HttpMethod.POST],
        integration=integrations.HttpLambdaIntegration("TakeOrder", take_order.alias),
    )
    throttle = apigateway.ThrottleSettings(rate_limit=100, burst_limit=200)
    stage = apigateway.HttpStage(stack, "Stage", http_api=api, auto_deploy=True, throttle=throttle)
    access_logs = logs.LogGroup(stack, "AccessLogs", retention=logs.RetentionDays.THREE_MONTHS)
    resource = cast("apigateway.CfnStage", stage.node.default_child)
    resource.access_log_settings = apigateway.CfnStage.AccessLogSettingsProperty(
        destination_arn=access_logs.log_group_arn, format=json.dumps(ACCESS_LOG)
    )
    cdk.CfnOutput(stack, "Url", value=api.api_endpoint)


if __name__ == "__main__":
    app = cdk.App()
    build(app)
    app.synth()
