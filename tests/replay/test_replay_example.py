"""How a team tests its alarms, as docs/replay.md shows it."""

from collections.abc import Callable

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_

from constructs_lib.replay import (
    DeadLetterDrip,
    DeadLetterQueue,
    ErrorBurst,
    Incidents,
    LambdaFunction,
    LatencyStep,
    Mark,
    Report,
    slow_ramp,
)
from constructs_lib.resilient_function import ResilientFunction

pytest_plugins = ["constructs_lib.replay.pytest_plugin"]  # here the library is not installed

# The example begins here.
Replay = Callable[..., Report]
ORDERS = LambdaFunction(name="CreateOrder", alias="live", per_minute=120)
LOST = DeadLetterQueue(name="CreateOrder")


@pytest.fixture(scope="module")
def stack() -> cdk.Stack:
    stack = cdk.Stack(cdk.App(), "Shop")
    code = lambda_.Code.from_inline("def handler(event, context): return event")
    ResilientFunction(
        stack, "CreateOrder", code=code, handler="index.handler", timeout=cdk.Duration.seconds(10)
    )
    return stack


def test_a_bad_release_rings_within_five_minutes_and_pages_once(
    stack: cdk.Stack, replay: Replay, incident: Incidents
) -> None:
    release = ErrorBurst(on=ORDERS, at="9h", lasts="20m", share=0.3, name="bad release")
    lost = DeadLetterDrip(on=LOST, at="9h3m", lasts="17m", per_minute=2, harmless=True)

    report = replay(stack, (incident(duration="12h") + release + lost).timeline())

    assert report.rang("CreateOrder/ErrorRate", within="5m")
    assert report.rang("CreateOrder/DeadLetterDepth", within="10m")
    assert [each.alarm.path for each in report.notifications if each.state == "ALARM"] == [
        "CreateOrder/Alarms/Health"
    ]


def test_a_database_that_slows_down_is_noticed_before_requests_time_out(
    stack: cdk.Stack, replay: Replay, incident: Incidents
) -> None:
    slow = slow_ramp(LatencyStep(on=ORDERS, at="24h", lasts="1h", factor=30))

    report = replay(stack, (incident(duration="2d") + slow).timeline())

    normal_day = Mark(name="the day before", start=report.start, end=report.marks[0].start)
    assert report.quiet(during=normal_day)
    assert report.rang("CreateOrder/Duration", within="45m")


def test_a_normal_month_rings_nothing(stack: cdk.Stack, replay: Replay, incident: Incidents) -> None:
    assert replay(stack, incident.normal(ORDERS, LOST)).quiet()
