"""What both sides build: the same functions with the same settings, in a stack of their own."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import aws_cdk as cdk
from aws_cdk import aws_applicationautoscaling as autoscaling
from aws_cdk import aws_lambda as lambda_

from constructs_lib.handlers import handler_folder

__all__ = [
    "BUSY_ENVIRONMENTS",
    "FEW",
    "HANDLER",
    "MANY",
    "MAXIMUM_ENVIRONMENTS",
    "MINIMUM_ENVIRONMENTS",
    "RESERVED_CONCURRENCY",
    "Build",
    "Side",
    "business_hours",
    "code",
    "new_stack",
    "settings",
]

HANDLER = "warm_up.skip_warm_up"
RESERVED_CONCURRENCY = 20
MINIMUM_ENVIRONMENTS = 1
BUSY_ENVIRONMENTS = 5
MAXIMUM_ENVIRONMENTS = 10

FEW, MANY = 2, 12
"""How many functions, or sets of alarms, the small and the large stack have."""

Build = Callable[[int], None]
"""Builds that many functions, or sets of alarms, and what they share."""
Side = Callable[[cdk.Stack], Build]
"""One way to write them: makes what is not measured, and gives what builds in that stack."""

_CDK_JSON = Path(__file__).parent.parent / "cdk.json"


@contextmanager
def new_stack() -> Iterator[tuple[cdk.App, cdk.Stack]]:
    """A fresh app with this repository's feature flags, and an empty stack in it."""
    with TemporaryDirectory(prefix="constructs-lib-bench-") as assembly:
        app = cdk.App(outdir=assembly, context=settings())
        yield app, cdk.Stack(app, "Stack")


def settings() -> dict[str, object]:
    """The context in this repository's cdk.json."""
    context: dict[str, object] = json.loads(_CDK_JSON.read_text(encoding="utf-8"))["context"]
    return context


def code() -> lambda_.Code:
    """A small folder, so that neither side is measured by its files."""
    return lambda_.Code.from_asset(str(handler_folder("warm_up")))


def business_hours() -> autoscaling.Schedule:
    """When more environments are kept."""
    return autoscaling.Schedule.cron(hour="7", minute="0", week_day="MON-FRI")
