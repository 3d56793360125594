"""Functions with an event source, and what they say they were given."""

import json
from typing import Any

from local_cloud import LocalCloud
from tests.local_cloud.resources import att, function, ref, resource

KEEPER = """
import base64, boto3, json, os, time

TABLE = os.environ["TABLE"]

def text(record):
    if "body" in record:
        return record["body"]
    if "kinesis" in record:
        return base64.b64decode(record["kinesis"]["data"]).decode()
    return record["dynamodb"]["Keys"]["id"]["S"]

def number(record):
    if "messageId" in record:
        return record["messageId"]
    return record["kinesis"]["sequenceNumber"] if "kinesis" in record else record["dynamodb"]["SequenceNumber"]

def handler(event, context):
    dynamodb = boto3.client("dynamodb")
    batch = [text(record) for record in event["Records"]]
    dynamodb.put_item(TableName=TABLE, Item={
        "id": {"S": f"{time.time_ns()}-{context.aws_request_id}"},
        "batch": {"S": json.dumps(batch)},
        "event": {"S": json.dumps(event)},
        "began": {"N": str(time.time())},
        "arn": {"S": context.invoked_function_arn},
    })
    if any("slow" in said for said in batch):
        time.sleep(0.5)
    if any("poison" in said for said in batch):
        raise ValueError("poison")
    if any("answer:" in said for said in batch):
        return json.loads(next(said for said in batch if "answer:" in said).split("answer:")[1])
    failed = [{"itemIdentifier": number(r)} for r, said in zip(event["Records"], batch) if "fail" in said]
    return {"batchItemFailures": failed}
"""
"""Writes each batch down, and fails at what says so."""


def keeper(**properties: Any) -> dict[str, Any]:
    """A table, and a function with an alias that writes down there what it is given."""
    variables = {"Variables": {"TABLE": ref("Table")}}
    return {
        "Table": resource(
            "DynamoDB::Table",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        ),
        **function(KEEPER, Environment=variables, **properties),
    }


def source_of(stream: object, **properties: Any) -> dict[str, Any]:
    """A mapping of an event source to the function's alias."""
    return resource(
        "Lambda::EventSourceMapping", FunctionName=ref("Live"), EventSourceArn=stream, **properties
    )


def queue_pair(name: str, *, receives: int = 2, visibility: int = 1, **properties: Any) -> dict[str, Any]:
    """A queue and its dead-letter queue."""
    policy = {"deadLetterTargetArn": att(f"{name}Dead"), "maxReceiveCount": receives}
    fifo: dict[str, Any] = {"FifoQueue": True} if properties.get("FifoQueue") else {}
    return {
        f"{name}Dead": resource("SQS::Queue", **fifo),
        name: resource("SQS::Queue", VisibilityTimeout=visibility, RedrivePolicy=policy, **properties),
    }


def batches(cloud: LocalCloud, table: str) -> list[list[str]]:
    """The batches that a keeper was given, oldest first."""
    return [json.loads(item["batch"]["S"]) for item in items(cloud, table)]


def items(cloud: LocalCloud, table: str) -> list[dict[str, Any]]:
    pages = cloud.client("dynamodb").get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    return sorted((item for page in pages for item in page["Items"]), key=lambda item: str(item["id"]["S"]))


def depth(cloud: LocalCloud, url: str) -> int:
    """How many messages a queue has, visible or not."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = cloud.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(count) for count in found.values())
