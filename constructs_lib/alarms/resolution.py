"""Which rows of a table apply to a function, and a row with a user's settings in place of its defaults."""

import math
from dataclasses import replace

import aws_cdk as cdk

from constructs_lib.alarms.definition import AlarmDefinition, AlarmSettings, RateAlarmSettings
from constructs_lib.alarms.subject import AlarmSubject
from constructs_lib.checks import Check, is_token

__all__ = ["applies", "resolve", "widen"]

_MINUTE, _HOUR, _DAY, _WEEK = 60, 3_600, 86_400, 604_800
_ALL = 100  # percent
_LIMITS = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"


def applies(definition: AlarmDefinition, subject: AlarmSubject) -> bool:
    """Whether `subject` has what the alarm watches, and a known limit where the threshold is a share of one."""
    if definition.needs is not None and not getattr(subject, definition.needs):
        return False
    if definition.share_of is None:
        return True
    limit = getattr(subject, definition.share_of)
    return limit is not None and not is_token(limit) and limit > 0 and limit >= definition.smallest_limit


def resolve(check: Check, definition: AlarmDefinition, settings: AlarmSettings) -> AlarmDefinition:
    """`definition` with `settings` in place of its defaults, once they have been checked."""
    changes: dict[str, object] = {
        name: value
        for name in ("threshold", "evaluation_periods", "datapoints_to_alarm")
        if (value := getattr(settings, name)) is not None
    }
    if settings.period is not None:
        changes["period"] = _seconds(check, definition, settings.period)
    if isinstance(settings, RateAlarmSettings) and settings.minimum_traffic is not None:
        changes["minimum_traffic"] = settings.minimum_traffic
    if not changes:
        return definition
    if settings.evaluation_periods is not None and settings.datapoints_to_alarm is None:
        # Fewer periods than the default's datapoints: all of them must breach.
        changes["datapoints_to_alarm"] = min(definition.datapoints_to_alarm, settings.evaluation_periods)
    resolved = replace(definition, **changes)  # type: ignore[arg-type]  # names and types come from AlarmSettings
    _check(check, resolved)
    return resolved


def widen(row: AlarmDefinition, settings: AlarmSettings | None, subject: AlarmSubject) -> AlarmDefinition:
    """`row` looking back far enough to see datapoints that come as late as the function's timeout.

    Lambda stamps a metric with the time at which the invocation began: a function that fails after ten minutes
    changes a datapoint of ten minutes ago, which an alarm on the latest period alone never sees. Periods that
    the user gave are left alone.
    https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics.html
    """
    timeout = subject.timeout_ms
    given = settings is not None and settings.evaluation_periods is not None
    if not row.stamped_at_start or given or timeout is None or is_token(timeout):
        return row
    late = math.ceil(timeout / 1000 / row.period)
    most = max(row.evaluation_periods, _longest(row.period) // row.period)
    return replace(row, evaluation_periods=min(row.evaluation_periods + late, most))


def _longest(period: int) -> int:
    return _DAY if period < _HOUR else _WEEK


def _seconds(check: Check, row: AlarmDefinition, period: cdk.Duration) -> int:
    name = f"the alarm {row.name}"
    check.instance(f"{name}'s period", period, cdk.Duration)
    check.require(
        not is_token(period),
        f"{name} has a period that is known only at deployment.",
        remedy="CloudWatch's limits depend on it: give a fixed one.",
    )
    seconds = period.to_seconds(integral=False)
    check.require(
        seconds >= _MINUTE and seconds % _MINUTE == 0,
        f"{name} has a period of {seconds:g} s.",
        remedy=f"{row.namespace} publishes once a minute: give a multiple of one minute. See {_LIMITS}",
    )
    return int(seconds)


def _check(check: Check, row: AlarmDefinition) -> None:
    name = f"the alarm {row.name}"
    check.instance(f"{name}'s threshold", row.threshold, int, float)
    check.within(f"{name}'s evaluation_periods", row.evaluation_periods, 1, _WEEK)
    longest = _longest(row.period)
    check.require(
        is_token(row.evaluation_periods) or row.period * row.evaluation_periods <= longest,
        f"{name} looks back {row.evaluation_periods} periods of {row.period} s, more than the {longest} s "
        "that CloudWatch allows.",
        remedy=f"Give fewer or shorter periods. See {_LIMITS}",
    )
    most = _WEEK if is_token(row.evaluation_periods) else row.evaluation_periods
    check.within(f"{name}'s datapoints_to_alarm", row.datapoints_to_alarm, 1, most)
    if row.share_of is not None:
        check.require(
            not is_token(row.threshold),
            f"{name} has a threshold that is known only at deployment.",
            remedy="It is a share that is multiplied when the app is synthesized: give a fixed one.",
        )
        check.require(
            0 < row.threshold <= 1,
            f"{name} has a threshold of {row.threshold:g} {row.unit}, which it can never reach.",
            remedy="Give a share above 0 and up to 1.",
        )
    elif row.expression is not None:
        check.require(
            is_token(row.threshold) or 0 < row.threshold <= _ALL,
            f"{name} has a threshold of {row.threshold:g} {row.unit}, at which it always or never rings.",
            remedy="Give a percentage above 0 and up to 100.",
        )
        check.within(f"{name}'s minimum_traffic", row.minimum_traffic, 1, 1_000_000_000)
    else:
        check.require(
            is_token(row.threshold) or 0 < row.threshold < math.inf,
            f"{name} has a threshold of {row.threshold:g} {row.unit}, at which it always or never rings.",
            remedy="Give a positive number.",
        )
