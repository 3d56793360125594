"""Queues, topics, workflows, APIs and schedules."""

import math
import re
from typing import Final

from constructs_lib.review.cost.bill import HOURS
from constructs_lib.review.cost.sheet import Sheet
from constructs_lib.review.reading import Node

__all__ = ["price_apis", "price_queues", "price_schedules", "price_topics", "price_workflows"]

_MESSAGING: Final = "messaging"
_WORKFLOWS: Final = "workflows"
_RATE: Final = re.compile(r"^rate\(\s*(\d{1,9})\s+(minute|hour|day)s?\s*\)$")
_PER_HOUR: Final = {"minute": 60.0, "hour": 1.0, "day": 1 / 24}
_DURATION_STEP: Final = 100
_MEMORY_STEP: Final = 64
"""An execution of an express workflow is billed in steps of milliseconds and MB
(https://aws.amazon.com/step-functions/pricing/)."""
_MB: Final = 1024


def price_queues(sheet: Sheet) -> None:
    """Bill requests to queues."""
    for node in sheet.stack.of_type("AWS::SQS::Queue"):
        key = "queue-request-fifo" if node.flag("FifoQueue") else "queue-request"
        sheet.used(node, _MESSAGING, "requests", key)


def price_topics(sheet: Sheet) -> None:
    """Bill what is published, and the notifications that are paid for: those to functions and queues are free."""
    for node in sheet.stack.of_type("AWS::SNS::Topic"):
        if node.flag("FifoTopic"):
            sheet.bill.unknown(f"{node.path}: a FIFO topic is not priced.")
            continue
        sheet.used(node, _MESSAGING, "publishes", "topic-publish")
        sheet.used(node, _MESSAGING, "emails", "topic-email", needed=False)
        sheet.used(node, _MESSAGING, "https_notifications", "topic-https", needed=False)


def price_workflows(sheet: Sheet) -> None:
    """Bill state transitions of standard workflows, executions and their duration of express ones."""
    for node in sheet.stack.of_type("AWS::StepFunctions::StateMachine"):
        kind = node.text("StateMachineType", default="STANDARD")
        if kind is None:
            sheet.bill.unknown(f"{node.path}: whether it is an express workflow is known only at deployment.")
        elif kind == "EXPRESS":
            _price_express(sheet, node)
        else:
            sheet.used(node, _WORKFLOWS, "transitions", "state-transition")


def _price_express(sheet: Sheet, node: Node) -> None:
    sheet.used(node, _WORKFLOWS, "executions", "express-request")
    amounts = sheet.amounts(node)
    needed = ("executions", "milliseconds", "memory_mb")
    executions, milliseconds, megabytes = map(amounts.number, needed)
    if executions is None or milliseconds is None or megabytes is None:
        sheet.bill.untold("state_machine", node, [each for each in needed if amounts.number(each) is None])
        return
    seconds = math.ceil(milliseconds / _DURATION_STEP) * _DURATION_STEP / 1000
    gigabytes = math.ceil(megabytes / _MEMORY_STEP) * _MEMORY_STEP / _MB
    sheet.bill.add(node, _WORKFLOWS, "express-second", executions * seconds * gigabytes)


def price_apis(sheet: Sheet) -> None:
    """Bill requests to HTTP and REST APIs."""
    for node in sheet.stack.of_type("AWS::ApiGateway::RestApi"):
        sheet.used(node, "apis", "requests", "rest-api-request")
    for node in sheet.stack.of_type("AWS::ApiGatewayV2::Api"):
        protocol = node.text("ProtocolType", default="HTTP")
        if protocol == "HTTP":
            sheet.used(node, "apis", "requests", "http-api-request")
        else:
            sheet.bill.unknown(
                f"{node.path}: an API of the type {protocol or 'that deployment decides'} is not priced."
            )


def price_schedules(sheet: Sheet) -> None:
    """Bill invocations by EventBridge Scheduler: those of a rate are counted, those of a cron have to be told."""
    for node in sheet.stack.of_type("AWS::Scheduler::Schedule"):
        told = sheet.amounts(node).number("invocations")
        count = told if told is not None else _invocations(node)
        if count is None:
            sheet.bill.untold("schedule", node, ["invocations"])
        else:
            sheet.bill.add(node, "schedules", "schedule-invocation", count)


def _invocations(node: Node) -> float | None:
    if node.text("State", default="ENABLED") == "DISABLED":
        return 0.0
    expression = node.text("ScheduleExpression") or ""
    if expression.startswith("at("):
        return 1.0
    match = _RATE.match(expression)
    return HOURS * _PER_HOUR[match[2]] / int(match[1]) if match and int(match[1]) else None
