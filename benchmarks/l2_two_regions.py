"""The same service in two Regions, hand-written with the L2 constructs of aws-cdk-lib by somebody who knows them well.

They know what a name that fails over needs: a custom domain for the shared name and one for the Region's, both kinds of
address, an alias that evaluates health, a health check that does not come before what it asks.
"""

import itertools
from typing import Self, cast

import aws_cdk as cdk
import jsii
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_route53 as route53
from constructs import Construct

from benchmarks import two_regions
from benchmarks.l2_region_alarms import (
    WatchedFunction,
    WatchedShared,
    watch_api,
    watch_replication,
    watch_table,
)
from benchmarks.twin import acknowledge, alarm_topic

__all__ = ["build"]

_REFERENCES = "@aws-cdk/core:defaultCrossStackReferences"
_MISSING = cloudwatch.TreatMissingData
_FALLS = cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD
_TYPES = (route53.RecordType.A, route53.RecordType.AAAA)


@jsii.implements(route53.IAliasRecordTarget)
class Target:
    """A custom domain as the target of an alias; with CDK's own, which does not evaluate health, none fails over."""

    def __init__(self, domain: apigateway.DomainName) -> None:
        self._config = route53.AliasRecordTargetConfig(
            dns_name=domain.regional_domain_name,
            hosted_zone_id=domain.regional_hosted_zone_id,
            evaluate_target_health=True,
        )

    def bind(
        self, _record: route53.IRecordSet, _zone: route53.IHostedZone | None = None
    ) -> route53.AliasRecordTargetConfig:
        return self._config


class Orders(cdk.Stack):
    """An API with a function and a table, or its replica, in one Region, behind both names."""

    def __init__(self, app: cdk.App, region: str, *, other: str, primary: Self | None) -> None:
        super().__init__(
            app,
            region,
            env=cdk.Environment(account=two_regions.ACCOUNT, region=region),
            stack_name=two_regions.SERVICE,
            cross_region_references=True,
        )
        shared = WatchedShared(self, "Shared")
        self.notify = shared.notify
        self.table: dynamodb.ITableV2 = self._table(other) if primary is None else primary.replica(region)
        environment = {"TABLE_NAME": self.table.table_name}
        self.api = apigateway.HttpApi(self, "Api", create_default_stage=False)
        for path, name in two_regions.FUNCTIONS.items():
            function = WatchedFunction(self, name, shared, environment)
            self.table.grant(function.function, *two_regions.ACTIONS)
            self.api.add_routes(
                path=path,
                methods=[apigateway.HttpMethod.POST],
                integration=integrations.HttpLambdaIntegration(name, function.alias),
            )
        stage = apigateway.HttpStage(self, "Stage", http_api=self.api, auto_deploy=True)
        watch_table(self, self.table, self.notify)
        watch_api(self, stage, self.notify)
        self.regional_name = f"{two_regions.RECORD}-{region}.{two_regions.ZONE}"
        self.target = self._endpoint(stage)
        if primary is not None:
            self._tell_that_the_standby_serves()

    def replica(self, region: str) -> dynamodb.ITableV2:
        """The table in another Region."""
        return self._own.replica(region)

    def _table(self, other: str) -> dynamodb.TableV2:
        table = dynamodb.TableV2(
            self,
            "Table",
            partition_key=two_regions.key(),
            replicas=[dynamodb.ReplicaTableProps(region=other)],
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=True,
            removal_policy=cdk.RemovalPolicy.RETAIN,
        )
        self._own = table
        watch_replication(self, table, other, self.notify)
        return table

    def _endpoint(self, stage: apigateway.HttpStage) -> Target:
        zone, regional = two_regions.zone(self), self.regional_name
        shared = f"{two_regions.RECORD}.{two_regions.ZONE}"
        certificate = acm.Certificate(
            self,
            "Certificate",
            domain_name=regional,
            subject_alternative_names=[shared],
            validation=acm.CertificateValidation.from_dns(zone),
        )
        domains = []
        for kind, name in {"Shared": shared, "Regional": regional}.items():
            domain = apigateway.DomainName(
                self,
                f"{kind}Domain",
                domain_name=name,
                certificate=certificate,
                security_policy=apigateway.SecurityPolicy.TLS_1_2,
                ip_address_type=apigateway.IpAddressType.DUAL_STACK,
            )
            domains.append(domain)
            apigateway.ApiMapping(self, f"{kind}Mapping", api=self.api, domain_name=domain, stage=stage)
        self._health_route(stage)
        target = route53.RecordTarget.from_alias(Target(domains[1]))
        for each in _TYPES:
            route53.RecordSet(
                self, f"{each.value}Record", zone=zone, record_name=regional, record_type=each, target=target
            )
        return Target(domains[0])

    def _health_route(self, stage: apigateway.HttpStage) -> None:
        health = Construct(self, "Health")
        asked = {
            "kind": "table",
            "name": self.table.table_name,
            "key": {two_regions.KEY: {"S": "health"}},
        }
        log_group = logs.LogGroup(
            health,
            "Logs",
            retention=logs.RetentionDays.THREE_MONTHS,
            removal_policy=cdk.RemovalPolicy.RETAIN,
        )
        role = iam.Role(health, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        log_group.grant_write(role)
        self.table.grant(role, "dynamodb:GetItem")
        function = lambda_.Function(
            health,
            "Function",
            code=two_regions.health_code(),
            handler="health.handler",
            runtime=lambda_.Runtime.PYTHON_3_14,
            architecture=lambda_.Architecture.ARM_64,
            memory_size=512,
            timeout=cdk.Duration.seconds(3),
            environment={
                "POWERTOOLS_SERVICE_NAME": "Function",
                "POWERTOOLS_LOG_LEVEL": "INFO",
                "HEALTH_NEEDS": self.to_json_string([asked]),
                "HEALTH_KEEP_SECONDS": "5",
                "HEALTH_DEADLINE_SECONDS": "1.5",
            },
            description="Says whether this Region has what it needs",
            log_group=log_group,
            logging_format=lambda_.LoggingFormat.JSON,
            recursive_loop=lambda_.RecursiveLoop.TERMINATE,
            role=role,
        )
        acknowledge(
            function,
            "It is asked every other second, synchronously.",
            "Serverless::Serverless-LambdaTracing",
            "Serverless::Serverless-LambdaDLQ",
        )
        alias = lambda_.Alias(health, "Live", alias_name="live", version=function.current_version)
        route = apigateway.HttpRoute(
            health,
            "Route",
            http_api=self.api,
            route_key=apigateway.HttpRouteKey.with_("/health", apigateway.HttpMethod.GET),
            integration=integrations.HttpLambdaIntegration("Health", alias),
            authorizer=apigateway.HttpNoneAuthorizer(),
        )
        acknowledge(route, "Health checkers cannot sign.", "AwsSolutions::AwsSolutions-APIG4")
        limits = {"ThrottlingRateLimit": 1000, "ThrottlingBurstLimit": 1000}
        resource = cast("apigateway.CfnStage", stage.node.default_child)
        resource.route_settings = {"GET /health": limits}
        resource.add_resource_dependency(cast("cdk.CfnResource", route.node.default_child))

    def _tell_that_the_standby_serves(self) -> None:
        alarm = cloudwatch.Alarm(
            self,
            "StandbyServes",
            metric=two_regions.requests(),
            threshold=1,
            evaluation_periods=1,
            treat_missing_data=_MISSING.NOT_BREACHING,
            alarm_description=f"Users are served by the standby in {self.region}.",
        )
        alarm.add_alarm_action(self.notify)


class Name(cdk.Stack):
    """The name that leads to one of both, their health checks, and the alarms on these."""

    def __init__(self, app: cdk.App, primary: Orders, standby: Orders) -> None:
        super().__init__(
            app,
            "Global",
            env=cdk.Environment(account=two_regions.ACCOUNT, region="us-east-1"),
            stack_name=f"{two_regions.SERVICE}-global",
            cross_region_references=True,
        )
        # What is replaced in a Region must not wait for this stack to let go of it.
        self.node.set_context(_REFERENCES, "weak")
        zone, minute = two_regions.zone(self), cdk.Duration.minutes(1)
        notify = actions.SnsAction(alarm_topic(self))
        halves = {
            "primary": (primary, route53.Failover.PRIMARY),
            "secondary": (standby, route53.Failover.SECONDARY),
        }
        for half, (orders, failover) in halves.items():
            health_check = self._health_check(half, orders)
            health_check_id = health_check.health_check_id
            target = route53.RecordTarget.from_alias(orders.target)
            for kind in _TYPES:
                route53.RecordSet(
                    self,
                    f"{half}{kind.value}",
                    zone=zone,
                    record_name=two_regions.RECORD,
                    record_type=kind,
                    target=target,
                    health_check=health_check,
                    set_identifier=half,
                    failover=failover,
                )
            for metric, threshold, periods in (
                ("HealthCheckStatus", 1, 1),
                ("HealthCheckPercentageHealthy", 50, 5),
            ):
                alarm = cloudwatch.Alarm(
                    self,
                    f"{half}{metric}",
                    metric=cloudwatch.Metric(
                        namespace="AWS/Route53",
                        metric_name=metric,
                        dimensions_map={"HealthCheckId": health_check_id},
                        statistic="Minimum",
                        period=minute,
                    ),
                    threshold=threshold,
                    comparison_operator=_FALLS,
                    evaluation_periods=periods,
                    treat_missing_data=_MISSING.NOT_BREACHING,
                    alarm_description=f"{metric} of the {half} is below {threshold}.",
                )
                alarm.add_alarm_action(notify)

    def _health_check(self, half: str, orders: Orders) -> route53.HealthCheck:
        health_check = route53.HealthCheck(
            self,
            f"{half}Health",
            type=route53.HealthCheckType.HTTPS,
            fqdn=orders.regional_name,
            resource_path="/health",
            port=443,
            enable_sni=True,
            request_interval=cdk.Duration.seconds(30),
            failure_threshold=3,
        )
        cdk.Tags.of(health_check).add("Name", f"{two_regions.SERVICE}, {half}")
        return health_check


def build(app: cdk.App) -> tuple[cdk.Stack, ...]:
    """The stacks of both Regions, and the one of the name."""
    app.node.set_context(_REFERENCES, "strong")
    here, there = two_regions.REGIONS
    primary = Orders(app, here, other=there, primary=None)
    standby = Orders(app, there, other=here, primary=primary)
    stacks = (primary, standby, Name(app, primary, standby))
    for earlier, later in itertools.pairwise(stacks):
        later.add_stack_dependency(earlier)
    return stacks
