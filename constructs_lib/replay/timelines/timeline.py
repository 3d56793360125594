"""What metrics did over a time, and when it was an incident."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from constructs_lib.replay.timelines.errors import TimelineError
from constructs_lib.replay.timelines.merging import merge_series
from constructs_lib.replay.timelines.moments import Instant, epoch_of, instant_of
from constructs_lib.replay.timelines.series import MetricSeries

__all__ = ["Mark", "Timeline"]


@dataclass(frozen=True, kw_only=True)
class Mark:
    """An incident: the time to detect it counts from its start.

    Attributes:
        name: how a report calls it.
        start: when it began.
        end: when it was over.
    """

    name: str
    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        """Check that it does not end before it starts.

        Raises:
            TimelineError: it does, or has no name.
        """
        for name in ("start", "end"):
            object.__setattr__(self, name, instant_of(epoch_of(getattr(self, name))))
        if not self.name or self.end < self.start:
            raise TimelineError(
                f"incident {self.name!r} lasts from {self.start.isoformat()} to {self.end.isoformat()}. "
                "Give it a name, and an end after its start."
            )


@dataclass(frozen=True, kw_only=True, eq=False)
class Timeline:
    """Metrics over a time.

    Attributes:
        start: when it begins; no series begins before.
        end: when it is over; no series goes on after.
        series: one for each metric (and period, account, Region and unit) that has data.
        marks: the incidents in it, by start.
    """

    start: datetime
    end: datetime
    series: tuple[MetricSeries, ...] = ()
    marks: tuple[Mark, ...] = ()

    def __post_init__(self) -> None:
        """Bring it in order and check that all of it lies between start and end.

        Raises:
            TimelineError: something does not, or it ends before it starts.
        """
        for name in ("start", "end"):
            object.__setattr__(self, name, instant_of(epoch_of(getattr(self, name))))
        object.__setattr__(self, "series", merge_series(self.series))
        object.__setattr__(self, "marks", tuple(sorted(self.marks, key=lambda mark: (mark.start, mark.name))))
        first, last = self.start.timestamp(), self.end.timestamp()
        if last < first:
            raise TimelineError(
                f"it ends at {self.end.isoformat()}, before its start {self.start.isoformat()}."
            )
        for series in self.series:
            if len(series) and not first <= series.start <= series.end <= last:
                raise TimelineError(
                    f"{series}: it lasts from {instant_of(series.start).isoformat()} to "
                    f"{instant_of(series.end).isoformat()}, beyond the timeline. Let the timeline span it."
                )

    @classmethod
    def of(cls, series: Iterable[MetricSeries], marks: Iterable[Mark] = ()) -> "Timeline":
        """The timeline that just spans these series.

        Raises:
            TimelineError: there is no series with a period.
        """
        found = [each for each in series if len(each)]
        if not found:
            raise TimelineError("it has no data. Give at least one metric with one value.")
        start, end = min(each.start for each in found), max(each.end for each in found)
        return cls(start=instant_of(start), end=instant_of(end), series=tuple(found), marks=tuple(marks))

    def find(
        self, namespace: str, name: str, dimensions: Mapping[str, str] | None = None
    ) -> tuple[MetricSeries, ...]:
        """The series of a metric, one for each period there is, the shortest first.

        Its dimensions must be these, none more or less, as in CloudWatch. A series without a namespace, of an
        export that does not tell it, is the metric of that name where no other series is.
        """
        key = (namespace, name, tuple(sorted((dimensions or {}).items())))
        return self._by_metric.get(key) or self._by_metric.get(("", name, ())) or ()

    @cached_property
    def _by_metric(self) -> dict[tuple[object, ...], tuple[MetricSeries, ...]]:
        found: dict[tuple[object, ...], list[MetricSeries]] = {}
        for series in sorted(self.series, key=lambda each: each.period):
            found.setdefault(series.key[:3], []).append(series)
        return {key: tuple(series) for key, series in found.items()}

    def merged(self, other: "Timeline") -> "Timeline":
        """Both. A metric that both have gets the datapoints of both, as with CloudWatch.

        Raises:
            TimelineError: a metric of both has periods that do not begin together.
        """
        return Timeline(
            start=min(self.start, other.start),
            end=max(self.end, other.end),
            series=(*self.series, *other.series),
            marks=tuple(dict.fromkeys((*self.marks, *other.marks))),
        )

    def between(self, start: Instant, end: Instant) -> "Timeline":
        """The part from `start` to `end`: whole periods that lie in it, and what of each incident does.

        Raises:
            TimelineError: it would end before it starts.
        """
        first, last = instant_of(epoch_of(start)), instant_of(epoch_of(end))
        parts = (
            series.between(epoch_of(first), _last_start(series, epoch_of(last))) for series in self.series
        )
        marks = (
            replace(mark, start=max(mark.start, first), end=min(mark.end, last))
            for mark in self.marks
            if mark.start < last and mark.end > first
        )
        return Timeline(
            start=first, end=last, series=tuple(part for part in parts if len(part)), marks=tuple(marks)
        )

    def marked(self, *marks: Mark) -> "Timeline":
        """The same with these incidents too."""
        return replace(self, marks=(*self.marks, *marks))


def _last_start(series: MetricSeries, end: int) -> int:
    """Before when a period must begin so that it is over at `end`."""
    return end - series.period + 1
