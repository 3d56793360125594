"""A metric alarm, and what its dimensions name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from constructs_lib.replay.watches import MetricKey, Watch, read_watch
from constructs_lib.review.coverage.insights import Selection, parse_query
from constructs_lib.review.coverage.subject import Subject, qualified
from constructs_lib.review.reading.alarms import STATES, Alarm
from constructs_lib.review.reading.data import is_known

__all__ = ["ONLY", "Watcher", "watcher_of"]

ONLY: Final = "m"
"""The id of the only metric of an alarm."""
_NO_FIGURES: Final = frozenset({"Dimensions", "AlarmDescription", "AlarmName", "Tags", *STATES.values()})


@dataclass(frozen=True, kw_only=True, eq=False)
class Watcher:
    """A metric alarm, and the values of its dimensions with placeholders that mean the same everywhere.

    Attributes:
        alarm: the alarm.
        watch: what it watches; None where it cannot be read.
        why: why not.
        dimensions: id of each metric to its dimensions.
        queries: id of each query of Metrics Insights to what it chooses.
    """

    alarm: Alarm
    watch: Watch | None
    why: str
    dimensions: Mapping[str, Sequence[tuple[str, str]] | None]
    queries: Mapping[str, Selection]

    @cached_property
    def own(self) -> Mapping[str, MetricKey]:
        """Id of each metric that no service of AWS publishes, where the alarm may ring without it."""
        found = {}
        for each in self.alarm.metrics if self.watch else ():
            dimensions = self.dimensions.get(each.id or ONLY)
            if (
                each.namespace
                and each.name
                and dimensions is not None
                and not each.namespace.startswith("AWS/")
            ):
                key = MetricKey(namespace=each.namespace, name=each.name, dimensions=tuple(dimensions))
                found[each.id or ONLY] = key
        return found

    @cached_property
    def figures_known(self) -> bool:
        """Whether all that decides when it rings is known, apart from what it is on."""
        return is_known(_figures(self.alarm.node.properties))

    def is_near(self, subject: Subject) -> bool:
        """Whether it may be in the Region of a resource."""
        here, there = subject.node.stack.region, self.alarm.node.stack.region
        return here is None or there is None or here == there


def watcher_of(alarm: Alarm) -> Watcher:
    stack = alarm.node.stack
    dimensions: dict[str, Sequence[tuple[str, str]] | None] = {}
    queries = {}
    for each in alarm.metrics:
        if each.expression is not None:
            if selection := parse_query(each.expression):
                queries[each.id] = selection
        elif each.account is None or each.account == stack.template.account:
            dimensions[each.id or ONLY] = (
                None
                if each.dimensions is None
                else tuple(sorted((name, qualified(stack, value)) for name, value in each.dimensions.items()))
            )
    try:
        watch, why = read_watch(alarm.node.properties), ""
    except (KeyError, ValueError, TypeError, AttributeError, OverflowError) as error:
        watch, why = None, f"it has no {error}" if isinstance(error, KeyError) else str(error)
    return Watcher(alarm=alarm, watch=watch, why=why, dimensions=dimensions, queries=queries)


def _figures(data: object) -> object:
    if isinstance(data, Mapping):
        return {key: _figures(value) for key, value in data.items() if key not in _NO_FIGURES}
    return [_figures(each) for each in data] if isinstance(data, list) else data
