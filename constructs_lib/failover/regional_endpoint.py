"""One Region's part of a name that fails over: what serves it, a name of its own, and a health check on that."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, cast

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_route53 as route53
from constructs import Construct

from constructs_lib.checks import Check, is_token
from constructs_lib.failover.asking import kept_for
from constructs_lib.failover.endpoint_health_check import EndpointHealthCheck
from constructs_lib.failover.endpoints import AliasEndpoint, Endpoint, check_endpoint
from constructs_lib.failover.health_route import HealthRoute
from constructs_lib.failover.host_names import check_host_name, name_in_full, zone_name_of
from constructs_lib.failover.record_sets import DEFAULT_TTL_SECONDS
from constructs_lib.failover.region_needs import RegionNeeds, check_needs
from constructs_lib.function import FunctionLogs

__all__ = ["RegionalApi", "RegionalEndpoint", "check_serves"]

_LONGEST_COMMON_NAME: Final = 64
"""Characters of the first name in a certificate; the others may be longer.

https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html
"""
_CHECKERS_A_SECOND: Final = 1_000
"""Far more than Route 53 asks, and no load: most answers are those of a moment before."""


@dataclass(frozen=True, kw_only=True)
class RegionalApi:
    """An HTTP API of this app that serves in one Region.

    Attributes:
        stage: the stage that serves.
        needs: what the Region needs to serve, which its health route answers by.
    """

    stage: apigateway.IHttpStage
    needs: RegionNeeds


class RegionalEndpoint(Construct):
    """One Region's endpoint behind the name that clients use, and behind a name of its own.

    Clients send the shared name as SNI and Host, whichever Region they are led to: each Region's API has a custom
    domain for it. A health check must not ask the shared name, which leads to whoever is healthy: it asks the regional
    name, for which the API has a second custom domain.

    Whatever else serves, such as a load balancer or a service outside AWS, gets the regional name and the health check.
    That it knows both names, with certificates, and answers to the health path is its owner's part.

    Attributes:
        endpoint: give this one to `FailoverRecord` and the like.
        health_check: of the regional name; give it beside.
        regional_name: the regional name in full.
        shared_name: the shared name in full.
        certificate: for both names; None where the endpoint is not an API of this app.
        shared_domain: the custom domain of the shared name; None likewise.
        regional_domain: the custom domain of the regional name; None likewise.
        health_route: answers the health check; None likewise.
        records: the records of the regional name, one a type.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        zone: route53.IHostedZone,
        shared_name: str | None,
        regional_name: str,
        serves: RegionalApi | Endpoint,
        health_path: str = "/health",
        health_interval: cdk.Duration | None = None,
        failure_threshold: int = 3,
        health_check_scope: Construct | None = None,
        log_settings: FunctionLogs | None = None,
        removal_policy: cdk.RemovalPolicy | None = None,
    ) -> None:
        """Make what the Region needs to be failed over from and to.

        Args:
            scope: the parent, in a stack of the Region.
            construct_id: the id in `scope`.
            zone: the hosted zone of both names.
            shared_name: the name that clients use, within the zone or in full; None for the zone's own name.
            regional_name: the Region's own name, within the zone or in full, such as ``orders-eu``.
            serves: an HTTP API of this app, or any endpoint that is there already.
            health_path: what the health check asks for; for an API of this app the route is made.
            health_interval: 10 or 30 seconds between a checker's requests. Left out: 30.
            failure_threshold: 1 to 10 answers in a row that change the status.
            health_check_scope: where the health check is made, which belongs to no Region; beside the records that
                depend on it, a stack that replaces it changes them in the right order. Left out: here.
            log_settings: retention and encryption of the health function's log. Left out: `FunctionLogs()`.
            removal_policy: what happens to that log with the stack. Left out, it is retained.

        Raises:
            ConfigurationError: an argument cannot work.
        """
        check = Check(scope, construct_id)
        zone_name = zone_name_of(check, zone)
        self.shared_name = name_in_full(check, zone_name, shared_name)
        self.regional_name = name_in_full(check, zone_name, regional_name)
        check_host_name(check, "regional_name", self.regional_name)
        check.require(
            self.shared_name != self.regional_name,
            f"shared_name and regional_name are both {self.shared_name}.",
            remedy="The health check would ask the name that fails over: give the Region a name of its own.",
        )
        if not isinstance(serves, RegionalApi):
            check_endpoint(check, "serves", serves)
        else:
            check_serves(check, serves)
            _check_path_is_free(check, serves.stage, health_path)
        check.require(
            not isinstance(serves, RegionalApi)
            or is_token([self.regional_name, self.shared_name])
            or min(len(self.regional_name), len(self.shared_name)) <= _LONGEST_COMMON_NAME,
            f"shared_name and regional_name are {self.shared_name} and {self.regional_name}.",
            remedy=f"A certificate needs one name of at most {_LONGEST_COMMON_NAME} characters: give a shorter one.",
        )
        check.require(
            isinstance(serves, RegionalApi | AliasEndpoint) or self.regional_name != zone_name,
            f"regional_name is {self.regional_name}, the name of the zone itself.",
            remedy="DNS allows no CNAME there: use a name below it.",
        )
        super().__init__(scope, construct_id)
        self.certificate: acm.Certificate | None = None
        self.shared_domain: apigateway.DomainName | None = None
        self.regional_domain: apigateway.DomainName | None = None
        self.health_route: HealthRoute | None = None
        ready: list[Construct] = []
        with check.all_or_nothing():
            if isinstance(serves, RegionalApi):
                self.certificate = self._certificate(zone)
                self.shared_domain = self._domain("Shared", self.shared_name, self.certificate)
                self.regional_domain = self._domain("Regional", self.regional_name, self.certificate)
                api = serves.stage.api
                self.health_route = HealthRoute(
                    self,
                    "Health",
                    http_api=api,
                    needs=serves.needs,
                    path=health_path,
                    log_settings=log_settings,
                    removal_policy=removal_policy,
                )
                self._map("Shared", self.shared_domain, api, serves.stage)
                ready = [self._map("Regional", self.regional_domain, api, serves.stage), self.health_route]
                self.endpoint: Endpoint = AliasEndpoint.of_http_api(self.shared_domain)
                own: Endpoint = AliasEndpoint.of_http_api(self.regional_domain)
            else:
                self.endpoint = own = serves
            self.records = self._records(zone, own)
            self.health_check = EndpointHealthCheck(
                health_check_scope or self,
                f"{cdk.Stack.of(self).region}Health" if health_check_scope else "HealthCheck",
                host=self.regional_name,
                path=health_path,
                interval=health_interval,
                failure_threshold=failure_threshold,
                answer_age=kept_for(serves.needs) if isinstance(serves, RegionalApi) else None,
            )
            # Not before there is something that can answer.
            self.health_check.node.add_dependency(*self.records, *ready)
            if isinstance(serves, RegionalApi) and self.health_route is not None:
                _let_checkers_ask(serves.stage, self.health_route, health_path)

    def _certificate(self, zone: route53.IHostedZone) -> acm.Certificate:
        names = (self.regional_name, self.shared_name)
        first, other = names if len(names[0]) <= _LONGEST_COMMON_NAME else reversed(names)
        return acm.Certificate(
            self,
            "Certificate",
            domain_name=first,
            subject_alternative_names=[other],
            validation=acm.CertificateValidation.from_dns(zone),
        )

    def _domain(self, kind: str, name: str, certificate: acm.ICertificate) -> apigateway.DomainName:
        return apigateway.DomainName(
            self,
            f"{kind}Domain",
            domain_name=name,
            certificate=certificate,
            security_policy=apigateway.SecurityPolicy.TLS_1_2,
            # The records of a name are A and AAAA: both lead somewhere.
            ip_address_type=apigateway.IpAddressType.DUAL_STACK,
        )

    def _map(
        self,
        kind: str,
        domain: apigateway.DomainName,
        api: apigateway.IHttpApi,
        stage: apigateway.IHttpStage,
    ) -> apigateway.ApiMapping:
        return apigateway.ApiMapping(self, f"{kind}Mapping", api=api, domain_name=domain, stage=stage)

    def _records(self, zone: route53.IHostedZone, own: Endpoint) -> Sequence[route53.RecordSet]:
        types = route53.RecordType
        if isinstance(own, AliasEndpoint):
            kinds, target, ttl = (types.A, types.AAAA), route53.RecordTarget.from_alias(own), None
            return [self._record(zone, kind, target, ttl) for kind in kinds]
        ttl = cdk.Duration.seconds(DEFAULT_TTL_SECONDS)
        return [self._record(zone, types.CNAME, route53.RecordTarget.from_values(own.dns_name), ttl)]

    def _record(
        self,
        zone: route53.IHostedZone,
        kind: route53.RecordType,
        target: route53.RecordTarget,
        ttl: cdk.Duration | None,
    ) -> route53.RecordSet:
        return route53.RecordSet(
            self,
            f"{kind.value.capitalize()}Record",
            zone=zone,
            record_name=self.regional_name,
            record_type=kind,
            target=target,
            ttl=ttl,
        )


def check_serves(check: Check, serves: RegionalApi) -> None:
    """Fail unless an HTTP API of this app can serve, and what it needs can be asked."""
    check.require(
        hasattr(type(serves.stage), "api"),
        f"serves.stage is {check.shown(serves.stage)}.",
        remedy="Give a stage of an HTTP API (aws_apigatewayv2), or an AliasEndpoint of whatever else serves.",
    )
    check_needs(check, serves.needs)


def _check_path_is_free(check: Check, stage: apigateway.IHttpStage, path: str) -> None:
    """Fail where the API answers to the health path already."""
    taken = {f"{method} {path}" for method in ("GET", "ANY")}
    for each in stage.api.node.children:
        if not isinstance(each, apigateway.HttpRoute) or each.path != path:
            continue
        key = cast("apigateway.CfnRoute", each.node.default_child).route_key
        if key in taken:
            check.fail(
                f"health_path is {path!r}, and {stage.api.node.path} has the route {key}.",
                remedy="Give another one, such as health_path='/health-of-region'.",
            )


def _let_checkers_ask(stage: apigateway.IHttpStage, route: HealthRoute, path: str) -> None:
    """Give the route a limit of its own: what users ask for must not throttle it, which would look like a dead Region.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html
    """
    resource = stage.node.default_child
    if not isinstance(resource, apigateway.CfnStage):
        cdk.Annotations.of(route).add_warning_v2(
            "constructs-lib:health-route-shares-limits",
            "The stage is imported, and its limits hold for the health route too: give the route limits of its own.",
        )
        return
    limits = {"ThrottlingRateLimit": _CHECKERS_A_SECOND, "ThrottlingBurstLimit": _CHECKERS_A_SECOND}
    given = resource.route_settings
    others = {} if given is None else cdk.Stack.of(stage).resolve(given)
    resource.route_settings = {**others, f"GET {path}": limits}
    resource.add_resource_dependency(cast("cdk.CfnResource", route.route.node.default_child))
