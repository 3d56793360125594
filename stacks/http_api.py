"""What the HTTP API needs around it: structured access logs, and a name of its own."""

import json

import aws_cdk as cdk
import jsii
from aws_cdk import aws_apigateway as apigateway_v1
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_logs as logs
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as targets
from constructs import Construct

__all__ = ["AccessLogs", "api_domain"]

# https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
_FIELDS = {
    "requestId": "$context.requestId",
    "requestTime": "$context.requestTime",
    "sourceIp": "$context.identity.sourceIp",
    "method": "$context.httpMethod",
    "route": "$context.routeKey",
    "status": "$context.status",
    "responseLength": "$context.responseLength",
    "latencyMs": "$context.responseLatency",
    "integrationError": "$context.integrationErrorMessage",
    "authorizerError": "$context.authorizer.error",
}


@jsii.implements(apigateway.IAccessLogSettings)
class AccessLogs:
    """Access logs as JSON lines in a log group."""

    def __init__(self, log_group: logs.ILogGroup) -> None:
        """Write to `log_group`."""
        self._destination = apigateway.LogGroupLogDestination(log_group)
        self._format = apigateway_v1.AccessLogFormat.custom(json.dumps(_FIELDS))

    @property
    def destination(self) -> apigateway.IAccessLogDestination:
        """Where the lines go."""
        return self._destination

    @property
    def format(self) -> apigateway_v1.AccessLogFormat:
        """What a line says."""
        return self._format


def api_domain(
    scope: Construct, zone_name: str, hosted_zone_id: str | None, name: str = "orders"
) -> apigateway.DomainMappingOptions:
    """The name ``orders.<zone_name>``, with its certificate and its record in the hosted zone.

    A zone whose id is not given is looked up in the account when the app is synthesized.
    """
    zone = (
        route53.HostedZone.from_lookup(scope, "Zone", domain_name=zone_name)
        if hosted_zone_id is None
        else route53.HostedZone.from_hosted_zone_attributes(
            scope, "Zone", hosted_zone_id=hosted_zone_id, zone_name=zone_name
        )
    )
    full_name = f"{name}.{zone_name}"
    domain = apigateway.DomainName(
        scope,
        "Domain",
        domain_name=full_name,
        certificate=acm.Certificate(
            scope,
            "Certificate",
            domain_name=full_name,
            validation=acm.CertificateValidation.from_dns(zone),
        ),
        security_policy=apigateway.SecurityPolicy.TLS_1_2,
    )
    target = targets.ApiGatewayv2DomainProperties(domain.regional_domain_name, domain.regional_hosted_zone_id)
    route53.ARecord(
        scope, "Record", zone=zone, record_name=name, target=route53.RecordTarget.from_alias(target)
    )
    cdk.CfnOutput(scope, "Name", value=f"https://{full_name}")
    return apigateway.DomainMappingOptions(domain_name=domain)
