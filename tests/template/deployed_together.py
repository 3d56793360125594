"""A CDK app whose stacks refer to each other: across stacks, into a nested stack and back, across Regions."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs

__all__ = ["synthesized"]

ACCOUNT = "111122223333"


def synthesized(folder: Path) -> Path:
    """Synthesize it into `folder`."""
    app = cdk.App(outdir=str(folder))
    stage = cdk.Stage(app, "Prod")
    far, near = (cdk.Environment(account=ACCOUNT, region=each) for each in ("us-east-1", "eu-west-1"))
    global_ = cdk.Stack(stage, "Global", env=far, cross_region_references=True)
    global_topic = sns.Topic(global_, "Pager")
    data = cdk.Stack(stage, "Data", env=near)
    topic = sns.Topic(data, "Mail")
    shop = cdk.Stack(stage, "Shop", env=near, cross_region_references=True)
    nested = cdk.NestedStack(shop, "Orders")
    queue = sqs.Queue(nested, "Queue")
    inner = cdk.NestedStack(nested, "Inner")
    for scope, name in ((shop, "Depth"), (nested, "Depth"), (inner, "Deep")):
        alarm = cloudwatch.Alarm(
            scope,
            name,
            metric=queue.metric_approximate_number_of_messages_visible(),
            threshold=1,
            evaluation_periods=1,
        )
        alarm.add_alarm_action(actions.SnsAction(topic))
        if scope is shop:  # CDK passes references across Regions to no nested stack
            alarm.add_alarm_action(actions.SnsAction(global_topic))
    app.synth()
    return folder
