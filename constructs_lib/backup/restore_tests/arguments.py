"""Whether the arguments of a restore test can work."""

from collections.abc import Mapping, Sequence
from typing import Final, Literal

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler

from constructs_lib.backup.restore_tests.comparisons import Comparison, check_comparisons
from constructs_lib.checks import Check, is_token

__all__ = ["check_arguments", "check_objective"]

_NUMBERS: Final[Mapping[str, tuple[int, int, str]]] = {
    "samples": (1, 100_000, "items"),
    "count_up_to": (1, 10_000_000, "items"),
    "count_within": (0, 100, "percent"),
}
_PERCENT: Final = "percent"
_DURATIONS: Final[Mapping[str, tuple[int, int, Literal["minutes", "seconds"]]]] = {
    # https://docs.aws.amazon.com/scheduler/latest/APIReference/API_FlexibleTimeWindow.html
    "flexible_window": (1, 1_440, "minutes"),
    # The longest waits are some minutes, so that three days stay far below 25,000 events of an execution's history.
    # https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
    "timeout": (10, 4_320, "minutes"),
    "recovery_time_objective": (1, 259_200, "seconds"),
}


def check_arguments(
    check: Check,
    *,
    schedule: scheduler.ScheduleExpression,
    comparisons: Sequence[Comparison] | None,
    verifier: lambda_.IFunction | None,
    numbers: Mapping[str, float],
    durations: Mapping[str, cdk.Duration | None],
) -> None:
    """Fail unless these can work.

    Args:
        check: on whose behalf.
        schedule: when tests begin.
        comparisons: what samples are compared with.
        verifier: a function that is asked as well.
        numbers: by their names.
        durations: by their names; all of them have to be known now.
    """
    check.offers(
        "schedule",
        schedule or "",
        "expression_string",
        remedy="Give a ScheduleExpression of aws_scheduler.",
    )
    check_comparisons(check, comparisons)
    check.offers("verifier", verifier, "function_arn", remedy="Give a Lambda function, made or imported.")
    for name, number in numbers.items():
        low, high, unit = _NUMBERS[name]
        check.within(name, number, low, high, unit=unit, whole=unit != _PERCENT)
    for name, duration in durations.items():
        low, high, in_units = _DURATIONS[name]
        check.require(
            not is_token(duration), f"{name} is known only at deployment.", remedy="Give a fixed duration."
        )
        check.duration(name, duration, low, high, unit=in_units)


def check_objective(check: Check, objective: cdk.Duration | None, timeout: cdk.Duration) -> None:
    """Fail unless a restore can be slower than `objective` before the test of it has failed."""
    if objective is None:
        return
    wanted, longest = (int(each.to_seconds()) for each in (objective, timeout))
    check.require(
        wanted < longest,
        f"recovery_time_objective is {wanted:,} s, and a test has failed after {longest:,} s: no restore would be seen "
        "to be slower.",
        remedy="Give a longer timeout, or promise a faster recovery.",
    )
