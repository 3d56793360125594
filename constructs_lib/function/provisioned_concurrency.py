"""Execution environments that are kept initialised: a fixed number, or as many as the load asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_applicationautoscaling as autoscaling
from aws_cdk import aws_lambda as lambda_

from constructs_lib.checks import Check, is_token

__all__ = [
    "FixedProvisionedConcurrency",
    "ProvisionedConcurrency",
    "ScheduledCapacity",
    "add_provisioned_concurrency",
    "check_provisioned_concurrency",
]

_UTILIZATION = (0.1, 0.9)
"""https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_lambda.UtilizationScalingOptions.html"""


@dataclass(frozen=True, kw_only=True)
class ScheduledCapacity:
    """New bounds for `ProvisionedConcurrency` from a moment on, e.g. before the shop opens.

    Attributes:
        schedule: when, once or again and again.
        minimum: the smallest number of environments from then on; left out, unchanged.
        maximum: the largest number from then on; left out, unchanged.
        time_zone: the zone that `schedule` is written in; left out, UTC.
    """

    schedule: autoscaling.Schedule
    minimum: int | None = None
    maximum: int | None = None
    time_zone: cdk.TimeZone | None = None


@dataclass(frozen=True, kw_only=True)
class ProvisionedConcurrency:
    """As many environments as keep their utilization at a target.

    Target tracking looks at the average of three one-minute datapoints: a burst of less than about three
    minutes is over before it scales. Use `schedules` for load that comes by the clock.
    https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html

    Attributes:
        minimum: the smallest number of environments, at least 1.
        maximum: the largest number.
        target_utilization: the share of them, 0.1 to 0.9, that should be busy.
        schedules: when the bounds change by the clock.
    """

    minimum: int
    maximum: int
    target_utilization: float = 0.70
    schedules: Sequence[ScheduledCapacity] = ()


@dataclass(frozen=True, kw_only=True)
class FixedProvisionedConcurrency:
    """The same number of environments at all times.

    Attributes:
        executions: how many, at least 1.
    """

    executions: int


def check_provisioned_concurrency(
    check: Check,
    settings: ProvisionedConcurrency | FixedProvisionedConcurrency,
    *,
    reserved_concurrency: float | None = None,
    snap_start: bool = False,
) -> None:
    """Fail where Lambda or Application Auto Scaling would refuse `settings`, or a later deployment break."""
    if snap_start:
        check.fail(
            "provisioned_concurrency is given together with snap_start.",
            remedy="Lambda supports one of them per function version: leave one out.",
        )
    if isinstance(settings, FixedProvisionedConcurrency):
        check.within("provisioned_concurrency.executions", settings.executions, 1, 1_000_000)
    else:
        _check_bounds(check, "provisioned_concurrency", settings.minimum, settings.maximum)
        check.within(
            "provisioned_concurrency.target_utilization",
            settings.target_utilization,
            *_UTILIZATION,
            whole=False,
        )
        for number, scheduled in enumerate(settings.schedules):
            name = f"provisioned_concurrency.schedules[{number}]"
            check.instance(name, scheduled, ScheduledCapacity)
            check.instance(f"{name}.schedule", scheduled.schedule, autoscaling.Schedule)
            check.require(
                scheduled.minimum is not None or scheduled.maximum is not None,
                f"{name} changes neither minimum nor maximum.",
                remedy="Give one of them.",
            )
            _check_bounds(check, name, scheduled.minimum, scheduled.maximum)
            # A bound that is left out stays as it is; together they must still make sense at that time.
            minimum = settings.minimum if scheduled.minimum is None else scheduled.minimum
            maximum = settings.maximum if scheduled.maximum is None else scheduled.maximum
            _check_bounds(check, name, minimum, maximum)
    largest = _largest(settings)
    if reserved_concurrency is not None and not is_token(reserved_concurrency):
        check.require(
            largest <= reserved_concurrency,
            f"provisioned_concurrency reaches {largest:g}, more than reserved_concurrency, which is "
            f"{reserved_concurrency:g}.",
            remedy="Provisioned environments count against the reserved ones: raise that or lower this.",
        )


def _largest(settings: ProvisionedConcurrency | FixedProvisionedConcurrency) -> int:
    """The most environments there can be, as far as it is known now."""
    if isinstance(settings, FixedProvisionedConcurrency):
        bounds: list[int | None] = [settings.executions]
    else:
        bounds = [settings.maximum, *(scheduled.maximum for scheduled in settings.schedules)]
    return max((bound for bound in bounds if bound is not None and not is_token(bound)), default=0)


def _check_bounds(check: Check, name: str, minimum: int | None, maximum: int | None) -> None:
    if minimum == 0:
        check.fail(
            f"{name}.minimum is 0.",
            remedy="Lambda refuses an alias with 0 provisioned executions, so the next deployment would fail: "
            "give at least 1, or leave provisioned concurrency out.",
        )
    check.within(f"{name}.minimum", minimum, 1, 1_000_000)
    check.within(f"{name}.maximum", maximum, 1, 1_000_000)
    if minimum is None or maximum is None or is_token(minimum) or is_token(maximum):
        return
    check.require(
        minimum <= maximum,
        f"{name}.maximum is {maximum}, below its minimum, which is {minimum}.",
        remedy="Give a maximum that is at least the minimum.",
    )


def add_provisioned_concurrency(
    alias: lambda_.Alias,
    settings: ProvisionedConcurrency | FixedProvisionedConcurrency,
    *,
    reserved_concurrency: float | None = None,
) -> lambda_.IScalableFunctionAttribute | None:
    """Keep environments of `alias` initialised.

    Args:
        alias: the alias that traffic uses.
        settings: a fixed number, or bounds and a target.
        reserved_concurrency: what the function has reserved, to warn where nothing is left beside it.

    Returns:
        the scalable attribute for more schedules; None for a fixed number.

    Raises:
        ConfigurationError: the settings cannot work.
    """
    check = Check(alias, "")
    check_provisioned_concurrency(check, settings, reserved_concurrency=reserved_concurrency)
    largest = _largest(settings)
    if reserved_concurrency is not None and largest == reserved_concurrency:
        cdk.Annotations.of(alias).add_warning_v2(
            "constructs-lib:provisioned-equals-reserved",
            f"Provisioned concurrency may take all {largest} reserved executions: invocations of the "
            "unpublished version ($LATEST) are then throttled, and there is no room to spill over.",
        )
    if isinstance(settings, FixedProvisionedConcurrency):
        resource = cast("lambda_.CfnAlias", alias.node.default_child)
        resource.provisioned_concurrency_config = (
            lambda_.CfnAlias.ProvisionedConcurrencyConfigurationProperty(
                provisioned_concurrent_executions=settings.executions
            )
        )
        return None
    attribute = alias.add_auto_scaling(min_capacity=settings.minimum, max_capacity=settings.maximum)
    attribute.scale_on_utilization(utilization_target=settings.target_utilization)
    for number, scheduled in enumerate(settings.schedules):
        attribute.scale_on_schedule(
            f"Schedule{number}",
            schedule=scheduled.schedule,
            min_capacity=scheduled.minimum,
            max_capacity=scheduled.maximum,
            time_zone=scheduled.time_zone,
        )
    return attribute
