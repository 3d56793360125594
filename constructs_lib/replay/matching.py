"""Which series of a timeline an alarm's metric is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from constructs_lib.replay.alarms import MetricKey
from constructs_lib.replay.timelines.series import MetricSeries
from constructs_lib.replay.timelines.timeline import Timeline
from constructs_lib.template import NamePatterns

__all__ = ["Matching"]


@dataclass
class Matching:
    """Finds the series of metrics that one template names.

    Attributes:
        timeline: where they are.
        patterns: of names in the template.
    """

    timeline: Timeline
    patterns: NamePatterns
    _by_name: dict[tuple[str, str], list[MetricSeries]] = field(init=False)
    _known: dict[str, re.Pattern[str]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Sort the series by namespace and name."""
        self._by_name = {}
        for series in self.timeline.series:
            self._by_name.setdefault((series.namespace, series.name), []).append(series)

    def find(self, metric: MetricKey, unit: str) -> Sequence[MetricSeries]:
        """The series of `metric`, of one unit only where that is not empty.

        A series says more the shorter its periods are: where one metric has several, the others are left out. A series
        of an export that tells neither namespace nor dimensions is what has its name.
        """
        own = self._by_name.get((metric.namespace, metric.name), ())
        found = [each for each in own if self._fits(metric, each)]
        if not found:
            found = [each for each in self._by_name.get(("", metric.name), ()) if not each.dimensions]
        kept = [each for each in found if not unit or each.unit in (None, unit)]
        shortest = min((each.period for each in kept), default=0)
        return [each for each in kept if each.period == shortest]

    def _fits(self, metric: MetricKey, series: MetricSeries) -> bool:
        if tuple(series.dimensions) != tuple(name for name, _ in metric.dimensions):
            return False
        return all(
            self._pattern(value).fullmatch(series.dimensions[name]) for name, value in metric.dimensions
        )

    def _pattern(self, text: str) -> re.Pattern[str]:
        if text not in self._known:
            self._known[text] = self.patterns.of(text)
        return self._known[text]
