"""The route of an API that says whether its Region has what it needs."""

import re
from typing import ClassVar

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from constructs_lib.checks import Check, acknowledge, is_token
from constructs_lib.failover.asking import as_environment, grant_asking
from constructs_lib.failover.region_needs import RegionNeeds, check_needs
from constructs_lib.function import FunctionLogs, HardenedFunction
from constructs_lib.handlers import handler_folder

__all__ = ["HealthRoute"]

_DEADLINE_SECONDS = 1.5
"""Route 53 waits 2 seconds for the answer, its way included.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
"""
_PATH = re.compile(r"/[A-Za-z0-9_.~/-]{0,254}")


class HealthRoute(Construct):
    """A route of an HTTP API that says whether its Region has what it needs: ``ok`` (200) or ``unavailable`` (503).

    What is wrong stands in the log of its function and never in the answer. Route 53's health checkers cannot sign
    requests, so anybody may ask. The answer comes within 1.5 seconds, whoever has not answered by then.

    Attributes:
        function: what answers.
        route: the route.
    """

    WATCHES_ITSELF: ClassVar[bool] = True
    """If it fails, the health check is unhealthy, and `HealthCheckAlarms` tell: `Watch` leaves it alone."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        http_api: apigateway.IHttpApi,
        needs: RegionNeeds,
        path: str = "/health",
        log_settings: FunctionLogs | None = None,
        removal_policy: cdk.RemovalPolicy | None = None,
    ) -> None:
        """Add the route to `http_api`.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            http_api: the API.
            needs: what the Region needs.
            path: where it answers to GET.
            log_settings: retention and encryption of the function's log. Left out: `FunctionLogs()`.
            removal_policy: what happens to that log with the stack. Left out, it is retained.

        Raises:
            ConfigurationError: an argument cannot work.
        """
        check = Check(scope, construct_id)
        check.offers("http_api", http_api, "api_id", remedy="Give an HTTP API of CDK, made or imported.")
        check_needs(check, needs, cdk.Stack.of(scope).region)
        check.instance("path", path, str)
        check.require(
            is_token(path) or _PATH.fullmatch(path) is not None,
            f"path is {path!r}.",
            remedy="Give one that starts with /, without parameters, such as /health.",
        )
        super().__init__(scope, construct_id)
        with check.all_or_nothing():
            self.function = HardenedFunction(
                self,
                "Function",
                code=lambda_.Code.from_asset(str(handler_folder("health")), exclude=["__pycache__"]),
                handler="health.handler",
                description="Says whether this Region has what it needs",
                timeout=cdk.Duration.seconds(3),
                environment={
                    **as_environment(self, needs),
                    "HEALTH_DEADLINE_SECONDS": str(_DEADLINE_SECONDS),
                },
                tracing=False,
                log_settings=log_settings,
                removal_policy=removal_policy,
            )
            grant_asking(self.function, needs)
            self.route = apigateway.HttpRoute(
                self,
                "Route",
                http_api=http_api,
                route_key=apigateway.HttpRouteKey.with_(path, apigateway.HttpMethod.GET),
                integration=integrations.HttpLambdaIntegration("Health", self.function.alias),
                authorizer=apigateway.HttpNoneAuthorizer(),
            )
            _acknowledge(self)


def _acknowledge(route: HealthRoute) -> None:
    acknowledge(
        route.route,
        {"AwsSolutions::AwsSolutions-APIG4": "Health checkers cannot sign; the answer is one word of two."},
    )
    acknowledge(
        route.function.function,
        {
            "Serverless::Serverless-LambdaTracing": "Every checker's request would be a trace that says nothing.",
            "Serverless::Serverless-LambdaDLQ": "It is called synchronously only: there is no event to lose.",
            "constructs_lib::failure-not-covered": "What fails it fails the health check, and the alarm of that rings.",
        },
    )
