"""How does a service run in two Regions under one name? Write what is in one; the app makes both, and the name."""

from pathlib import Path
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as api_v2
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_logs as logs
from aws_cdk import aws_route53 as route53
from aws_cdk.aws_apigatewayv2_authorizers import HttpIamAuthorizer
from aws_cdk.aws_apigatewayv2_integrations import HttpLambdaIntegration

from constructs_lib import failover
from constructs_lib.bundling import PythonCode
from constructs_lib.resilient_function import ResilientFunction

CODE = PythonCode.from_folder(Path(__file__).parent / "handlers" / "orders")
ACCESS_LOG = '{"request": "$context.requestId", "route": "$context.routeKey", "status": "$context.status"}'


def _region(place: failover.RegionScope) -> failover.RegionalService:
    stack = cdk.Stack(place.scope, place.construct_id, **place.settings)
    if place.primary is None:
        key = dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
        tables = failover.ReplicatedTable(stack, "Table", partition_key=key, replicas=[place.other_region])
    else:
        tables = cast("failover.ReplicatedTable", place.primary.node.find_child("Table"))
    table = tables.replica(place.region)
    orders = ResilientFunction(
        stack, "Orders", code=CODE, handler="orders.handler", environment={"TABLE_NAME": table.table_name}
    )
    table.grant(orders, "dynamodb:GetItem", "dynamodb:PutItem")
    api = api_v2.HttpApi(stack, "Api", default_authorizer=HttpIamAuthorizer(), create_default_stage=False)
    api.add_routes(path="/orders", integration=HttpLambdaIntegration("Orders", orders.alias))
    throttle = api_v2.ThrottleSettings(rate_limit=100, burst_limit=200)
    stage = api_v2.HttpStage(stack, "Stage", http_api=api, auto_deploy=True, throttle=throttle)
    access_logs = logs.LogGroup(stack, "AccessLogs", retention=logs.RetentionDays.THREE_MONTHS)
    resource = cast("api_v2.CfnStage", stage.node.default_child)
    resource.access_log_settings = api_v2.CfnStage.AccessLogSettingsProperty(
        destination_arn=access_logs.log_group_arn, format=ACCESS_LOG
    )
    reads = failover.ReadTable(table=table, key={"id": {"S": "health"}})
    return failover.RegionalService(
        stack=stack,
        serves=failover.RegionalApi(stage=stage, needs=failover.RegionNeeds(tables=[reads])),
        requests=orders.alias.metric_invocations(period=cdk.Duration.minutes(1)),
        replicates=list(filter(None, [tables.replication])),
    )


def build(app: cdk.App) -> None:
    """Orders are taken in Ireland, and in Frankfurt four minutes after Ireland has failed at most."""
    failover.MultiRegionApp(
        app,
        "Shop",
        account="111122223333",
        regions=["eu-west-1", "eu-central-1"],
        make=_region,
        zone=route53.HostedZoneAttributes(hosted_zone_id="Z0123456789ABCDEFGHIJ", zone_name="example.com"),
        record_name="orders",
        recovery_time_objective=cdk.Duration.minutes(4),
    )


if __name__ == "__main__":
    app = cdk.App()
    build(app)
    app.synth()
