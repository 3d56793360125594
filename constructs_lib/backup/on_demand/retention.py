"""How long backups are kept."""

from collections.abc import Mapping
from dataclasses import dataclass

import aws_cdk as cdk

from constructs_lib.checks import Check, is_token

__all__ = ["Retention"]

_COUNTS = ("count", "daily", "weekly", "monthly")
_MOST = 1_000
_DAY = 86_400
_LONGEST = 36_500 * _DAY


@dataclass(frozen=True, kw_only=True)
class Retention:
    """Which backups are kept, grandfather, father and son: one stays as long as any of these keeps it.

    The time of a backup is the one that it was scheduled for. Days begin at midnight UTC, weeks on Monday as ISO 8601
    has them, months on their first day. Days, weeks and months without a backup do not count. The newest backup that
    can be restored from is kept whatever is given here.

    Attributes:
        keep_for: for how long every backup is kept. Left out: age alone keeps none.
        count: how many of the newest are kept.
        daily: of how many of the latest days the newest is kept.
        weekly: of how many of the latest weeks the newest is kept.
        monthly: of how many of the latest months the newest is kept.
    """

    keep_for: cdk.Duration | None = None
    count: int = 0
    daily: int = 7
    weekly: int = 5
    monthly: int = 12

    def check(self, check: Check) -> None:
        """Fail unless these can be kept."""
        for name in _COUNTS:
            value = getattr(self, name)
            check.require(
                not is_token(value),
                f"retention.{name} is known only at deployment.",
                remedy="What is deleted depends on it: give a fixed number.",
            )
            check.within(f"retention.{name}", value, 0, _MOST, unit="backups")
        check.require(
            not is_token(self.keep_for),
            "retention.keep_for is known only at deployment.",
            remedy="What is deleted depends on it: give a fixed duration.",
        )
        check.duration("retention.keep_for", self.keep_for, 1, _LONGEST)
        check.require(
            self.keep_for is not None or any(getattr(self, name) for name in _COUNTS),
            "retention keeps nothing.",
            remedy="Give at least one of keep_for, count, daily, weekly and monthly.",
        )

    def described(self) -> Mapping[str, float]:
        """As the handler reads it."""
        seconds = 0 if self.keep_for is None else self.keep_for.to_seconds()
        return {"keep_for": seconds, **{name: getattr(self, name) for name in _COUNTS}}
