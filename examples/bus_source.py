"""How does a function get events of a bus, and get last week's again? A rule with an archive."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam

from constructs_lib.bundling import PythonCode
from constructs_lib.dead_letters import BusSource
from constructs_lib.resilient_function import ResilientFunction

HANDLERS = Path(__file__).parent / "handlers"


def build(app: cdk.App) -> None:
    """Orders that are placed reach a function; for a week they can be replayed."""
    stack = cdk.Stack(app, "ShopBus")
    invoice = ResilientFunction(
        stack, "Invoice", code=PythonCode.from_folder(HANDLERS / "orders"), handler="orders.handler"
    )
    bus = events.EventBus(stack, "Shop")
    source = BusSource(
        stack,
        "OrdersPlaced",
        function=invoice.alias,
        bus=bus,
        event_pattern=events.EventPattern(source=["shop"], detail_type=["Order Placed"]),
        archive_retention=cdk.Duration.days(7),
    )
    source.grant_put_events(iam.Role.from_role_name(stack, "Checkout", "checkout"))
    source.grant_start_replay(iam.Role.from_role_name(stack, "Operators", "operators"))


if __name__ == "__main__":
    app = cdk.App()
    build(app)
    app.synth()
