"""Sagas of one function, which does what the input of the execution tells it to, and writes down each call."""

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_

from constructs_lib.workflow import Parallel, Retries, Saga, Step

WORK = """
import os

import boto3

calls = boto3.resource("dynamodb").Table(os.environ["CALLS"])

def handler(event, context):
    saga = event["saga"]
    what = saga["action"] + " " + saga["step"]
    execution = saga["execution"].rpartition(":")[2]
    written = calls.update_item(
        Key={"execution": execution},
        UpdateExpression="SET calls = list_append(if_not_exists(calls, :none), :one)",
        ExpressionAttributeValues={":none": [], ":one": [what]},
        ReturnValues="UPDATED_NEW",
    )
    fault = event["input"].get("faults", {}).get(what)
    if fault and written["Attributes"]["calls"].count(what) <= fault["times"]:
        raise type(fault["error"], (Exception,), {})("on purpose")
    return {"key": saga["idempotency_key"]}
"""


def main() -> None:
    """Build it."""
    app = cdk.App()
    stack = cdk.Stack(app, "Sagas", env=cdk.Environment(account="000000000000", region="us-east-1"))
    calls = dynamodb.TableV2(
        stack,
        "Calls",
        partition_key=dynamodb.Attribute(name="execution", type=dynamodb.AttributeType.STRING),
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )
    function = lambda_.Function(
        stack,
        "Work",
        code=lambda_.Code.from_inline(WORK),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_14,
        timeout=cdk.Duration.seconds(20),
        environment={"CALLS": calls.table_name},
    )
    calls.grant_read_write_data(function)
    alias = lambda_.Alias(stack, "Live", alias_name="live", version=function.current_version)
    steps: list[Step | Parallel] = [
        Step(name="track", function=alias, compensation=alias),
        Parallel(
            name="work",
            steps=[
                Step(name="charge", function=alias, compensation=function, transient_errors=["Busy"]),
                Step(name="reserve", function=alias, compensation=alias),
            ],
        ),
        Step(name="complete", function=alias),
        Step(name="notify", function=alias, asynchronous=True),
    ]
    for name, succeeds in (("Strict", False), ("Gentle", True)):
        saga = Saga(
            stack,
            name,
            steps=steps,
            retries=Retries(max_attempts=3, interval_seconds=1, max_delay_seconds=2),
            compensation_retries=Retries(max_attempts=2, interval_seconds=1, max_delay_seconds=2),
            compensated_succeeds=succeeds,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        parking, failing = saga.parking_alarms, saga.alarms
        if parking is None or failing is None:
            raise LookupError(name)
        for output, value in {
            "Machine": saga.state_machine.state_machine_arn,
            "Parking": saga.parking_queue.queue_url,
            "Parked": parking.dead_letter_depth.ref,
            "Failed": failing.executions_failed.ref,
            "Compensated": saga.compensations.alarm_name,
        }.items():
            cdk.CfnOutput(stack, f"{name}{output}Out", value=value)
    cdk.CfnOutput(stack, "CallsOut", value=calls.table_name)
    app.synth()


main()
