"""What the tests of failover build with: a zone, endpoints, alarms of every kind."""

import importlib.util
from types import ModuleType
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_route53 as route53
from constructs import Construct

from constructs_lib.failover import AliasEndpoint, EndpointHealthCheck, ExternalEndpoint
from constructs_lib.handlers import handler_folder
from tests.synthesis import fresh_app

ACCOUNT = "111122223333"
EU = AliasEndpoint.imported(
    dns_name="d-1.execute-api.eu-west-1.amazonaws.com", hosted_zone_id="ZLY8HYME6SFDD"
)
US = AliasEndpoint.imported(
    dns_name="d-2.execute-api.us-east-1.amazonaws.com", hosted_zone_id="Z1UJRXOUMOOFQ8"
)
AZURE = ExternalEndpoint("my-app.azurewebsites.net")
MINUTE = cdk.Duration.minutes(1)
BELOW = cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD


def stack_in(region: str = "us-east-1", name: str = "Stack", **properties: Any) -> cdk.Stack:
    """A stack whose account and Region are known."""
    return cdk.Stack(fresh_app(), name, env=cdk.Environment(account=ACCOUNT, region=region), **properties)


def zone(scope: Construct, name: str = "example.com") -> route53.IHostedZone:
    """A hosted zone that is there already."""
    return route53.PublicHostedZone.from_hosted_zone_attributes(
        scope, "Zone", hosted_zone_id="Z123", zone_name=name
    )


def health(scope: Construct, construct_id: str = "Health", **options: Any) -> EndpointHealthCheck:
    """A health check of an endpoint's own name."""
    given: dict[str, Any] = {"host": f"orders-{construct_id.lower()}.example.com"} | options
    return EndpointHealthCheck(scope, construct_id, **given)


def metric(**options: Any) -> cloudwatch.Metric:
    """A metric that Route 53 can watch, but for `options`."""
    given: dict[str, Any] = {
        "namespace": "Orders",
        "metric_name": "Served",
        "statistic": "Minimum",
        "period": MINUTE,
    }
    return cloudwatch.Metric(**(given | options))


def plain_alarm(scope: Construct, construct_id: str = "Plain") -> cloudwatch.Alarm:
    """An alarm on one metric."""
    return cloudwatch.Alarm(scope, construct_id, metric=metric(), threshold=1, evaluation_periods=1)


def composite_alarm(scope: Construct) -> cloudwatch.CompositeAlarm:
    """A composite alarm."""
    rule = cloudwatch.AlarmRule.from_alarm(plain_alarm(scope, "Child"), cloudwatch.AlarmState.ALARM)
    return cloudwatch.CompositeAlarm(scope, "Composite", alarm_rule=rule)


def math_alarm(scope: Construct) -> cloudwatch.Alarm:
    """An alarm on metric math, M of N."""
    expression = cloudwatch.MathExpression(
        expression="a + b", using_metrics={"a": metric(), "b": metric(metric_name="Other")}, period=MINUTE
    )
    return cloudwatch.Alarm(
        scope, "Math", metric=expression, threshold=1, evaluation_periods=5, datapoints_to_alarm=3
    )


def anomaly_alarm(scope: Construct) -> cloudwatch.Alarm:
    """An alarm on an anomaly."""
    return cloudwatch.AnomalyDetectionAlarm(
        scope, "Anomaly", metric=metric(statistic="Average"), evaluation_periods=3, std_devs=2
    )


def load_handler(name: str) -> ModuleType:
    """The library's handler `name`, as a module."""
    path = handler_folder(name) / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
