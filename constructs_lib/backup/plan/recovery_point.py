"""How old the newest recovery point may become, by the rules of a backup plan and by what is promised."""

from collections.abc import Sequence
from dataclasses import dataclass

import aws_cdk as cdk

from constructs_lib.backup.common.cron_fields import UnknownExpressionError
from constructs_lib.backup.common.largest_gap import largest_gap
from constructs_lib.backup.plan.rules import BackupRule
from constructs_lib.checks import Check, is_token

__all__ = ["promised_seconds"]

_LEAST_ALLOWANCE = 3_600
_LONGEST = 3_660 * 86_400


@dataclass(frozen=True, order=True)
class _Oldest:
    """How old a rule lets the newest recovery point become, in seconds, and why."""

    seconds: int
    because: str


def promised_seconds(check: Check, rules: Sequence[BackupRule], objective: cdk.Duration | None) -> int:
    """After how many seconds without a completed backup somebody has to know.

    Each rule is looked at by itself, and the best one counts: its largest gap, the time until a job starts, and the
    time until it has ended, since a backup that is under way restores nothing.
    """
    check.require(
        not is_token(objective),
        "recovery_point_objective is known only at deployment.",
        remedy="The rules are checked against it: give a fixed duration.",
    )
    check.duration("recovery_point_objective", objective, 1, _LONGEST)
    best = min(_oldest(check, number, rule) for number, rule in enumerate(rules))
    if objective is None:
        return best.seconds + max(_LEAST_ALLOWANCE, best.seconds // 10)
    wanted = int(objective.to_seconds())
    check.require(
        wanted >= best.seconds,
        f"recovery_point_objective is {wanted:,} s, and by these rules the newest backup becomes "
        f"{best.seconds:,} s old: {best.because}.",
        remedy="Give a rule that runs more often or in shorter windows, or promise less.",
    )
    return wanted


def _oldest(check: Check, number: int, rule: BackupRule) -> _Oldest:
    schedule = rule.schedule
    zone = "Etc/UTC" if schedule.time_zone is None else schedule.time_zone.timezone_name
    try:
        gap = largest_gap(schedule.expression_string, zone)
    except UnknownExpressionError as error:
        check.fail(
            f"rules[{number}].schedule is {schedule.expression_string!r}, of which nobody can say how often it makes "
            f"a backup: {error}.",
            remedy="Give ScheduleExpression.cron, in a form that AWS documents, without a year.",
            cause=error,
        )
    start, end = int(rule.start_window.to_seconds()), int(rule.completion_window.to_seconds())
    because = f"the largest gap of the rule {rule.name!r} is {gap}, a job starts in {start:,} s and ends in {end:,} s"
    return _Oldest(gap.seconds + start + end, because)
