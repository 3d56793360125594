"""The order service in two Regions, deployed to a local cloud, and what an operator looks up in it."""

import json
import ssl
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from local_cloud.drill.client import Answers, Client, Reached, key_of
from local_cloud.drill.plan import Plan
from local_cloud.server import LocalCloud
from local_cloud.service import ARTICLE

__all__ = ["GLOBAL_REGION", "PRIMARY", "ROOT", "STACK", "STANDBY", "WITNESS", "Consistency", "Site"]

Consistency = Literal["strong", "eventual"]

ROOT = Path(__file__).resolve().parent.parent.parent
STACK = "OrderService-local"
PRIMARY, STANDBY, WITNESS, GLOBAL_REGION = "eu-west-1", "eu-central-1", "eu-west-3", "us-east-1"
DOMAIN = "example.com"
NAME = f"orders.{DOMAIN}"
_LIVE = ":live"


@dataclass(frozen=True, kw_only=True)
class Site:
    """What is deployed.

    Attributes:
        cloud: where.
        plan: what the app itself says of a failover.
        speed: how many seconds of the health checks' interval and of the TTL pass in one.
    """

    cloud: LocalCloud
    plan: Plan
    speed: float

    @classmethod
    def synthesize(cls, cloud: LocalCloud, consistency: Consistency, assembly: Path) -> Plan:
        """Make the assembly of the app in both Regions, and read its plan."""
        zone = cloud.client("route53").create_hosted_zone(Name=DOMAIN, CallerReference=str(uuid.uuid4()))
        settings = {
            "stage": "local",
            "regions": f"{PRIMARY},{STANDBY}",
            "domain": DOMAIN,
            "hosted_zone_id": zone["HostedZone"]["Id"].rpartition("/")[2],
            **({"witness_region": WITNESS} if consistency == "strong" else {}),
        }
        context = [part for name, value in settings.items() for part in ("--context", f"{name}={value}")]
        cloud.cdk("synth", "--quiet", *context, "--output", str(assembly), cwd=ROOT)
        return Plan.read(assembly)

    @staticmethod
    def deploy(cloud: LocalCloud, assembly: Path) -> None:
        """Deploy all stacks of the assembly."""
        cloud.bootstrap((PRIMARY, STANDBY, GLOBAL_REGION), cwd=assembly)
        cloud.cdk("deploy", "--all", "--app", str(assembly), "--require-approval", "never", cwd=ROOT)

    @cached_property
    def outputs(self) -> Mapping[str, Mapping[str, str]]:
        """Region to the outputs of its stack."""
        return {region: self._outputs(region) for region in (PRIMARY, STANDBY)}

    def _outputs(self, region: str) -> Mapping[str, str]:
        (stack,) = self.cloud.client("cloudformation", region).describe_stacks(StackName=STACK)["Stacks"]
        return {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}

    def resources(self, region: str, stack: str, kind: str) -> Mapping[str, str]:
        """Logical to physical id of a stack's resources of a type."""
        client = self.cloud.client("cloudformation", region)
        found = client.describe_stack_resources(StackName=stack)["StackResources"]
        return {
            each["LogicalResourceId"]: each["PhysicalResourceId"]
            for each in found
            if each["ResourceType"] == kind
        }

    def create_order(self, region: str) -> str:
        """The name of the function that takes orders."""
        aliases = self.resources(region, STACK, "AWS::Lambda::Alias")
        (arn,) = [arn for name, arn in aliases.items() if name.startswith("CreateOrder")]
        return arn.removesuffix(_LIVE).rpartition(":")[2]

    def fill_warehouses(self) -> None:
        """Put more than the drill can sell into the warehouse of each Region."""
        for region, outputs in self.outputs.items():
            self.cloud.client("dynamodb", region).put_item(
                TableName=outputs["StockTable"],
                Item={
                    "sku": {"S": ARTICLE},
                    "warehouse": {"S": region},
                    "available": {"N": "1000000000"},
                },
            )

    @property
    def alarm_topics(self) -> Mapping[str, str]:
        """Region to the topic that its alarms tell people by."""
        (topic,) = self.resources(GLOBAL_REGION, f"{STACK}-global", "AWS::SNS::Topic").values()
        return {
            **{region: self.outputs[region]["AlarmTopicArn"] for region in self.outputs},
            GLOBAL_REGION: topic,
        }

    def all_healthy(self) -> bool:
        """Whether every checker of every health check succeeds."""
        client = self.cloud.client("route53")
        checks = client.list_health_checks()["HealthChecks"]
        found = [
            client.get_health_check_status(HealthCheckId=each["Id"])["HealthCheckObservations"]
            for each in checks
        ]
        return bool(found) and all(
            each and all(seen["StatusReport"]["Status"].startswith("Success") for seen in each)
            for each in found
        )

    def worst_case(self) -> float:
        """The plan's recovery time at this site's speed."""
        checks = self.cloud.client("route53").list_health_checks()["HealthChecks"]
        (config,) = [
            each["HealthCheckConfig"]
            for each in checks
            if PRIMARY in each["HealthCheckConfig"].get("FullyQualifiedDomainName", "")
        ]
        ttl = self.cloud.resolve(NAME).ttl or 0
        return self.plan.at_speed(
            self.speed, interval=config["RequestInterval"], threshold=config["FailureThreshold"], ttl=ttl
        )

    def clients(self, count: int) -> Sequence[Client]:
        """So many clients, whose resolvers' answers are of different ages."""
        trust = ssl.create_default_context(cafile=str(self.cloud.certificate_authority))
        reached = Reached(name=NAME, port=self.cloud.port, trust=trust, regions=(PRIMARY, STANDBY))
        return [
            Client(
                number,
                reached,
                Answers(ask=lambda: self.cloud.resolve(NAME), speed=self.speed, age=number / count),
            )
            for number in range(count)
        ]

    def orders(self, region: str) -> Mapping[str, str]:
        """Order id to key of what the table of a Region has."""
        return {
            item["order_id"]["S"]: key
            for item in self._scan(region, self.outputs[region]["OrdersTable"])
            if (key := key_of(item["customer_email"]["S"])) is not None
        }

    def _scan(self, region: str, table: str) -> Iterator[Mapping[str, Any]]:
        pages = self.cloud.client("dynamodb", region).get_paginator("scan")
        for page in pages.paginate(TableName=table, ProjectionExpression="order_id, customer_email"):
            yield from page["Items"]

    def resend_dead_letters(self, region: str) -> Sequence[str]:
        """Send what could not be confirmed to the function again; the ids of the orders."""
        sqs, outputs = self.cloud.client("sqs", region), self.outputs[region]
        sent: list[str] = []
        while found := sqs.receive_message(QueueUrl=outputs["DeadLetterQueueUrl"]).get("Messages"):
            for message in found:
                event = json.loads(message["Body"])["requestPayload"]
                self.cloud.client("lambda", region).invoke(
                    FunctionName=outputs["SendNotificationAlias"],
                    InvocationType="Event",
                    Payload=json.dumps(event),
                )
                sqs.delete_message(
                    QueueUrl=outputs["DeadLetterQueueUrl"], ReceiptHandle=message["ReceiptHandle"]
                )
                sent.append(event["input"]["order_id"])
        return sent
