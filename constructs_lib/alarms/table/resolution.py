"""Which rows of a table apply to a subject, and a row with a user's settings in place of its defaults."""

import math
from collections.abc import Sequence
from dataclasses import replace

import aws_cdk as cdk

from constructs_lib.alarms.table.definition import AlarmDefinition, Profile, Severity
from constructs_lib.alarms.table.description import LONGEST_DESCRIPTION, describe
from constructs_lib.alarms.table.limits import LIMITS, check_counts, longest_window
from constructs_lib.alarms.table.settings import (
    BY_PROFILE,
    AlarmSetSettings,
    AlarmSettings,
    RateAlarmSettings,
)
from constructs_lib.checks import Check, is_token

__all__ = ["applies", "check_settings", "widen"]

_MINUTE = 60
_ALL = 100  # percent
_LONG_FIGURE = 1_209_600_000  # no threshold has more digits


def check_settings(
    check: Check, rows: Sequence[AlarmDefinition], settings: AlarmSetSettings, *, name: str = "settings"
) -> list[AlarmDefinition]:
    """The rows that are switched on, with `settings` in place of defaults, once checked.

    Args:
        check: fails on behalf of the alarms.
        rows: the table.
        settings: what replaces its defaults.
        name: the argument that they were given as, for messages.
    """
    check.instance(f"{name}.profile", settings.profile, Profile)
    check.instance(f"{name}.runbook", settings.runbook, str, None)
    chosen: list[AlarmDefinition] = []
    for row in rows:
        given = getattr(settings, row.name)
        if given is not BY_PROFILE:
            check.instance(f"{name}.{row.name}", given, AlarmSettings, None)
        if (found := settings.of(row)) is not None:
            resolved = replace(_with_settings(check, row, found), runbook=found.runbook or settings.runbook)
            _check_text(check, resolved)
            chosen.append(resolved)
    return chosen


def applies(row: AlarmDefinition, subject: object) -> bool:
    """Whether `subject` has what the alarm watches, and a known limit where the threshold is a share of one."""
    if not all(getattr(subject, need) for need in row.needs):
        return False
    if row.share_of is None:
        return True
    limit = getattr(subject, row.share_of)
    return limit is not None and not is_token(limit) and limit > 0 and limit >= row.smallest_limit


def _with_settings(check: Check, row: AlarmDefinition, settings: AlarmSettings) -> AlarmDefinition:
    """`row` with `settings` in place of its defaults, once they have been checked."""
    name = f"the alarm {row.name}"
    check.instance(f"{name}'s severity", settings.severity, Severity, None)
    check.instance(f"{name}'s runbook", settings.runbook, str, None)
    changes: dict[str, object] = {
        name: value
        for name in ("threshold", "evaluation_periods", "datapoints_to_alarm", "severity")
        if (value := getattr(settings, name)) is not None
    }
    if settings.period is not None:
        changes["period"] = _seconds_of(check, name, settings.period, row.namespace, row.published_every)
    if isinstance(settings, RateAlarmSettings) and settings.minimum_traffic is not None:
        check.require(
            row.minimum_traffic is not None,
            f"{name} is no rate, so that a minimum_traffic of {settings.minimum_traffic!r} means nothing.",
            remedy="Give AlarmSettings, or change the alarm on the rate.",
        )
        changes["minimum_traffic"] = settings.minimum_traffic
    if not changes:
        return row
    if settings.evaluation_periods is not None and settings.datapoints_to_alarm is None:
        check_counts(check, settings.evaluation_periods, None, owner=f"{name}'s ")
        # Fewer periods than the default's datapoints: all of them must breach.
        changes["datapoints_to_alarm"] = min(row.datapoints_to_alarm, settings.evaluation_periods)
    resolved = replace(row, **changes)  # type: ignore[arg-type]  # names and types come from AlarmSettings
    _check(check, name, resolved)
    return resolved


def widen(row: AlarmDefinition, settings: AlarmSettings | None, subject: object) -> AlarmDefinition:
    """`row` looking back far enough to see datapoints that come as late as the function's timeout.

    Lambda stamps a metric with the time at which the invocation began: a function that fails after ten minutes
    changes a datapoint of ten minutes ago, which an alarm on the latest period alone never sees. Periods that
    the user gave are left alone.
    https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics.html
    """
    if not row.stamped_at_start or (settings is not None and settings.evaluation_periods is not None):
        return row
    timeout: float | None = getattr(subject, "timeout_ms", None)
    if timeout is None or is_token(timeout):
        return row
    late = math.ceil(timeout / 1000 / row.period)
    most = max(row.evaluation_periods, longest_window(row.period) // row.period)
    return replace(row, evaluation_periods=min(row.evaluation_periods + late, most))


def _seconds_of(
    check: Check, name: str, period: cdk.Duration, namespace: str, published_every: int = _MINUTE
) -> int:
    """The seconds of `period`, once it is one that the service publishes in."""
    check.instance(f"{name}'s period", period, cdk.Duration)
    check.require(
        not is_token(period),
        f"{name} has a period that is known only at deployment.",
        remedy="CloudWatch's limits depend on it: give a fixed one.",
    )
    seconds = period.to_seconds(integral=False)
    minutes = published_every // _MINUTE
    often = "once a minute: give a multiple of one minute"
    if minutes > 1:
        often = f"this once in {minutes} minutes: give a multiple of that"
    check.require(
        seconds >= published_every and seconds % published_every == 0,
        f"{name} has a period of {seconds:g} s.",
        remedy=f"{namespace} publishes {often}. See {LIMITS}",
    )
    return int(seconds)


def _check_text(check: Check, row: AlarmDefinition) -> None:
    if row.runbook is None or is_token(row.runbook):
        return
    length = len(describe(row, _LONG_FIGURE))
    check.require(
        length <= LONGEST_DESCRIPTION,
        f"the alarm {row.name} would have a description of {length} characters.",
        remedy=f"CloudWatch takes {LONGEST_DESCRIPTION}: give a shorter link as runbook.",
    )


def _check(check: Check, name: str, row: AlarmDefinition) -> None:
    check.instance(f"{name}'s threshold", row.threshold, int, float)
    check_counts(check, row.evaluation_periods, row.datapoints_to_alarm, owner=f"{name}'s ")
    longest = longest_window(row.period)
    check.require(
        is_token(row.evaluation_periods) or row.period * row.evaluation_periods <= longest,
        f"{name} looks back {row.evaluation_periods} periods of {row.period} s, more than the {longest} s "
        "that CloudWatch allows.",
        remedy=f"Give fewer or shorter periods. See {LIMITS}",
    )
    if row.minimum_traffic is not None:
        check.within(f"{name}'s minimum_traffic", row.minimum_traffic, 1, 1_000_000_000)
    _check_threshold(check, name, row)


def _check_threshold(check: Check, name: str, row: AlarmDefinition) -> None:
    if row.share_of is not None:
        check.require(
            not is_token(row.threshold),
            f"{name} has a threshold that is known only at deployment.",
            remedy="It is a share that is multiplied when the app is synthesized: give a fixed one.",
        )
        check.require(
            0 < row.threshold <= 1,
            f"{name} has a threshold of {row.threshold:g} {row.unit}, which it can never reach.",
            remedy="Give a share above 0 and up to 1, such as 0.8 for 80 %.",
        )
        return
    most = row.highest
    remedy = "Give a positive number." if most is None else f"Give a number above 0 and up to {most:g}."
    if most == _ALL:
        remedy = "Give a percentage above 0 and up to 100."
    finite = is_token(row.threshold) or 0 < row.threshold < math.inf
    check.require(
        finite and (most is None or is_token(row.threshold) or row.threshold <= most),
        f"{name} has a threshold of {row.threshold:g} {row.unit}, at which it always or never rings.",
        remedy=remedy,
    )
