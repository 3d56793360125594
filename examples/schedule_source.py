"""How do I run a function by the clock and know when it did not run? A schedule with a heartbeat."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_scheduler as scheduler

from constructs_lib.bundling import PythonCode
from constructs_lib.dead_letters import ScheduleHeartbeat, ScheduleSource
from constructs_lib.resilient_function import ResilientFunction

HANDLERS = Path(__file__).parent / "handlers"


def build(app: cdk.App) -> None:
    """Orders are checked every five minutes, and once more at night."""
    stack = cdk.Stack(app, "Clock")
    check = ResilientFunction(
        stack, "CheckOrders", code=PythonCode.from_folder(HANDLERS / "orders"), handler="orders.handler"
    )
    source = ScheduleSource(
        stack,
        "EveryFiveMinutes",
        function=check.alias,
        schedule=scheduler.ScheduleExpression.rate(cdk.Duration.minutes(5)),
        max_event_age=cdk.Duration.minutes(5),  # by then the next run is due
        heartbeat=ScheduleHeartbeat(allowance=cdk.Duration.minutes(10)),
    )
    source.add_schedule(
        "Nightly",
        schedule=scheduler.ScheduleExpression.cron(
            hour="1", minute="0", time_zone=cdk.TimeZone.EUROPE_BERLIN
        ),
        event=scheduler.ScheduleTargetInput.from_object({"scope": "everything"}),
        flexible_window=cdk.Duration.minutes(15),
    )


if __name__ == "__main__":
    app = cdk.App()
    build(app)
    app.synth()
