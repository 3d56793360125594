"""When a backup plan backs up, how long it keeps what it makes, and where it copies that to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import aws_cdk as cdk
from aws_cdk import aws_backup as backup
from aws_cdk import aws_events as events
from aws_cdk import aws_scheduler as scheduler

from constructs_lib.checks import Check, is_token
from constructs_lib.schedules import Cron, UnknownExpressionError

__all__ = ["BackupCopy", "BackupLifecycle", "BackupRule", "check_cron", "check_rules", "fixed_days"]

_DAY = 86_400
_MINUTES_OF_DAY = 1_440
_LONGEST_DAYS = 36_500
_COLD_DAYS = 90
"""https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html"""
_SHORTEST_START = 60
_LONGEST_START = 52_560_000
"""https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupRuleInput.html"""
_MOST_OFTEN = 60
"""Minutes: https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html"""
_LONGEST_NAME = 50
_NAME_SIGNS = frozenset("-_.")


def fixed_days(check: Check, name: str, value: cdk.Duration | None, low: int = 1) -> int | None:
    """The whole days of `value`, at least `low`; None for None. A token is refused: others are checked against it."""
    check.require(
        not is_token(value),
        f"{name} is known only at deployment.",
        remedy="It is checked against other times: give a fixed duration.",
    )
    check.duration(name, value, low * _DAY, _LONGEST_DAYS * _DAY)
    if value is None:
        return None
    days = value.to_days(integral=False)
    check.require(days == int(days), f"{name} is {days:.4g} days.", remedy="AWS Backup counts whole days.")
    return int(days)


@dataclass(frozen=True, kw_only=True)
class BackupLifecycle:
    """What becomes of a recovery point.

    Attributes:
        delete_after: how long after it was made it is deleted, in whole days. None: it is kept, and paid for, until
            somebody deletes it.
        cold_storage_after: how long after it was made it moves to cold storage, in whole days. It has to stay there for
            90 days, so `delete_after` is at least as much later. Left out: it stays in warm storage.
    """

    delete_after: cdk.Duration | None = field(default_factory=lambda: cdk.Duration.days(35))
    cold_storage_after: cdk.Duration | None = None

    def check(self, check: Check, name: str) -> None:
        """Fail unless AWS Backup takes it."""
        delete = fixed_days(check, f"{name}.delete_after", self.delete_after)
        cold = fixed_days(check, f"{name}.cold_storage_after", self.cold_storage_after)
        if delete is not None and cold is not None:
            check.require(
                delete >= cold + _COLD_DAYS,
                f"{name}.delete_after is {delete:,} days, and cold_storage_after {cold:,}.",
                remedy=f"Cold storage is for {_COLD_DAYS} days at least: give at least {cold + _COLD_DAYS:,} days.",
            )


@dataclass(frozen=True, kw_only=True)
class BackupCopy:
    """A copy of each recovery point of a rule in another vault, of this Region and account or not.

    Attributes:
        vault: where to, say ``BackupVault.from_backup_vault_arn(...)``. Of another account, its policy has to let this
            account ``backup:CopyIntoBackupVault``, and both have to be in one organization.
        lifecycle: what becomes of the copy. Left out: what becomes of the original.
    """

    vault: backup.IBackupVault
    lifecycle: BackupLifecycle | None = None


@dataclass(frozen=True, kw_only=True)
class BackupRule:
    """When tables are backed up, and what becomes of the recovery points.

    Attributes:
        name: what the rule is called in the plan, up to 50 letters, digits, ``-``, ``_`` and ``.``.
        schedule: when, by cron in any time zone, at most once an hour; summer time makes the largest gap longer.
        start_window: within what time after that a job must have started, at least an hour; else it expires.
        completion_window: within what time after its start it must have ended; else it is cancelled.
        lifecycle: what becomes of the recovery points.
        copies: where each of them is copied to.
        recovery_point_tags: tags that they get beside those of the table.
        continuous: AWS Backup makes no continuous backups of DynamoDB tables, and would make snapshots without a word:
            refused where it is set.
    """

    name: str
    schedule: scheduler.ScheduleExpression
    start_window: cdk.Duration = field(default_factory=lambda: cdk.Duration.hours(1))
    completion_window: cdk.Duration = field(default_factory=lambda: cdk.Duration.hours(6))
    lifecycle: BackupLifecycle = field(default_factory=BackupLifecycle)
    copies: Sequence[BackupCopy] = ()
    recovery_point_tags: Mapping[str, str] | None = None
    continuous: bool = False

    @property
    def needs_advanced_features(self) -> bool:
        """Whether it needs AWS Backup's advanced features for DynamoDB."""
        return bool(self.copies) or self.lifecycle.cold_storage_after is not None

    def lifecycle_of(self, copy: BackupCopy) -> BackupLifecycle:
        """What becomes of `copy`."""
        return copy.lifecycle or self.lifecycle

    def check(self, check: Check, name: str) -> None:
        """Fail unless AWS Backup takes it."""
        check.instance(f"{name}.name", self.name, str)
        fits = all(sign in _NAME_SIGNS or (sign.isascii() and sign.isalnum()) for sign in self.name)
        check.require(
            is_token(self.name) or (fits and 0 < len(self.name) <= _LONGEST_NAME),
            f"{name}.name is {self.name!r}.",
            remedy=f"Give up to {_LONGEST_NAME} letters, digits, -, _ and . signs.",
        )
        check_cron(check, f"{name}.schedule", self.schedule)
        for window in ("start_window", "completion_window"):
            value = getattr(self, window)
            check.instance(f"{name}.{window}", value, cdk.Duration)
            check.require(
                not is_token(value),
                f"{name}.{window} is known only at deployment.",
                remedy="How old a backup becomes depends on it: give a fixed duration.",
            )
            check.duration(f"{name}.{window}", value, _SHORTEST_START, _LONGEST_START, unit="minutes")
        check.instance(f"{name}.lifecycle", self.lifecycle, BackupLifecycle)
        self.lifecycle.check(check, f"{name}.lifecycle")
        check.require(
            not self.continuous,
            f"{name}.continuous is {self.continuous!r}: of DynamoDB tables AWS Backup makes no continuous backups, and "
            "falls back to snapshots without a word "
            "(https://docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery.html).",
            remedy="Switch on the table's own point-in-time recovery.",
        )
        check.instance(f"{name}.copies", self.copies, list, tuple)
        for number, copy in enumerate(self.copies):
            self._check_copy(check, f"{name}.copies[{number}]", copy)
        arns = [copy.vault.backup_vault_arn for copy in self.copies]
        check.require(
            len(set(arns)) == len(arns), f"{name}.copies names a vault twice.", remedy="Name it once."
        )

    def _check_copy(self, check: Check, name: str, copy: BackupCopy) -> None:
        check.instance(name, copy, BackupCopy)
        check.offers(
            f"{name}.vault",
            copy.vault or "",
            "backup_vault_arn",
            remedy="Give a vault of AWS Backup, say BackupVault.from_backup_vault_arn(...).",
        )
        check.instance(f"{name}.lifecycle", copy.lifecycle, BackupLifecycle, None)
        if copy.lifecycle is not None:
            copy.lifecycle.check(check, f"{name}.lifecycle")

    def described(self) -> backup.BackupPlanRule:
        """As CDK takes it."""
        return backup.BackupPlanRule(
            rule_name=self.name,
            schedule_expression=events.Schedule.expression(self.schedule.expression_string),
            schedule_expression_timezone=self.schedule.time_zone,
            start_window=self.start_window,
            completion_window=self.completion_window,
            delete_after=self.lifecycle.delete_after,
            move_to_cold_storage_after=self.lifecycle.cold_storage_after,
            recovery_point_tags=dict(self.recovery_point_tags) if self.recovery_point_tags else None,
            copy_actions=[
                backup.BackupPlanCopyActionProps(
                    destination_backup_vault=copy.vault,
                    delete_after=self.lifecycle_of(copy).delete_after,
                    move_to_cold_storage_after=self.lifecycle_of(copy).cold_storage_after,
                )
                for copy in self.copies
            ]
            or None,
        )


def check_rules(check: Check, rules: Sequence[BackupRule]) -> None:
    """Fail unless a plan can have these `rules`."""
    check.instance("rules", rules, list, tuple)
    check.require(len(rules) > 0, "rules is empty.", remedy="Give at least one BackupRule.")
    for number, rule in enumerate(rules):
        check.instance(f"rules[{number}]", rule, BackupRule)
        rule.check(check, f"rules[{number}]")
    names = [rule.name for rule in rules]
    check.require(
        len(set(names)) == len(names), "rules has a name twice.", remedy="Give each rule a name of its own."
    )


def check_cron(check: Check, name: str, schedule: scheduler.ScheduleExpression) -> None:
    """Fail unless `schedule` is a cron expression that AWS Backup takes."""
    check.offers(
        name, schedule or "", "expression_string", remedy="Give ScheduleExpression.cron of aws_scheduler."
    )
    expression, zone = schedule.expression_string, schedule.time_zone
    check.require(
        not is_token(expression) and not (zone and is_token(zone.timezone_name)),
        f"{name} is known only at deployment.",
        remedy="CDK takes no such schedule, and what is promised is checked against it: give a fixed one.",
    )
    try:
        cron = Cron.parse(expression)
    except UnknownExpressionError as error:
        check.fail(
            f"{name} is {expression!r}: {error}.",
            remedy="AWS Backup runs by cron alone: give ScheduleExpression.cron, without a year.",
            cause=error,
        )
    minutes = [hour * 60 + minute for hour, minute in cron.times]
    gaps = [later - earlier for earlier, later in pairwise([*minutes, minutes[0] + _MINUTES_OF_DAY])]
    check.require(
        min(gaps) >= _MOST_OFTEN,
        f"{name} is {expression!r}, which fires {min(gaps)} minutes apart.",
        remedy="AWS Backup makes a backup once an hour at most.",
    )
