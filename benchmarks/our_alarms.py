"""The alarms of a function, of this library: the full set, or some of it."""

from collections.abc import Collection
from dataclasses import replace
from functools import partial

import aws_cdk as cdk

from benchmarks.watched import EVERYTHING, Scene, scene, subject_of
from benchmarks.workload import Build, Side
from constructs_lib.alarms import FunctionAlarms, FunctionAlarmSettings

__all__ = ["build", "build_only"]


def build(stack: cdk.Stack) -> Build:
    """Full sets of alarms on functions that are there."""
    return partial(_sets, stack, scene(stack), EVERYTHING)


def build_only(names: Collection[str]) -> Side:
    """Sets of the alarms `names`."""
    off = [name for name in FunctionAlarmSettings.alarm_names() if name not in names]
    # mypy wants a type for each name; every alarm takes None.
    settings = replace(EVERYTHING, **dict.fromkeys(off))  # type: ignore[arg-type]
    return lambda stack: partial(_sets, stack, scene(stack), settings)


def _sets(stack: cdk.Stack, given: Scene, settings: FunctionAlarmSettings, count: int) -> None:
    for number, watched in enumerate(given.functions[:count]):
        FunctionAlarms(
            stack, f"Alarms{number}", subject=subject_of(watched), settings=settings, route=given.route
        )
