"""How does a name fail over? From an API in one Region to an Azure Function, by a health check and by hand."""

import aws_cdk as cdk
from aws_cdk import aws_route53 as route53

from constructs_lib.failover import (
    AliasEndpoint,
    CalculatedHealthCheck,
    EndpointHealthCheck,
    ExternalEndpoint,
    FailoverRecord,
    HealthCheckAlarms,
    TakeOverHealthCheck,
)


def build(app: cdk.App) -> None:
    """A name that leaves Ireland when its endpoint fails, or when an operator in Virginia says so."""
    stack = cdk.Stack(app, "FailoverRecords", env=cdk.Environment(region="us-east-1"))
    zone = route53.PublicHostedZone.from_hosted_zone_attributes(
        stack, "Zone", hosted_zone_id="Z0123456789ABCDEFGHIJ", zone_name="example.com"
    )
    endpoint = EndpointHealthCheck(
        stack, "Endpoint", host="orders-eu.example.com", interval=cdk.Duration.seconds(10)
    )
    take_over = TakeOverHealthCheck(stack, "TakeOver", primary_region="eu-west-1")
    primary = CalculatedHealthCheck(stack, "Primary", children=[endpoint, take_over], at_least=2)
    FailoverRecord(
        stack,
        "Orders",
        zone=zone,
        record_name="orders",
        primary=AliasEndpoint.imported(
            dns_name="d-a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com", hosted_zone_id="ZLY8HYME6SFDD"
        ),
        secondary=ExternalEndpoint("orders-standby.azurewebsites.net"),
        primary_health=primary,
    )
    HealthCheckAlarms(stack, "Alarms", health_check=primary)


if __name__ == "__main__":
    app = cdk.App()
    build(app)
    app.synth()
