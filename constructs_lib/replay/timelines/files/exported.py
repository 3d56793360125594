"""The statistics of one metric that an export has, as one series."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from constructs_lib.replay.timelines.errors import TimelineError
from constructs_lib.replay.timelines.files.documents import Points
from constructs_lib.replay.timelines.files.grid import likely_period, rows_of, spread
from constructs_lib.replay.timelines.files.queries import Query
from constructs_lib.replay.timelines.metric_names import metric_text
from constructs_lib.replay.timelines.packing import Packed
from constructs_lib.replay.timelines.samples import Floats, Integers, Samples
from constructs_lib.replay.timelines.series import MetricSeries

__all__ = ["Exported", "exported_series"]


@dataclass(frozen=True)
class Exported:
    """What one query gave: values of one statistic, or of several from get-metric-statistics."""

    query: Query
    parts: dict[str | None, list[Points]] = field(default_factory=dict)

    def add(self, statistic: str | None, points: Points) -> None:
        """Take one page of it."""
        self.parts.setdefault(statistic, []).append(points)

    @property
    def times(self) -> Integers:
        """All timestamps."""
        return np.concatenate([points.times for pages in self.parts.values() for points in pages])

    @property
    def key(self) -> object:
        """What is the same for all statistics of one metric."""
        query = self.query
        period = query.period or likely_period(self.times)
        dimensions = tuple(sorted(query.dimensions.items()))
        return query.namespace, query.name, dimensions, period, query.unit, query.account


def exported_series(same: Sequence[Exported]) -> MetricSeries:
    """The series of all that was exported of one metric.

    Raises:
        TimelineError: its times cannot be periods of one series.
    """
    query = same[0].query
    times = np.concatenate([each.times for each in same])
    period = query.period or likely_period(times)
    try:
        start, _, periods = rows_of(times, period)
        columns: dict[str | None, Floats] = {}
        for each in same:
            for statistic, pages in each.parts.items():
                rows = (np.concatenate([page.times for page in pages]) - start) // period
                values = spread(rows, np.concatenate([page.values for page in pages]), periods)
                column = columns.get(statistic, values)
                columns[statistic] = np.where(np.isnan(values), column, values)
        packed, given = _packed(columns, periods)
        return MetricSeries.of(
            query.namespace,
            query.name,
            query.dimensions,
            packed,
            start=start,
            period=period,
            given=given,
            unit=query.unit,
            account=query.account,
        )
    except TimelineError as error:
        raise error.at(metric_text(query.namespace, query.name, query.dimensions)) from None


def _packed(columns: dict[str | None, Floats], periods: int) -> tuple[Packed, dict[str, Floats]]:
    """What is known of the samples; the statistics that do not follow from that are `given`."""
    if None in columns:
        return Packed.single(columns[None]), {}
    unknown = np.full(periods, np.nan)
    count, total, average = (columns.get(name, unknown) for name in ("SampleCount", "Sum", "Average"))
    with np.errstate(divide="ignore", invalid="ignore"):
        from_average = np.where(average != 0, np.rint(total / average), np.nan)
    count = np.where(np.isnan(count), from_average, count)
    total = np.where(np.isnan(total), average * count, total)
    there = ~np.all([np.isnan(column) for column in columns.values()], axis=0)
    packed = Packed(
        np.where(there, count, 0.0),
        total,
        columns.get("Minimum", unknown),
        columns.get("Maximum", unknown),
        Samples.none(periods),
    )
    followed = {"SampleCount", "Sum", "Minimum", "Maximum"}
    return packed, {name: column for name, column in columns.items() if name and name not in followed}
