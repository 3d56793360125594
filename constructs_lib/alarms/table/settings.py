"""What a user may change about the alarms of a table."""

from dataclasses import dataclass, fields
from enum import Enum
from typing import Final, Self

import aws_cdk as cdk

from constructs_lib.alarms.table.definition import AlarmDefinition, Profile, Severity

__all__ = ["BY_PROFILE", "AlarmSetSettings", "AlarmSettings", "ByProfile", "RateAlarmSettings"]


class ByProfile(Enum):
    """The type of `BY_PROFILE`."""

    BY_PROFILE = "by profile"


BY_PROFILE: Final = ByProfile.BY_PROFILE
"""With its defaults, where the profile of the set includes it."""


@dataclass(frozen=True, kw_only=True)
class AlarmSettings:
    """What replaces the default of one alarm; whatever is left out keeps its default.

    Giving one switches the alarm on, whatever the profile.

    Attributes:
        threshold: in the unit of the table: a count, a percentage, or a share from 0 to 1 of a limit.
        period: the length of one datapoint, a multiple of one minute.
        evaluation_periods: how many of the latest datapoints are looked at.
        datapoints_to_alarm: how many of these must breach.
        severity: who has to know.
        runbook: a link for whoever is told. Left out: that of the set.
    """

    threshold: float | None = None
    period: cdk.Duration | None = None
    evaluation_periods: int | None = None
    datapoints_to_alarm: int | None = None
    severity: Severity | None = None
    runbook: str | None = None


@dataclass(frozen=True, kw_only=True)
class RateAlarmSettings(AlarmSettings):
    """`AlarmSettings` for a rate.

    Attributes:
        minimum_traffic: below this many invocations in a period the rate counts as 0, since one failure among
            three calls says little.
    """

    minimum_traffic: int | None = None


@dataclass(frozen=True, kw_only=True)
class AlarmSetSettings:
    """The alarms of one resource: a field for each row of its service's table, beside those below.

    A field left out keeps the defaults of its row, where the profile includes it; None switches that alarm off.

    Attributes:
        profile: how much is watched.
        runbook: a link that every alarm's description ends with.
    """

    profile: Profile = Profile.ESSENTIAL
    runbook: str | None = None

    @classmethod
    def none(cls) -> Self:
        """Every alarm switched off."""
        # mypy sees the fields of this class only; each row's field takes None.
        return cls(**dict.fromkeys(cls.alarm_names()))  # type: ignore[arg-type]

    @classmethod
    def alarm_names(cls) -> tuple[str, ...]:
        """The names of the alarms that can be set."""
        own = {field.name for field in fields(AlarmSetSettings)}
        return tuple(field.name for field in fields(cls) if field.name not in own)

    def of(self, row: AlarmDefinition) -> AlarmSettings | None:
        """The settings of the alarm of `row`; None when it is switched off."""
        given: AlarmSettings | ByProfile | None = getattr(self, row.name)
        if given is BY_PROFILE:
            return AlarmSettings() if row.profile <= self.profile else None
        return given
