"""A standby with a warm function, a cold one and a rule, and the controller that wakes them."""

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs

from constructs_lib.alarms import AlarmTopic
from constructs_lib.failover import TakeOverHealthCheck
from constructs_lib.failover.controller_settings import ControllerSettings
from constructs_lib.failover.failover_controller import FailoverController
from constructs_lib.failover.standby import Capacity, ColdStandby, WarmStandby
from constructs_lib.function import HardenedFunction

CODE = "def handler(event, context):\n    return event\n"


def function(stack: cdk.Stack, construct_id: str, reserved: int | None = None) -> HardenedFunction:
    """A function that does nothing."""
    return HardenedFunction(
        stack,
        construct_id,
        code=lambda_.Code.from_inline(CODE),
        handler="index.handler",
        reserved_concurrency=reserved,
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )


def main() -> None:
    """Build it."""
    app = cdk.App()
    stack = cdk.Stack(app, "Standby", env=cdk.Environment(account="000000000000", region="us-west-2"))
    orders, mail = function(stack, "Orders", 20), function(stack, "Mail")
    nightly = events.Rule(stack, "Nightly", schedule=events.Schedule.rate(cdk.Duration.days(1)))
    topic = AlarmTopic.of(stack)
    inbox = sqs.Queue(stack, "Inbox", encryption=sqs.QueueEncryption.KMS, encryption_master_key=topic.key)
    topic.add_queue(inbox)
    down = cloudwatch.Alarm(
        stack,
        "PrimaryDown",
        metric=cloudwatch.Metric(namespace="Orders", metric_name="Down", statistic="Maximum"),
        threshold=1,
        evaluation_periods=1,
        treat_missing_data=cloudwatch.TreatMissingData.IGNORE,
    )
    controller = FailoverController(
        stack,
        "Controller",
        decided_by=down,
        take_over=TakeOverHealthCheck(stack, "TakeOver", primary_region="us-east-1"),
        standby=[
            nightly,
            WarmStandby(function=orders.alias, reduced=Capacity(reserved=2)),
            ColdStandby(function=mail.alias),
        ],
        settings=ControllerSettings(
            observations=1, drain=cdk.Duration.seconds(0), wake_up_limit=cdk.Duration.seconds(30)
        ),
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )
    for name, value in {
        "Orders": orders.function.function_name,
        "Mail": mail.function.function_name,
        "Nightly": nightly.rule_name,
        "Alarm": down.alarm_name,
        "Controller": controller.function.alias.function_arn,
        "Mode": controller.parameter.parameter_name,
        "Inbox": inbox.queue_url,
    }.items():
        cdk.CfnOutput(stack, f"{name}Out", value=value)
    app.synth()


main()
