"""Which metrics of a timeline alarms read, and which they look for in vain: a misspelt name tests nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from constructs_lib.replay.metric_states import Finder
from constructs_lib.replay.timelines.series import MetricSeries
from constructs_lib.replay.watches import MetricKey, Query

__all__ = ["Readings"]

Owned = tuple[MetricKey, str | None, str | None]
"""A metric, and the account and the Region that it is of."""


@dataclass
class Readings:
    """Finds the series of metrics, and keeps in mind which were asked for.

    Attributes:
        finder: finds them.
    """

    finder: Finder
    _sought: dict[MetricKey, bool] = field(default_factory=dict)
    _read: set[Owned] = field(default_factory=set)

    def find(self, metric: MetricKey, query: Query) -> Sequence[MetricSeries]:
        """What the finder finds."""
        found = self.finder(metric, query)
        self._sought[metric] = self._sought.get(metric, False) or bool(found)
        self._read.update(map(_owned, found))
        return found

    @property
    def absent(self) -> tuple[MetricKey, ...]:
        """What was sought in vain, in the order of the alarms."""
        return tuple(metric for metric, found in self._sought.items() if not found)

    def unread(self, series: Iterable[MetricSeries]) -> tuple[MetricKey, ...]:
        """Those metrics of `series` that nobody asked for, in their order."""
        left = [each for each in map(_owned, series) if each not in self._read]
        return tuple(dict.fromkeys(metric for metric, _, _ in left))


def _owned(series: MetricSeries) -> Owned:
    metric = MetricKey(
        namespace=series.namespace, name=series.name, dimensions=tuple(series.dimensions.items())
    )
    return metric, series.account, series.region
