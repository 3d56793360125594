"""The app of examples/watch_existing_app.py, as it was or, with the context `watch`, watched."""

import aws_cdk as cdk
from aws_cdk import aws_sqs as sqs

from constructs_lib.alarms import AlarmRoute, AlarmTopic
from constructs_lib.alarms.watch import Watch
from examples.watch_existing_app import Shop


def tell_inbox(stack: cdk.Stack) -> AlarmRoute:
    """Where alarms go: into a queue, to be looked at."""
    topic = AlarmTopic.of(stack)
    inbox = sqs.Queue(stack, "Inbox", encryption=sqs.QueueEncryption.KMS, encryption_master_key=topic.key)
    topic.add_queue(inbox)
    cdk.CfnOutput(stack, "InboxUrl", value=inbox.queue_url)
    return topic.route


def main() -> None:
    """Build it."""
    app = cdk.App()
    shop = Shop(cdk.Stack(app, "WatchedShop"), "Shop")
    cdk.CfnOutput(shop, "TakeName", value=shop.take.function_name)
    if app.node.try_get_context("watch"):
        cdk.Aspects.of(app).add(Watch(route=tell_inbox))
    app.synth()


main()
