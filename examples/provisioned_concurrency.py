"""How do I avoid cold starts in business hours? Keep environments initialised, more of them by the clock."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_applicationautoscaling as autoscaling

from constructs_lib.bundling import PythonCode
from constructs_lib.function import ProvisionedConcurrency, ScheduledCapacity
from constructs_lib.resilient_function import ResilientFunction

HANDLERS = Path(__file__).parent / "handlers"


def build(app: cdk.App) -> None:
    """A function that is warm, and warmer while the shop in Berlin is open."""
    stack = cdk.Stack(app, "WarmInBusinessHours")
    berlin = cdk.TimeZone.EUROPE_BERLIN
    opens = autoscaling.Schedule.cron(week_day="MON-SAT", hour="7", minute="45")
    closes = autoscaling.Schedule.cron(week_day="MON-SAT", hour="20", minute="0")
    ResilientFunction(
        stack,
        "Checkout",
        code=PythonCode.from_folder(HANDLERS / "orders"),
        handler="orders.handler",
        reserved_concurrency=100,
        provisioned_concurrency=ProvisionedConcurrency(
            minimum=2,
            maximum=50,
            schedules=[
                ScheduledCapacity(schedule=opens, minimum=20, time_zone=berlin),
                ScheduledCapacity(schedule=closes, minimum=2, time_zone=berlin),
            ],
        ),
    )


if __name__ == "__main__":
    app = cdk.App()
    build(app)
    app.synth()
