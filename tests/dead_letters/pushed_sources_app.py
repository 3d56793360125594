"""Each source that hands events to Lambda, with a function of its own that writes down what it gets."""

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs

from constructs_lib.dead_letters import BusSource, S3Source, ScheduleSource, TopicSource
from constructs_lib.resilient_function import ResilientFunction

HANDLER = """
import json, os, boto3

def handler(event, context):
    if "fail" in json.dumps(event):
        raise ValueError("told to fail")
    boto3.client("sqs").send_message(QueueUrl=os.environ["SEEN"], MessageBody=json.dumps(event))
"""


def main() -> None:
    """Build it."""
    app = cdk.App()
    stack = cdk.Stack(app, "PushedSources", env=cdk.Environment(account="000000000000", region="us-east-1"))
    destroy = cdk.RemovalPolicy.DESTROY
    outputs: dict[str, str] = {}
    functions: dict[str, ResilientFunction] = {}
    for name in ("Bus", "Upload", "Topic", "Clock"):
        seen = sqs.Queue(stack, f"{name}Seen", removal_policy=destroy)
        functions[name] = ResilientFunction(
            stack,
            f"{name}Function",
            code=lambda_.Code.from_inline(HANDLER),
            handler="index.handler",
            environment={"SEEN": seen.queue_url},
            removal_policy=destroy,
        )
        seen.grant_send_messages(functions[name])
        outputs[f"{name}Seen"] = seen.queue_url
        outputs[f"{name}Function"] = functions[name].function.function_name
        failed = functions[name].dead_letter_queue
        if failed is not None:
            outputs[f"{name}Failed"] = failed.queue_url

    bus = events.EventBus(stack, "Shop")
    outputs["Bus"] = bus.event_bus_name
    bucket = s3.Bucket(stack, "Uploads", removal_policy=destroy)
    outputs["Bucket"] = bucket.bucket_name
    made: dict[str, BusSource | S3Source | ScheduleSource | TopicSource] = {
        "Bus": BusSource(
            stack,
            "Bus",
            function=functions["Bus"].alias,
            bus=bus,
            event_pattern=events.EventPattern(source=["shop"]),
            removal_policy=destroy,
            redrive=None,
        ),
        "Upload": S3Source(
            stack,
            "Upload",
            function=functions["Upload"].alias,
            bucket=bucket,
            prefix="in/",
            suffix=".csv",
            minimum_size=cdk.Size.bytes(1),
            removal_policy=destroy,
            redrive=None,
        ),
        "Topic": TopicSource(
            stack,
            "Topic",
            function=functions["Topic"].alias,
            filter_policy={"region": sns.SubscriptionFilter.string_filter(allowlist=["eu"])},
            removal_policy=destroy,
            redrive=None,
        ),
        "Clock": ScheduleSource(
            stack,
            "Clock",
            function=functions["Clock"].alias,
            schedule=scheduler.ScheduleExpression.rate(cdk.Duration.minutes(1)),
            removal_policy=destroy,
            redrive=None,
        ),
    }
    gone = lambda_.Function.from_function_attributes(
        stack,
        "Gone",
        function_arn=f"arn:aws:lambda:{stack.region}:{stack.account}:function:pushed-sources-gone",
        same_environment=True,
    )
    made["Late"] = ScheduleSource(
        stack,
        "Late",
        function=gone,
        schedule=scheduler.ScheduleExpression.rate(cdk.Duration.minutes(1)),
        heartbeat=None,
        removal_policy=destroy,
        redrive=None,
    )
    for name, each in made.items():
        outputs[f"{name}Undelivered"] = each.dead_letter_queue.queue_url
        if each.dead_letter_depth is not None:
            outputs[f"{name}Alarm"] = each.dead_letter_depth.alarm_name
    if isinstance(made["Topic"], TopicSource):
        outputs["Topic"] = made["Topic"].topic.topic_arn
    for name, value in outputs.items():
        cdk.CfnOutput(stack, f"{name}Out", value=value)
    app.synth()


main()
