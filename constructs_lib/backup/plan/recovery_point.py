"""How old the newest recovery point may become, by the rules of a backup plan and by what is promised."""

from collections.abc import Sequence
from typing import Final

import aws_cdk as cdk

from constructs_lib.backup.common.promise import Oldest, Subject
from constructs_lib.backup.plan.rules import BackupRule
from constructs_lib.checks import Check
from constructs_lib.schedules import Gap

__all__ = ["promised_seconds"]

_NEWEST_BACKUP: Final = Subject(
    argument="recovery_point_objective",
    does="makes a backup",
    becomes="by these rules the newest backup becomes {} old",
    alarm="missing backups",
    remedy="Give a rule that runs more often or in shorter windows, or promise less.",
)


def promised_seconds(check: Check, rules: Sequence[BackupRule], objective: cdk.Duration | None) -> int:
    """After how many seconds without a completed backup somebody has to know.

    Each rule is looked at by itself, and the best one counts: its largest gap, the time until a job starts, and the
    time until it has ended, since a backup that is under way restores nothing.
    """
    wanted = _NEWEST_BACKUP.wanted(check, objective)
    gaps = [_NEWEST_BACKUP.gap(check, f"rules[{n}].schedule", rule.schedule) for n, rule in enumerate(rules)]
    oldest, gap = min((_oldest(rule, gap), gap) for rule, gap in zip(rules, gaps, strict=True) if gap)
    return _NEWEST_BACKUP.held(check, wanted, oldest, gap)


def _oldest(rule: BackupRule, gap: Gap) -> Oldest:
    start, end = int(rule.start_window.to_seconds()), int(rule.completion_window.to_seconds())
    because = f"the largest gap of the rule {rule.name!r} is {gap}, a job starts in {start:,} s and ends in {end:,} s"
    return Oldest(gap.seconds + start + end, because)
