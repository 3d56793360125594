"""What a multi-Region app and whoever builds one of its Regions tell each other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypedDict, cast

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from constructs_lib.checks import Check
from constructs_lib.failover.endpoints import Endpoint, check_endpoint
from constructs_lib.failover.failover_plan import Replication
from constructs_lib.failover.regional_endpoint import RegionalApi, check_serves
from constructs_lib.failover.standby import Standby

__all__ = ["RegionScope", "RegionalService", "StackSettings", "check_service"]


class StackSettings(TypedDict):
    """Keyword arguments of `aws_cdk.Stack`."""

    env: cdk.Environment
    stack_name: str
    cross_region_references: bool


@dataclass(frozen=True, kw_only=True)
class RegionScope:
    """Where the stack of one Region is made, and what is made already.

    Attributes:
        scope: the parent of the stack.
        construct_id: the stack's id.
        settings: keyword arguments of the stack. Hand on all of them: without ``cross_region_references`` CDK gives
            what another Region refers to a name of its own, which replaces it.
        role: which part the Region has.
        other_region: the Region of the other part.
        primary: the primary's stack, for the standby to refer to its tables; None while the primary is made.
    """

    scope: Construct
    construct_id: str
    settings: StackSettings
    role: Literal["primary", "standby"]
    other_region: str
    primary: cdk.Stack | None = None

    @property
    def region(self) -> str:
        """The Region."""
        return cast("str", self.settings["env"].region)


@dataclass(frozen=True, kw_only=True)
class RegionalService:
    """What was made in one Region.

    Attributes:
        stack: the stack.
        serves: an HTTP API of the stack with what it needs, or any endpoint that is there already.
        requests: counts what users ask for, and not what health checkers do: the standby tells people when it is more
            than nothing. Left out: it does not tell.
        standby: what sleeps in the standby while the primary serves. Left out: nothing does, the standby is hot. The
            primary's are not looked at.
        replicates: what data the other Region has a copy of, and how far that may be behind.
    """

    stack: cdk.Stack
    serves: RegionalApi | Endpoint
    requests: cloudwatch.IMetric | None = None
    standby: Sequence[Standby] = ()
    replicates: Sequence[Replication] = ()


def check_service(check: Check, made: object, place: RegionScope) -> RegionalService:
    """Fail unless `made` is a service in the Region of `place`."""
    check.instance(f"what was made in {place.region}", made, RegionalService)
    service = cast("RegionalService", made)
    check.instance(f"the stack of {place.region}", service.stack, cdk.Stack)
    region, account, env = service.stack.region, service.stack.account, place.settings["env"]
    path = service.stack.node.path
    check.require(
        (account, region) == (env.account, env.region),
        f"the stack {path} is for {account}/{region}, and not for {env.account}/{env.region}.",
        remedy="Hand the settings of the RegionScope on to the stack: cdk.Stack(place.scope, place.construct_id, "
        "**place.settings).",
    )
    check.require(
        path.startswith(f"{place.scope.node.path}/"),
        f"the stack {path} is not in {place.scope.node.path}.",
        remedy="Make it in the scope of the RegionScope: cdk.Stack(place.scope, place.construct_id, **place.settings).",
    )
    check.offers(
        "RegionalService.requests",
        service.requests,
        "to_metric_config",
        remedy="Give a metric of CloudWatch.",
    )
    check.instance("RegionalService.standby", service.standby, list, tuple)
    check.instance("RegionalService.replicates", service.replicates, list, tuple)
    check.require(
        service.stack.stack_name == place.settings["stack_name"],
        f"the stack {path} is called {service.stack.stack_name}, and not {place.settings['stack_name']}.",
        remedy="Hand on all settings of the RegionScope: cdk.Stack(place.scope, place.construct_id, **place.settings).",
    )
    if not isinstance(service.serves, RegionalApi):
        check.require(
            not hasattr(service.serves, "api"),
            f"what serves in {place.region} is {check.shown(service.serves)}.",
            remedy="Give RegionalApi(stage=..., needs=...) of a stage.",
        )
        check_endpoint(check, f"what serves in {place.region}", service.serves)
        return service
    check_serves(check, service.serves)
    for metric in _metrics(service.requests):
        _check_counts_users(check, service, service.serves, metric)
    return service


def _metrics(metric: cloudwatch.IMetric | None) -> Iterator[cloudwatch.Metric]:
    """The metrics that a metric is made of."""
    if isinstance(metric, cloudwatch.MathExpression):
        for each in (metric.using_metrics or {}).values():
            yield from _metrics(each)
    elif isinstance(metric, cloudwatch.Metric):
        yield metric


def _check_counts_users(
    check: Check, service: RegionalService, serves: RegionalApi, metric: cloudwatch.Metric
) -> None:
    """Fail where `metric` counts what health checkers ask, too: the alarm that the standby serves would always ring."""
    remedy = (
        "The alarm that the standby serves would always ring: count a route of the API, whose stage has "
        "detailed_metrics_enabled (Count of AWS/ApiGateway by ApiId, Stage, Method and Resource), or give a metric of "
        "your own."
    )
    dimensions = metric.dimensions or {}
    check.require(
        (metric.namespace, metric.metric_name) != ("AWS/ApiGateway", "Count") or "Resource" in dimensions,
        "RegionalService.requests counts all requests to an API, those of health checkers too.",
        remedy=remedy,
    )
    if metric.metric_name != "Invocations":
        return
    counted = service.stack.resolve(dimensions)
    for asked in serves.needs.functions:
        invoked = service.stack.resolve(asked.function.metric_invocations().dimensions)
        check.require(
            counted != invoked,
            f"RegionalService.requests counts the invocations of {asked.function.node.path}, which the health route "
            "invokes too.",
            remedy=remedy,
        )
