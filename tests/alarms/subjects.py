"""A function with everything to watch, and its alarms."""

from typing import Any

import aws_cdk as cdk

from constructs_lib.alarms import (
    LAMBDA_ALARMS,
    FunctionAlarms,
    FunctionAlarmSettings,
    FunctionSubject,
    Profile,
)
from tests.synthesis import Synthesized

ALARM = "AWS::CloudWatch::Alarm"
COMPOSITE = "AWS::CloudWatch::CompositeAlarm"
FULL = FunctionSubject(
    function_name="orders",
    qualifier="live",
    timeout_ms=30_000,
    reserved_concurrency=20,
    queue_name="dead-letters",
    asynchronous=True,
    provisioned=True,
    has_dead_letter_config=True,
)
FUNCTION = [{"Name": "FunctionName", "Value": "orders"}]
ALIAS = [*FUNCTION, {"Name": "Resource", "Value": "orders:live"}]
QUEUE = [{"Name": "QueueName", "Value": "dead-letters"}]
ESSENTIAL = [row for row in LAMBDA_ALARMS if row.profile is Profile.ESSENTIAL]
NAMES = [row.name for row in ESSENTIAL]

Settings = FunctionAlarmSettings


def watch(
    stack: cdk.Stack, subject: FunctionSubject = FULL, settings: Settings | None = None, **more: Any
) -> FunctionAlarms:
    """The alarms of `subject`."""
    return FunctionAlarms(stack, "Alarms", subject=subject, settings=settings, **more)


def alarm(found: Synthesized, row: str) -> dict[str, Any]:
    """The properties of the alarm of one row."""
    construct_id = next(each.construct_id for each in LAMBDA_ALARMS if each.name == row)
    return found.only(ALARM, under=f"Alarms{construct_id}")
