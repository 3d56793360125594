"""Reviews that tests of their forms share."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from constructs_lib.review.finding import Finding, Severity
from constructs_lib.review.report import (
    Caught,
    Change,
    Cost,
    CostLine,
    Coverage,
    FailureMode,
    Review,
    TemplateReview,
)
from tests.reviewing import reading_of

NASTY = "A|<script>`[x](y)`@team\u202e*_"
"""A name that would be markup in some form, if it were not written as text."""
_PRICE = "https://aws.amazon.com/cloudwatch/pricing/"


def finding(**given: Any) -> Finding:
    return Finding(
        **{
            "rule": "alarm-without-action",
            "family": "delivery",
            "severity": Severity.WARNING,
            "logical_id": "Errors",
            "construct_path": "Orders/Errors",
            "message": "Orders/Errors has no AlarmActions.",
            "remedy": "Add the topic that your people read to AlarmActions.",
            "source": "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html",
            **given,
        }
    )


def mode(**given: Any) -> FailureMode:
    return FailureMode(
        **{
            "logical_id": "Function",
            "construct_path": "Orders/Function",
            "kind": "function",
            "mode": "errors",
            "title": "Invocations fail",
            "caught": Caught.YES,
            "alarms": ("Errors",),
            "seconds": 120,
            "proof": "replayed",
            "why": "An outage of 20 minutes rings it.",
            **given,
        }
    )


def change(**given: Any) -> Change:
    return Change(
        **{
            "kind": "alarm-gone",
            "severity": Severity.WARNING,
            "stack": "Orders",
            "logical_id": "Errors",
            "construct_path": "Orders/Errors",
            "message": "The alarm Orders/Errors is gone.",
            **given,
        }
    )


def cost_line(**given: Any) -> CostLine:
    return CostLine(
        **{
            "logical_id": "Errors",
            "construct_path": "Orders/Errors",
            "group": "alarms",
            "what": "Standard-resolution alarm metrics",
            "quantity": 1.0,
            "unit": "alarm metric",
            "unit_price": 0.10,
            "usd": 0.10,
            "usd_with_free_tier": 0.0,
            "source": _PRICE,
            **given,
        }
    )


def template_review(source: Path | None = None, **given: Any) -> TemplateReview:
    reading = reading_of(
        {
            "Resources": {
                "Function": {"Type": "AWS::Lambda::Function"},
                "Errors": {"Type": "AWS::CloudWatch::Alarm"},
            }
        }
    )
    (stack,) = reading.stacks
    if source is not None:
        stack.template = replace(stack.template, source=source)
    return TemplateReview(
        **{
            "path": str(source or "cdk.out/Orders.template.json"),
            "stack": "Orders",
            "region": "eu-west-1",
            "reading": stack,
            "findings": (
                finding(
                    rule="topic-key-refuses-cloudwatch",
                    severity=Severity.ERROR,
                    logical_id="Topic",
                    construct_path=NASTY,
                    message=f"{NASTY} is encrypted with a key that refuses CloudWatch.",
                ),
                finding(),
                finding(
                    logical_id="Slow",
                    construct_path="Orders/Slow",
                    message="Orders/Slow has no AlarmActions.",
                ),
                finding(
                    rule="function-without-own-log-group",
                    severity=Severity.NOTE,
                    logical_id="Function",
                    construct_path="Orders/Function",
                    acknowledged="It writes no logs.",
                ),
                finding(
                    rule="AwsSolutions-SQS3",
                    severity=Severity.WARNING,
                    family="",
                    origin="AwsSolutions",
                    logical_id="",
                    construct_path="Orders/Queue",
                    message="The queue has no DLQ.",
                ),
            ),
            "coverage": Coverage(
                modes=(
                    mode(),
                    mode(
                        mode="throttles", title="Invocations are throttled", caught=Caught.UNHEARD, seconds=60
                    ),
                    mode(
                        mode="slow",
                        title="Invocations time out",
                        caught=Caught.NO,
                        alarms=(),
                        seconds=None,
                        proof="read",
                        why="No alarm watches Duration.",
                    ),
                    mode(
                        logical_id="Queue",
                        construct_path=NASTY,
                        kind="queue",
                        mode="backlog",
                        title="Messages wait",
                        caught=Caught.UNKNOWN,
                        alarms=("Age",),
                        seconds=None,
                        proof="read",
                        why="Its threshold is known only at deployment.",
                    ),
                )
            ),
            "cost": Cost(
                region="eu-west-1",
                prices_of="2026-11-22",
                lines=(
                    cost_line(),
                    cost_line(
                        group="functions",
                        logical_id="Function",
                        construct_path="Orders/Function",
                        what="Requests",
                        quantity=None,
                        unit="request",
                        unit_price=0.0000002,
                        usd=None,
                        usd_with_free_tier=None,
                    ),
                ),
                advice=("Provisioned concurrency of Orders/Function pays from 60% on.",),
                unknown=("Requests of Orders/Function: give a traffic file.",),
            ),
            **given,
        }
    )


def small_review(**given: Any) -> Review:
    return Review(**{"templates": (template_review(),), **given})
