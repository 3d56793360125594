"""Functions that fail as they are told to, and what re-drives their dead letters."""

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sqs as sqs

from constructs_lib.dead_letters import DeadLetterQueue, DeadLetters, Redrive, RedriveSettings, WrittenBy
from constructs_lib.dead_letters.asynchronous import add_dead_letters

CODE = """
import json, os
import boto3

TABLE = boto3.resource("dynamodb").Table(os.environ["TABLE"])


def handler(event, context):
    for order in [json.loads(each["body"]) for each in event["Records"]] if "Records" in event else [event]:
        if "Item" in TABLE.get_item(Key={"id": "outage#" + order["kind"]}, ConsistentRead=True):
            raise type(order["error"], (Exception,), {})("no answer for " + order["id"])
        TABLE.update_item(
            Key={"id": order["id"]},
            UpdateExpression="ADD times :one",
            ExpressionAttributeValues={":one": 1},
        )
"""


def main() -> None:
    """Build it."""
    app = cdk.App()
    stack = cdk.Stack(app, "Redriven", env=cdk.Environment(account="000000000000", region="us-east-1"))
    gone = cdk.RemovalPolicy.DESTROY
    table = dynamodb.TableV2(
        stack,
        "Table",
        partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
        removal_policy=gone,
    )
    redrive = Redrive(stack, "Redrive", removal_policy=gone)
    outputs = {
        "Table": table.table_name,
        "Ledger": redrive.ledger.table_name,
        "Parking": redrive.parking_queue.queue_url,
        "Parked": redrive.parked.alarm_name,
    }
    every_minute = scheduler.ScheduleExpression.rate(cdk.Duration.minutes(1))
    for name, schedule in (("Orders", every_minute), ("Invoices", None)):
        function = function_of(stack, name, table)
        queue = add_dead_letters(
            stack,
            f"{name}Letters",
            function=function,
            settings=DeadLetters(
                retry_attempts=0, redrive=RedriveSettings(schedule=schedule, rate_per_second=50)
            ),
            removal_policy=gone,
        )
        assert queue is not None
        outputs |= {f"{name}Function": function.function_arn, f"{name}Queue": queue.queue_url}
    dead = DeadLetterQueue(stack, "PaymentsLetters", removal_policy=gone)
    payments = sqs.Queue(
        stack,
        "Payments",
        visibility_timeout=cdk.Duration.seconds(10),
        dead_letter_queue=sqs.DeadLetterQueue(queue=dead, max_receive_count=1),
        removal_policy=gone,
    )
    function_of(stack, "Pay", table).add_event_source(sources.SqsEventSource(payments, batch_size=1))
    redrive.add_queue(
        dead, written_by=WrittenBy.QUEUE, source=payments, settings=RedriveSettings(schedule=None)
    )
    outputs |= {"Payments": payments.queue_url, "PaymentsQueue": dead.queue_url}
    for name, value in outputs.items():
        cdk.CfnOutput(stack, f"{name}Out", value=value)
    app.synth()


def function_of(stack: cdk.Stack, name: str, table: dynamodb.TableV2) -> lambda_.Alias:
    """The alias of a function that fails while the table holds an outage of the event's kind."""
    function = lambda_.Function(
        stack,
        name,
        code=lambda_.Code.from_inline(CODE),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_13,
        timeout=cdk.Duration.seconds(10),
        environment={"TABLE": table.table_name},
    )
    table.grant_read_write_data(function)
    return function.add_alias("live")


main()
