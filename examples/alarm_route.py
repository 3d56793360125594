"""Who is told, and when? E-mail to the team, with thresholds that fit a busy function."""

from pathlib import Path

import aws_cdk as cdk

from constructs_lib.alarms import (
    AlarmRoute,
    AlarmSettings,
    AlarmTopic,
    FunctionAlarmSettings,
    RateAlarmSettings,
)
from constructs_lib.bundling import PythonCode
from constructs_lib.resilient_function import ResilientFunction

HANDLERS = Path(__file__).parent / "handlers"


def build(app: cdk.App) -> None:
    """A function that tolerates single errors, and tells the orders team also when it is well again."""
    stack = cdk.Stack(app, "AlarmRoute")
    team = AlarmTopic(stack, "OrdersTeam")
    team.add_email("orders-team@example.com")
    ResilientFunction(
        stack,
        "Orders",
        code=PythonCode.from_folder(HANDLERS / "orders"),
        handler="orders.handler",
        alarm_route=AlarmRoute.to_topic(team.topic, ok=True),
        alarms=FunctionAlarmSettings(
            errors=AlarmSettings(threshold=10, period=cdk.Duration.minutes(5)),
            error_rate=RateAlarmSettings(threshold=1, minimum_traffic=500),
            throttles=None,
        ),
    )


if __name__ == "__main__":
    app = cdk.App()
    build(app)
    app.synth()
