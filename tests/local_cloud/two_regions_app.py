"""A CDK app with one HTTP API in each of two Regions, behind a shared name that fails over from one to the other."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigw
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_ssm as ssm
from constructs import Construct

ZONE = "example.com"
SHARED = "orders.example.com"
CODE = """
import json, os, boto3
from botocore.config import Config

def handler(event, context):
    path = event["rawPath"]
    if path == "/health":
        switch = boto3.client("ssm").get_parameter(Name="/healthy")["Parameter"]["Value"]
        return {"statusCode": 200 if switch == "yes" else 503}
    if path == "/other":
        try:
            once = Config(retries={"total_max_attempts": 1})
            other = boto3.client("ssm", region_name=event["queryStringParameters"]["region"], config=once)
            other.get_parameter(Name="/healthy")
        except Exception as error:
            return {"statusCode": 502, "body": str(error)}
    seen = {"region": os.environ["AWS_REGION"], "host": event["headers"]["host"], "path": path}
    return {"statusCode": 200, "body": json.dumps(seen)}
"""


class Region(cdk.Stack):
    """One Region: an API behind the shared name and behind a name of its own."""

    def __init__(
        self, scope: Construct, construct_id: str, *, zone: route53.IHostedZone, **settings: Any
    ) -> None:
        super().__init__(scope, construct_id, **settings)
        self.own_name = f"{self.region}.{SHARED}"
        ssm.StringParameter(self, "Switch", parameter_name="/healthy", string_value="yes")
        function = lambda_.Function(
            self,
            "Function",
            runtime=lambda_.Runtime.PYTHON_3_14,
            handler="index.handler",
            code=lambda_.Code.from_inline(CODE),
            timeout=cdk.Duration.seconds(10),
        )
        api = apigw.HttpApi(self, "Api", disable_execute_api_endpoint=True)
        api.add_routes(path="/{proxy+}", integration=integrations.HttpLambdaIntegration("Backend", function))
        certificate = acm.Certificate(
            self,
            "Certificate",
            domain_name=SHARED,
            subject_alternative_names=[self.own_name],
            validation=acm.CertificateValidation.from_dns(zone),
        )
        self.shared, self.own = (
            self.behind(construct_id, name, api, certificate)
            for construct_id, name in (("Shared", SHARED), ("Own", self.own_name))
        )
        cdk.CfnOutput(self, "ApiId", value=api.api_id)

    def behind(
        self, construct_id: str, name: str, api: apigw.HttpApi, certificate: acm.Certificate
    ) -> apigw.DomainName:
        domain = apigw.DomainName(self, construct_id, domain_name=name, certificate=certificate)
        apigw.ApiMapping(self, f"{construct_id}Mapping", api=api, domain_name=domain)
        return domain


class Names(cdk.Stack):
    """The records of both Regions, and what decides between them."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        zone: route53.IHostedZone,
        regions: list[Region],
        **settings: Any,
    ) -> None:
        super().__init__(scope, construct_id, **settings)
        for region, role in zip(regions, ("PRIMARY", "SECONDARY"), strict=True):
            check = route53.HealthCheck(
                self,
                f"{region.region}Check",
                type=route53.HealthCheckType.HTTPS,
                fqdn=region.own_name,
                resource_path="/health",
                request_interval=cdk.Duration.seconds(30),
                failure_threshold=3,
                regions=["us-east-1", "us-west-2", "eu-west-1"],
            )
            records = [
                self.record(region.own_name, region.own),
                self.record(
                    SHARED,
                    region.shared,
                    failover=role,
                    set_identifier=role,
                    health_check_id=check.health_check_id,
                ),
            ]
            route53.CfnRecordSetGroup(
                self, f"{region.region}Records", hosted_zone_id=zone.hosted_zone_id, record_sets=records
            )
            cdk.CfnOutput(self, f"{role.title()}Check", value=check.health_check_id)

    def record(
        self, name: str, domain: apigw.DomainName, **settings: Any
    ) -> route53.CfnRecordSetGroup.RecordSetProperty:
        target = route53.CfnRecordSetGroup.AliasTargetProperty(
            dns_name=domain.regional_domain_name,
            hosted_zone_id=domain.regional_hosted_zone_id,
            evaluate_target_health=False,
        )
        return route53.CfnRecordSetGroup.RecordSetProperty(
            name=name, type="A", alias_target=target, **settings
        )


def main() -> None:
    app = cdk.App(default_stack_synthesizer=cdk.DefaultStackSynthesizer())

    def settings(region: str) -> dict[str, Any]:
        environment = cdk.Environment(account="000000000000", region=region)
        return {"env": environment, "cross_region_references": True}

    base = cdk.Stack(app, "Zone", **settings("us-east-1"))
    zone = route53.PublicHostedZone(base, "Zone", zone_name=ZONE)
    regions = [
        Region(app, f"Orders-{name}", zone=zone, **settings(name)) for name in ("us-east-1", "us-west-2")
    ]
    Names(app, "Names", zone=zone, regions=regions, **settings("us-east-1"))
    app.synth()


if __name__ == "__main__":
    main()
