"""Incidents whose chance comes from one seed, such as that of a test."""

from dataclasses import dataclass
from typing import Final

from constructs_lib.replay.timelines.incidents.incident import Incident, normal_traffic
from constructs_lib.replay.timelines.incidents.season import Season
from constructs_lib.replay.timelines.incidents.target import Target
from constructs_lib.replay.timelines.moments import Instant, Span
from constructs_lib.replay.timelines.timeline import Timeline

__all__ = ["MONDAY", "Incidents"]

MONDAY: Final = "2026-03-02T00:00Z"
"""When incidents begin that do not say so: the first hour of a working week."""


@dataclass(frozen=True)
class Incidents:
    """Makes incidents.

    Attributes:
        seed: what chance is drawn from.
    """

    seed: int

    def __call__(
        self,
        *,
        duration: Span,
        start: Instant = MONDAY,
        season: Season = Season(),  # noqa: B008 - frozen
    ) -> Incident:
        """An incident to add targets and shapes to.

        Args:
            duration: how long its timeline is: whole minutes.
            start: when it begins. Left out: on a Monday, at midnight UTC.
            season: how traffic goes over days and weeks. Left out: as `Season` has it.
        """
        return Incident(start=start, duration=duration, seed=self.seed, season=season)

    def normal(
        self, *targets: Target, days: int = 30, start: Instant = MONDAY, season: Season | None = None
    ) -> Timeline:
        """Nothing but normal traffic, in which nothing should ring.

        Args:
            *targets: what has metrics.
            days: how long it goes on. Left out: a month.
            start: when it begins. Left out: on a Monday, at midnight UTC.
            season: how traffic goes over days and weeks. Left out: as `Season` has it.
        """
        return normal_traffic(*targets, start=start, days=days, seed=self.seed, season=season)
