"""The order service in two Regions, under one name that leads to the one that is well."""

import aws_cdk as cdk
from aws_cdk import aws_route53 as route53
from constructs import Construct

from constructs_lib.alarms import AlarmTopic
from constructs_lib.failover import (
    InvokeFunction,
    MultiRegionApp,
    RegionalApi,
    RegionalService,
    RegionNeeds,
    RegionScope,
)
from stacks.config import Config
from stacks.order_service import OrderService

__all__ = ["two_regions"]

_OBJECTIVE = cdk.Duration.minutes(2)


def two_regions(scope: Construct, name: str, config: Config) -> MultiRegionApp:
    """The stacks of the primary, of a standby that is hot, and of the name ``orders`` in the domain."""
    made: list[OrderService] = []

    def make(place: RegionScope) -> RegionalService:
        service = OrderService(
            place.scope,
            place.construct_id,
            config=config,
            primary=made[0] if made else None,
            **place.settings,
        )
        made.append(service)
        return RegionalService(
            stack=service,
            serves=RegionalApi(stage=service.stage, needs=_needs(service)),
            requests=service.orders_created(cdk.Duration.minutes(1)),
            replicates=service.tables.replicates,
        )

    primary, standby = config.environments
    app = MultiRegionApp(
        scope,
        name,
        account=str(primary.account),
        regions=[str(primary.region), str(standby.region)],
        make=make,
        zone=_zone(config),
        record_name="orders",
        health_interval=cdk.Duration.seconds(10),
        stack_name=name,
        recovery_time_objective=_OBJECTIVE,
        removal_policy=config.removal_policy,
    )
    for output, value in {
        "Name": f"https://{app.record.domain_name}",
        "PrimaryHealthCheck": app.primary_health.health_check_id,
        "StandbyHealthCheck": app.standby_endpoint.health_check.health_check_id,
        "AlarmTopicArn": AlarmTopic.of(app.global_stack).topic.topic_arn,
    }.items():
        cdk.CfnOutput(app.global_stack, output, value=value)
    if config.alarm_email is not None:
        AlarmTopic.of(app.global_stack).add_email(config.alarm_email)
    return app


def _needs(service: OrderService) -> RegionNeeds:
    nobodys = "/orders/00000000-0000-5000-8000-000000000000"
    asks = InvokeFunction.http_get(service.create_order.alias, route="/orders/{order_id}", path=nobodys)
    # An answer stands for a second: long enough for two dozen checkers, and the objective has no more to spare.
    return RegionNeeds(tables=service.tables.reads, functions=[asks], keep=cdk.Duration.seconds(1))


def _zone(config: Config) -> route53.HostedZoneAttributes | str:
    domain = str(config.domain)
    if config.hosted_zone_id is None:
        return domain
    return route53.HostedZoneAttributes(hosted_zone_id=config.hosted_zone_id, zone_name=domain)
