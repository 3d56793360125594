"""What a record can send traffic to: endpoints in AWS by alias, and any other by name."""

import re
from dataclasses import dataclass
from typing import Self, cast

import aws_cdk as cdk
import jsii
from aws_cdk import aws_apigateway as apigateway_v1
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_route53 as route53

from constructs_lib.checks import Check
from constructs_lib.failover.host_names import check_host_name, plain

__all__ = ["AliasEndpoint", "Endpoint", "ExternalEndpoint", "check_endpoint"]

# https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html
_CLOUDFRONT_ZONES = ("Z2FDTNDATAQYW2", "Z3RFFRIM2A3IF5")
_CLOUDFRONT_NAME = re.compile(r"\.cloudfront\.(net|cn)$")
_FUNCTION_URL = re.compile(r"\.lambda-url\.[a-z0-9-]+\.on\.(aws|amazonaws\.com\.cn)$")

_NO_CLOUDFRONT = (
    "Route 53 cannot evaluate the health of CloudFront, and a name can belong to one distribution only: let one "
    "distribution serve the name, and fail over between its origins (aws_cloudfront_origins.OriginGroup)."
)
_NO_FUNCTION_URL = (
    "A function URL answers to its own name only and has no alias target: put an HTTP API with a custom domain before "
    "the function, and give AliasEndpoint.of_http_api(domain)."
)
_KINDS = (
    "Give an AliasEndpoint, such as AliasEndpoint.of_http_api(domain), or for anything that has a host name "
    "ExternalEndpoint('my-app.azurewebsites.net')."
)


@jsii.implements(route53.IAliasRecordTarget)
class AliasEndpoint:
    """An endpoint in AWS that a record is an alias of, with the target's health evaluated.

    A failover alias without that is refused by Route 53, and CDK's own targets for API Gateway leave it out. It says
    nothing about an API Gateway API, which counts as healthy whatever its integration answers: attach a health check
    too. https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html

    The endpoint is reached under the record's name: an API Gateway API needs a custom domain of that name, a load
    balancer a certificate for it.

    Attributes:
        dns_name: the name of the endpoint itself.
        hosted_zone_id: the hosted zone that AWS keeps this name in; not the zone of the record.
    """

    def __init__(self, *, dns_name: str, hosted_zone_id: str) -> None:
        """An endpoint that is known by its name and zone; see `imported`."""
        self.dns_name = dns_name
        self.hosted_zone_id = hosted_zone_id
        self._edge = False

    @classmethod
    def imported(cls, *, dns_name: str, hosted_zone_id: str) -> Self:
        """Anything that has an alias target.

        Args:
            dns_name: the name of the endpoint, such as ``d-abc.execute-api.eu-west-1.amazonaws.com``; for another
                record of the same zone, that record's name.
            hosted_zone_id: the hosted zone of that name. Each service has one a Region:
                https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html
        """
        return cls(dns_name=dns_name, hosted_zone_id=hosted_zone_id)

    @classmethod
    def of_http_api(cls, domain: apigateway.IDomainName) -> Self:
        """The custom domain of an HTTP or WebSocket API."""
        return cls(dns_name=domain.regional_domain_name, hosted_zone_id=domain.regional_hosted_zone_id)

    @classmethod
    def of_rest_api(cls, domain: apigateway_v1.IDomainName) -> Self:
        """The regional custom domain of a REST API.

        An edge-optimized one, which is a CloudFront distribution, is refused where the endpoint is used.
        """
        found = cls(
            dns_name=domain.domain_name_alias_domain_name,
            hosted_zone_id=domain.domain_name_alias_hosted_zone_id,
        )
        found._edge = _is_edge(domain)
        return found

    @classmethod
    def of_load_balancer(cls, load_balancer: elbv2.ILoadBalancerV2) -> Self:
        """An Application or a Network Load Balancer."""
        return cls(
            # This name has IPv4 and, where the load balancer has them, IPv6 addresses.
            # https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-to-elb-load-balancer.html
            dns_name=f"dualstack.{load_balancer.load_balancer_dns_name}",
            hosted_zone_id=load_balancer.load_balancer_canonical_hosted_zone_id,
        )

    def bind(
        self,
        _record: route53.IRecordSet,
        _zone: route53.IHostedZone | None = None,
    ) -> route53.AliasRecordTargetConfig:
        """What CDK writes into the record."""
        return route53.AliasRecordTargetConfig(
            dns_name=self.dns_name, hosted_zone_id=self.hosted_zone_id, evaluate_target_health=True
        )

    def check(self, check: Check, name: str) -> None:
        """Fail unless a record that depends on health can be an alias of this."""
        check_host_name(check, f"{name}.dns_name", self.dns_name)
        check.require(
            isinstance(self.hosted_zone_id, str) and bool(self.hosted_zone_id),
            f"{name}.hosted_zone_id is {self.hosted_zone_id!r}.",
            remedy="Give the hosted zone that AWS keeps the endpoint's own name in.",
        )
        host = plain(self.dns_name)
        check.require(
            not self._edge
            and self.hosted_zone_id not in _CLOUDFRONT_ZONES
            and not _CLOUDFRONT_NAME.search(host),
            f"{name} is {'an edge-optimized API, which is a' if self._edge else 'a'} CloudFront distribution.",
            remedy=_NO_CLOUDFRONT,
        )
        check.require(
            not _FUNCTION_URL.search(host), f"{name} is the URL of a function.", remedy=_NO_FUNCTION_URL
        )


@dataclass(frozen=True)
class ExternalEndpoint:
    """An endpoint outside AWS, or any that is reached by its name: an Azure Function, a Cloud Run service.

    Clients keep the record's name in SNI and Host: the other side must know it as a custom domain and have a
    certificate for it. A name with such an endpoint is made of CNAME records, which a zone's own name cannot be.

    Attributes:
        dns_name: its host name, without scheme, port or path.
    """

    dns_name: str

    def check(self, check: Check, name: str) -> None:
        """Fail unless traffic can be sent there under another name."""
        check_host_name(check, f"{name}.dns_name", self.dns_name)
        host = plain(self.dns_name)
        check.require(
            not _FUNCTION_URL.search(host), f"{name} is the URL of a function.", remedy=_NO_FUNCTION_URL
        )
        check.require(
            not _CLOUDFRONT_NAME.search(host),
            f"{name} is a CloudFront distribution.",
            remedy=_NO_CLOUDFRONT,
        )


Endpoint = AliasEndpoint | ExternalEndpoint
"""Where a record can send traffic to."""

_NEVER: tuple[tuple[type, str, str], ...] = (
    (cloudfront.Distribution, "a CloudFront distribution", _NO_CLOUDFRONT),
    (lambda_.FunctionUrl, "the URL of a function", _NO_FUNCTION_URL),
)


def check_endpoint(check: Check, name: str, value: object) -> None:
    """Fail unless `value` is an endpoint that records can fail over to and from."""
    for kind, called, remedy in _NEVER:
        check.require(not isinstance(value, kind), f"{name} is {called}.", remedy=remedy)
    check.require(isinstance(value, Endpoint), f"{name} is {value!r}.", remedy=_KINDS)
    cast("Endpoint", value).check(check, name)


def _is_edge(domain: apigateway_v1.IDomainName) -> bool:
    if not isinstance(domain, apigateway_v1.DomainName):
        return False
    resource = cast("apigateway_v1.CfnDomainName", domain.node.default_child)
    settings = cdk.Stack.of(domain).resolve(resource.endpoint_configuration) or {}
    return "EDGE" in settings.get("types", ())
