"""A queue, a FIFO queue, a table and a stream that feed one small function, which writes down what it has seen."""

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_lambda as lambda_

from constructs_lib.dead_letters import FifoOptions, QueueSource, StreamSource

HANDLER = """
import base64
import os

import boto3

seen = boto3.resource("dynamodb").Table(os.environ["SEEN"])


def body_of(record):
    if "kinesis" in record:
        return base64.b64decode(record["kinesis"]["data"]).decode(), record["kinesis"]["sequenceNumber"]
    if "dynamodb" in record:
        return record["dynamodb"]["Keys"]["id"]["S"], record["dynamodb"]["SequenceNumber"]
    return record["body"], record["messageId"]


def process(kind, body):
    tries = seen.update_item(
        Key={"id": f"{kind} tries {body}"},
        UpdateExpression="ADD tries :one",
        ExpressionAttributeValues={":one": 1},
        ReturnValues="UPDATED_NEW",
    )["Attributes"]["tries"]
    if body.startswith("poison") or (body.startswith("flaky") and tries < 3):
        raise ValueError(body)
    seen.update_item(
        Key={"id": kind},
        UpdateExpression="SET bodies = list_append(if_not_exists(bodies, :none), :body)",
        ExpressionAttributeValues={":none": [], ":body": [body]},
    )


def handler(event, context):
    failed, stuck = [], set()
    for record in event["Records"]:
        body, identity = body_of(record)
        group = record.get("attributes", {}).get("MessageGroupId")
        kind = os.environ["KIND"] + (f" {group}" if group else "")
        if group in stuck:
            failed.append({"itemIdentifier": identity})
            continue
        try:
            process(kind, body)
        except ValueError:
            if os.environ["KIND"] == "bisected":
                raise
            failed.append({"itemIdentifier": identity})
            if group:
                stuck.add(group)
            if "dynamodb" in record or "kinesis" in record:
                break
    return {"batchItemFailures": failed}
"""


class Sources(cdk.Stack):
    """One function for each source, all of which write into one table."""

    def __init__(self, app: cdk.App) -> None:
        """Build it."""
        super().__init__(app, "Sources", env=cdk.Environment(account="000000000000", region="us-east-1"))
        self.seen = self._table("Seen")
        destroy = cdk.RemovalPolicy.DESTROY
        jobs = QueueSource(
            self, "Jobs", function=self._function("jobs"), redrive=None, removal_policy=destroy
        )
        ordered = QueueSource(
            self,
            "Ordered",
            function=self._function("ordered"),
            fifo=FifoOptions(content_based_deduplication=True),
            redrive=None,
            removal_policy=destroy,
        )
        table = self._table("Table", stream=dynamodb.StreamViewType.NEW_IMAGE)
        changes = self._changes("bisected", table=table)
        stream = kinesis.Stream(self, "Stream", shard_count=1, removal_policy=destroy)
        clicks = self._changes("partial", stream=stream)
        outputs = {
            "Seen": self.seen.table_name,
            "Jobs": jobs.queue.queue_url,
            "JobsDead": jobs.dead_letter_queue.queue_url,
            "Ordered": ordered.queue.queue_url,
            "OrderedDead": ordered.dead_letter_queue.queue_url,
            "Table": table.table_name,
            "Stream": stream.stream_name,
        }
        for name, source in (("ChangesDead", changes), ("ClicksDead", clicks)):
            if source.dead_letter_queue is not None:
                outputs[name] = source.dead_letter_queue.queue_url
        for name, value in outputs.items():
            cdk.CfnOutput(self, f"{name}Out", value=value)

    def _table(self, name: str, *, stream: dynamodb.StreamViewType | None = None) -> dynamodb.Table:
        return dynamodb.Table(
            self,
            name,
            partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            stream=stream,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )

    def _function(self, kind: str) -> lambda_.Function:
        function = lambda_.Function(
            self,
            kind.capitalize() + "Function",
            runtime=lambda_.Runtime.PYTHON_3_14,
            handler="index.handler",
            code=lambda_.Code.from_inline(HANDLER),
            timeout=cdk.Duration.seconds(30),
            environment={"SEEN": self.seen.table_name, "KIND": kind},
        )
        self.seen.grant_read_write_data(function)
        return function

    def _changes(self, kind: str, **source: dynamodb.ITable | kinesis.IStream) -> StreamSource:
        return StreamSource(
            self,
            kind.capitalize(),
            function=self._function(kind),
            retry_attempts=2,
            redrive=None,
            removal_policy=cdk.RemovalPolicy.DESTROY,
            table=source.get("table"),  # type: ignore[arg-type] # the key tells which it is
            stream=source.get("stream"),  # type: ignore[arg-type] # likewise
        )


def main() -> None:
    """Build it."""
    app = cdk.App()
    Sources(app)
    app.synth()


main()
