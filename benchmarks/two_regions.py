"""What both sides build: the same service in the same two Regions under the same name."""

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_route53 as route53
from constructs import Construct

from benchmarks.workload import HANDLER, code
from constructs_lib.alarms import Profile
from constructs_lib.alarms.services import HttpApiAlarmSettings, TableAlarmSettings
from constructs_lib.handlers import handler_folder

__all__ = [
    "ACCOUNT",
    "ACTIONS",
    "API_ALARMS",
    "FUNCTIONS",
    "HANDLER",
    "KEY",
    "RECORD",
    "REGIONS",
    "SERVICE",
    "TABLE_ALARMS",
    "ZONE",
    "code",
    "health_code",
    "key",
    "requests",
    "zone",
    "zone_attributes",
]

SERVICE = "Orders"
ACCOUNT = "111122223333"
REGIONS = ("eu-west-1", "eu-central-1")
"""The primary's and the standby's."""
ZONE = "example.com"
RECORD = "orders"
FUNCTIONS = {"/orders": "CreateOrder", "/orders/{order_id}/confirmation": "SendNotification"}
"""Path to the function behind it."""
KEY = "id"
API_ALARMS = HttpApiAlarmSettings(profile=Profile.STANDARD)
# ReplicationAlarms watch how late replicas are.
TABLE_ALARMS = TableAlarmSettings(profile=Profile.STANDARD, replication_latency=None)
ACTIONS = ("dynamodb:GetItem", "dynamodb:PutItem")


def zone_attributes() -> route53.HostedZoneAttributes:
    """The hosted zone of the name."""
    return route53.HostedZoneAttributes(hosted_zone_id="Z0123456789ABCDEFGHI", zone_name=ZONE)


def zone(scope: Construct) -> route53.IHostedZone:
    """The same as a construct."""
    found = zone_attributes()
    return route53.HostedZone.from_hosted_zone_attributes(
        scope, "Zone", hosted_zone_id=found.hosted_zone_id, zone_name=found.zone_name
    )


def key() -> dynamodb.Attribute:
    """The table's."""
    return dynamodb.Attribute(name=KEY, type=dynamodb.AttributeType.STRING)


def requests() -> cloudwatch.Metric:
    """What users ask for."""
    return cloudwatch.Metric(
        namespace=SERVICE, metric_name="Created", statistic="Sum", period=cdk.Duration.minutes(1)
    )


def health_code() -> lambda_.Code:
    """The handler that answers the health check."""
    return lambda_.Code.from_asset(str(handler_folder("health")), exclude=["__pycache__"])
