"""How does a function listen to a topic and miss nothing? A subscription with a filter and a dead-letter queue."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns

from constructs_lib.bundling import PythonCode
from constructs_lib.dead_letters import TopicSource
from constructs_lib.resilient_function import ResilientFunction

HANDLERS = Path(__file__).parent / "handlers"


def build(app: cdk.App) -> None:
    """News of one region reach a function; the shop may publish them."""
    stack = cdk.Stack(app, "News")
    react = ResilientFunction(
        stack, "React", code=PythonCode.from_folder(HANDLERS / "orders"), handler="orders.handler"
    )
    source = TopicSource(
        stack,
        "News",
        function=react.alias,
        filter_policy={"region": sns.SubscriptionFilter.string_filter(allowlist=["eu"])},
    )
    shop = iam.Role.from_role_name(stack, "Shop", "shop")
    source.grant_publish(shop)


if __name__ == "__main__":
    app = cdk.App()
    build(app)
    app.synth()
