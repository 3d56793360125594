"""What records can lead to, and what is refused with the reason."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigateway as apigateway_v1
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_lambda as lambda_

from constructs_lib.checks import ConfigurationError
from constructs_lib.failover import AliasEndpoint, ExternalEndpoint, FailoverRecord
from tests.failover.parts import EU, US, health, stack_in, zone
from tests.functions import plain_function, some_vpc
from tests.synthesis import synthesize

RECORD = "AWS::Route53::RecordSet"


def certificate(stack: cdk.Stack) -> acm.ICertificate:
    arn = "arn:aws:acm:us-east-1:111122223333:certificate/abc"
    return acm.Certificate.from_certificate_arn(stack, "Certificate", arn)


def record(stack: cdk.Stack, primary: Any, secondary: Any = US) -> FailoverRecord:
    return FailoverRecord(
        stack,
        "Record",
        zone=zone(stack),
        record_name="orders",
        primary=primary,
        secondary=secondary,
        primary_health=health(stack),
    )


def targets(stack: cdk.Stack) -> list[dict[str, Any]]:
    found = synthesize(stack).of_type(RECORD, under="RecordPrimary").values()
    return [each["Properties"]["AliasTarget"] for each in found]


def test_the_domain_of_an_http_api_is_an_alias_with_its_health_evaluated() -> None:
    stack = stack_in()
    domain = apigateway.DomainName(
        stack, "Domain", domain_name="orders.example.com", certificate=certificate(stack)
    )
    record(stack, AliasEndpoint.of_http_api(domain))
    logical_id = synthesize(stack).only_id("AWS::ApiGatewayV2::DomainName")

    assert (
        targets(stack)
        == [
            {
                "DNSName": {"Fn::GetAtt": [logical_id, "RegionalDomainName"]},
                "HostedZoneId": {"Fn::GetAtt": [logical_id, "RegionalHostedZoneId"]},
                "EvaluateTargetHealth": True,
            }
        ]
        * 2
    )


def rest_domain(stack: cdk.Stack, kind: apigateway_v1.EndpointType) -> apigateway_v1.DomainName:
    return apigateway_v1.DomainName(
        stack,
        "Domain",
        domain_name="orders.example.com",
        certificate=certificate(stack),
        endpoint_type=kind,
    )


def test_the_regional_domain_of_a_rest_api_is_one_too() -> None:
    stack = stack_in()
    record(stack, AliasEndpoint.of_rest_api(rest_domain(stack, apigateway_v1.EndpointType.REGIONAL)))
    logical_id = synthesize(stack).only_id("AWS::ApiGateway::DomainName")

    assert (
        targets(stack)
        == [
            {
                "DNSName": {"Fn::GetAtt": [logical_id, "RegionalDomainName"]},
                "HostedZoneId": {"Fn::GetAtt": [logical_id, "RegionalHostedZoneId"]},
                "EvaluateTargetHealth": True,
            }
        ]
        * 2
    )


@pytest.mark.parametrize("kind", [elbv2.ApplicationLoadBalancer, elbv2.NetworkLoadBalancer])
def test_a_load_balancer_is_one_with_its_addresses_of_both_kinds(kind: Any) -> None:
    stack = stack_in()
    balancer = kind(stack, "Balancer", vpc=some_vpc(stack))
    record(stack, AliasEndpoint.of_load_balancer(balancer))
    (target, _) = targets(stack)
    prefix, name = target["DNSName"]["Fn::Join"][1]

    assert prefix == "dualstack."
    assert name["Fn::GetAtt"][1] == "DNSName"
    assert target["EvaluateTargetHealth"] is True


def test_a_cloudfront_distribution_is_refused() -> None:
    stack = stack_in()
    distribution = cloudfront.Distribution(
        stack,
        "Distribution",
        default_behavior=cloudfront.BehaviorOptions(origin=origins.HttpOrigin("www.example.com")),
    )
    with pytest.raises(ConfigurationError, match=r"primary is a CloudFront distribution\. Route 53 cannot"):
        record(stack, distribution)


@pytest.mark.parametrize(
    ("dns_name", "hosted_zone_id"),
    [
        ("d111.cloudfront.net", "Z2FDTNDATAQYW2"),
        ("d111.cloudfront.net.", "Z1"),
        ("other.org", "Z2FDTNDATAQYW2"),
    ],
)
def test_an_imported_cloudfront_distribution_is_refused(dns_name: str, hosted_zone_id: str) -> None:
    endpoint = AliasEndpoint.imported(dns_name=dns_name, hosted_zone_id=hosted_zone_id)
    with pytest.raises(ConfigurationError, match="primary is a CloudFront distribution"):
        record(stack_in(), endpoint)


def test_a_cloudfront_distribution_by_name_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="secondary is a CloudFront distribution"):
        record(stack_in(), EU, ExternalEndpoint("d111.cloudfront.net"))


def test_an_edge_optimized_rest_api_is_refused_since_it_is_cloudfront() -> None:
    stack = stack_in()
    domain = rest_domain(stack, apigateway_v1.EndpointType.EDGE)
    with pytest.raises(ConfigurationError, match=r"edge-optimized API, which is a CloudFront distribution"):
        record(stack, AliasEndpoint.of_rest_api(domain))


def test_a_function_url_is_refused() -> None:
    stack = stack_in()
    url = plain_function(stack).add_function_url(auth_type=lambda_.FunctionUrlAuthType.AWS_IAM)
    with pytest.raises(ConfigurationError, match=r"primary is the URL of a function\. .* its own name only"):
        record(stack, url)


def alias(dns_name: str) -> AliasEndpoint:
    return AliasEndpoint.imported(dns_name=dns_name, hosted_zone_id="Z1")


@pytest.mark.parametrize("make", [ExternalEndpoint, alias])
def test_a_function_url_by_name_is_refused(make: Any) -> None:
    with pytest.raises(ConfigurationError, match="secondary is the URL of a function"):
        record(stack_in(), EU, make("abc123.lambda-url.eu-west-1.on.aws"))


@pytest.mark.parametrize("value", ["my-app.azurewebsites.net", None, 1])
def test_fails_on_what_is_no_endpoint_and_says_what_is(value: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"secondary is .* ExternalEndpoint\('my-app"):
        record(stack_in(), EU, value)


@pytest.mark.parametrize("host", ["https://my-app.azurewebsites.net", "my-app", "192.0.2.1", "a.b/c", ""])
def test_fails_on_an_external_endpoint_that_is_no_host_name(host: str) -> None:
    with pytest.raises(ConfigurationError, match=r"secondary\.dns_name is "):
        record(stack_in(), EU, ExternalEndpoint(host))


def test_fails_on_an_alias_without_a_zone() -> None:
    endpoint = AliasEndpoint.imported(dns_name="d-1.example.net", hosted_zone_id="")
    with pytest.raises(ConfigurationError, match=r"primary\.hosted_zone_id is ''"):
        record(stack_in(), endpoint)
