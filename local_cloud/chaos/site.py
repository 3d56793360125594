"""Both systems on one local cloud, and what an operator looks up in them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from local_cloud.chaos.rules import FUNCTIONS
from local_cloud.server import LocalCloud
from local_cloud.service import DeployedOrderService

__all__ = ["ORDERS", "PIPELINE", "ROOT", "SETTINGS", "Site"]

ROOT = Path(__file__).resolve().parent.parent.parent
ORDERS, PIPELINE, REGION = "OrderService-local", "DataPipeline-local", "us-east-1"
SETTINGS = {
    "LOCAL_CLOUD_RETRY_DELAY": "0.5",
    "LOCAL_CLOUD_WAIT_SCALE": "0.5",
    "LAMBDA_ACCOUNT_CONCURRENCY": "24",
}
"""Asynchronous events are tried again after 0.5 and 1 second in place of one and two minutes; a workflow's waits before
a retry pass twice as fast: circuit breakers do not, and an order has to wait longer than one of them is open. All
functions together have the concurrency of a small machine: what is more is throttled, as in a small account."""
_VISIBILITY_SECONDS = 3
"""In place of six times the function's timeout: a message that fails is tried five times in 15 seconds."""
_FEW_RECEIVES = 2
"""In place of five, while dead letters are re-driven: what fails again is a dead letter in six seconds."""
_CREATE_ORDER_SECONDS = 10
"""In place of 25."""
_LIVE = "live"
_SOURCES = ("OrderQueueUrl", "FilesQueueUrl")
_EMPTIED = ("Orders", "Charges", "Stock", "Reservations", "Idempotency", "Breakers", "Manifest")
_BATCH = 25


@dataclass(frozen=True, kw_only=True)
class Site:
    """What is deployed.

    Attributes:
        cloud: where.
        outputs: of both stacks, by name; those of the order service count where both have one.
    """

    cloud: LocalCloud
    outputs: Mapping[str, str]

    @classmethod
    def deploy(cls, cloud: LocalCloud, scratch: Path) -> "Site":
        """Deploy both stacks with the CDK CLI, as on AWS."""
        assembly, outputs = scratch / "cdk.out", scratch / "outputs.json"
        cloud.cdk("synth", "--quiet", "--context", "stage=local", "--output", str(assembly), cwd=ROOT)
        cloud.bootstrap((REGION,), cwd=assembly)
        cloud.cdk(
            *("deploy", "--all", "--app", str(assembly), "--outputs-file", str(outputs)),
            *("--require-approval", "never"),
            cwd=ROOT,
        )
        return cls.of(cloud, json.loads(outputs.read_text()))

    @classmethod
    def of(cls, cloud: LocalCloud, outputs: Mapping[str, Mapping[str, str]]) -> "Site":
        """What was deployed, from the outputs of its stacks."""
        site = cls(cloud=cloud, outputs={**outputs[PIPELINE], **outputs[ORDERS]})
        for url in site.sources:
            cloud.client("sqs").set_queue_attributes(
                QueueUrl=url, Attributes={"VisibilityTimeout": str(_VISIBILITY_SECONDS)}
            )
        site._shorten_create_order()
        assert set(site.service.inboxes) == {"on-call", "customer"}  # noqa: S101 - subscribes both
        return site

    def _shorten_create_order(self) -> None:
        """A request whose function was killed counts as in progress until it would have timed out."""
        client, name = self.cloud.client("lambda"), self.function("create_order")
        client.update_function_configuration(FunctionName=name, Timeout=_CREATE_ORDER_SECONDS)
        client.get_waiter("function_updated_v2").wait(FunctionName=name)
        version = client.publish_version(FunctionName=name)["Version"]
        client.update_alias(FunctionName=name, Name=_LIVE, FunctionVersion=version)

    @cached_property
    def service(self) -> DeployedOrderService:
        """The order service as its users see it."""
        return DeployedOrderService(self.cloud, self.outputs, REGION)

    @cached_property
    def resources(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        """By type: the logical and physical ids of what both stacks have."""
        found: dict[str, list[tuple[str, str]]] = {}
        pages = self.cloud.client("cloudformation").get_paginator("list_stack_resources")
        for stack in (ORDERS, PIPELINE):
            for page in pages.paginate(StackName=stack):
                for each in page["StackResourceSummaries"]:
                    ids = each["LogicalResourceId"], each["PhysicalResourceId"]
                    found.setdefault(each["ResourceType"], []).append(ids)
        return found

    def function(self, handler: str) -> str:
        """The name of the function of a handler."""
        (name,) = (
            name for _, name in self.resources["AWS::Lambda::Function"] if name.startswith(FUNCTIONS[handler])
        )
        return name

    def alias(self, handler: str) -> str:
        """The alias that its traffic takes."""
        return f"{self.function(handler)}:{_LIVE}"

    @cached_property
    def queues(self) -> Mapping[str, str]:
        """The URL of each queue that keeps what failed, by the queue's name."""
        sources = {self.outputs[output] for output in _SOURCES}
        found = (url for _, url in self.resources["AWS::SQS::Queue"] if url not in sources)
        return {url.rpartition("/")[2]: url for url in found}

    @cached_property
    def sources(self) -> Sequence[str]:
        """The URLs of the queues that functions read."""
        return [self.outputs[output] for output in _SOURCES]

    @contextmanager
    def impatient(self) -> Iterator[None]:
        """Make dead letters of messages sooner, meanwhile."""
        sqs, name = self.cloud.client("sqs"), "RedrivePolicy"
        before = {
            url: sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name]
            for url in self.sources
        }
        try:
            for url, policy in before.items():
                sooner = json.dumps({**json.loads(policy), "maxReceiveCount": _FEW_RECEIVES})
                sqs.set_queue_attributes(QueueUrl=url, Attributes={name: sooner})
            yield
        finally:
            for url, policy in before.items():
                sqs.set_queue_attributes(QueueUrl=url, Attributes={name: policy})

    @cached_property
    def alarms(self) -> Mapping[str, Sequence[str]]:
        """The alarms on the depth of each of `queues`, by the queue's name."""
        found: dict[str, list[str]] = {name: [] for name in self.queues}
        pages = self.cloud.client("cloudwatch").get_paginator("describe_alarms")
        for page in pages.paginate(AlarmTypes=["MetricAlarm"]):
            for alarm in page["MetricAlarms"]:
                names = [each["Value"] for each in alarm.get("Dimensions", []) if each["Name"] == "QueueName"]
                if alarm.get("MetricName") == "ApproximateNumberOfMessagesVisible" and names[0] in found:
                    found[names[0]].append(alarm["AlarmName"])
        return found

    @cached_property
    def routes(self) -> Sequence[tuple[str, Mapping[str, Any]]]:
        """What the schedules of the redrive would invoke, and with which event."""
        scheduler = self.cloud.client("scheduler")
        found = []
        for page in scheduler.get_paginator("list_schedules").paginate():
            for each in page["Schedules"]:
                target = scheduler.get_schedule(Name=each["Name"], GroupName=each["GroupName"])["Target"]
                event = json.loads(target.get("Input") or "{}")
                if "queue_arn" in event:
                    found.append((target["Arn"], event))
        return found

    def depth(self, url: str) -> int:
        """How many messages a queue has, those that somebody has received included."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answer = self.cloud.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)
        return sum(int(answer["Attributes"][name]) for name in names)

    def running(self) -> Sequence[str]:
        """The names of the workflows that run."""
        pages = self.cloud.client("stepfunctions").get_paginator("list_executions")
        answer = pages.paginate(stateMachineArn=self.outputs["WorkflowArn"], statusFilter="RUNNING")
        return [each["name"] for page in answer for each in page["executions"]]

    def open_orders(self) -> int:
        """How many orders are not finished: the index of the service has no others."""
        answer = self.cloud.client("dynamodb").scan(
            TableName=self.outputs["OrdersTable"], IndexName="open", Select="COUNT"
        )
        return int(answer["Count"])

    def items(self, table: str) -> Iterator[Mapping[str, Any]]:
        """All items of a table."""
        pages = self.cloud.client("dynamodb").get_paginator("scan")
        for page in pages.paginate(TableName=table, ConsistentRead=True):
            yield from page["Items"]

    @cached_property
    def given_up(self) -> frozenset[str]:
        """The names of the queues where the redrive of each stack puts what it has given up."""
        found = self.resources["AWS::SQS::Queue"]
        return frozenset(
            url.rpartition("/")[2] for logical, url in found if logical.startswith("RedriveParking")
        )

    @cached_property
    def ledgers(self) -> Sequence[str]:
        """The tables in which the redrive of each stack remembers what it did."""
        found = self.resources["AWS::DynamoDB::GlobalTable"]
        return [table for logical, table in found if logical.startswith("RedriveLedger")]

    def tables(self, *names: str) -> Mapping[str, str]:
        """The tables whose logical ids have one of these names in them, by name."""
        found = self.resources["AWS::DynamoDB::GlobalTable"]
        return {name: table for name in names for logical, table in found if name in logical}

    def empty(self, *, stock: Mapping[str, int]) -> None:
        """Forget everything, and fill the warehouse; what workflows and re-drivers remember does not matter."""
        dynamodb, sqs = self.cloud.client("dynamodb"), self.cloud.client("sqs")
        for table in self.tables(*_EMPTIED).values():
            schema = dynamodb.describe_table(TableName=table)["Table"]["KeySchema"]
            names = [each["AttributeName"] for each in schema]
            keys = [{name: item[name] for name in names} for item in self.items(table)]
            for first in range(0, len(keys), _BATCH):
                deletes = [{"DeleteRequest": {"Key": key}} for key in keys[first : first + _BATCH]]
                dynamodb.batch_write_item(RequestItems={table: deletes})
        for url in (*self.queues.values(), *self.sources, *self.service.inboxes.values()):
            sqs.purge_queue(QueueUrl=url)
        for output in ("UploadsBucket", "OutputBucket", "QuarantineBucket"):
            self._empty_bucket(self.outputs[output])
        for sku, count in stock.items():
            item = {"sku": {"S": sku}, "warehouse": {"S": REGION}, "available": {"N": str(count)}}
            dynamodb.put_item(TableName=self.outputs["StockTable"], Item=item)

    def _empty_bucket(self, bucket: str) -> None:
        s3 = self.cloud.client("s3")
        with ThreadPoolExecutor(4) as pool:
            for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
                found = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
                list(
                    pool.map(
                        lambda each: s3.delete_object(
                            Bucket=bucket, Key=each["Key"], VersionId=each["VersionId"]
                        ),
                        found,
                    )
                )
