"""Which series of a timeline an alarm's metric is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from constructs_lib.replay.statistics import parse_statistic
from constructs_lib.replay.timelines.series import MetricSeries
from constructs_lib.replay.timelines.timeline import Timeline
from constructs_lib.replay.watches import MetricKey, Query
from constructs_lib.template import NamePatterns

__all__ = ["Matching", "may_be"]


@dataclass
class Matching:
    """Finds the series of metrics that one template names.

    Attributes:
        timeline: where they are.
        patterns: of names in the template.
        account: where the template is deployed; None where that is known only then.
        region: likewise.
    """

    timeline: Timeline
    patterns: NamePatterns
    account: str | None = None
    region: str | None = None
    _by_name: dict[tuple[str, str], list[MetricSeries]] = field(init=False)
    _known: dict[str, re.Pattern[str]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Sort the series by namespace and name; those of other Regions are left out."""
        self._by_name = {}
        for series in self.timeline.series:
            if may_be(series.region, self.region):
                self._by_name.setdefault((series.namespace, series.name), []).append(series)

    def find(self, metric: MetricKey, query: Query) -> Sequence[MetricSeries]:
        """The series of `metric` that tell most of what `query` asks.

        A series says more the shorter its periods are: where one metric has several that tell the statistic, those with
        longer ones are left out. A series of an export that tells neither namespace nor dimensions is what has its
        name.
        """
        own = self._by_name.get((metric.namespace, metric.name), ())
        account = query.account if query.account.isdecimal() else self.account
        found = [each for each in own if may_be(each.account, account) and self._fits(metric, each)]
        if not found:
            bare = self._by_name.get(("", metric.name), ())
            found = [each for each in bare if may_be(each.account, account) and not each.dimensions]
        kept = [each for each in found if not query.unit or each.unit in (None, query.unit)]
        telling = [each for each in kept if _tells(each, query)] or kept
        shortest = min((each.period for each in telling), default=0)
        return [each for each in telling if each.period == shortest]

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


def _tells(series: MetricSeries, query: Query) -> bool:
    """Whether the statistic is known: of samples, or as an export gives it for just these periods."""
    if query.statistic in series.given:
        return series.period == query.period
    if parse_statistic(query.statistic).basic:
        return parse_statistic(query.statistic).name in series.knows
    return bool(len(series.distribution().values))


def may_be(one: str | None, other: str | None) -> bool:
    """Whether two accounts or Regions may be the same; None is one that is known only at deployment."""
    return None in (one, other) or one == other
