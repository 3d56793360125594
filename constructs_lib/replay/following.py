"""What the alarms of stacks see over a timeline, and what follows from it: also from one stack to another."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from graphlib import CycleError, TopologicalSorter
from itertools import chain
from typing import TypeVar

import numpy as np

from constructs_lib.replay import outcomes
from constructs_lib.replay.alarms import CompositeAlarm, MetricAlarm, MuteRule, Unreadable, alarms_of
from constructs_lib.replay.changes import Changes
from constructs_lib.replay.directory import Directory
from constructs_lib.replay.expressions.errors import ExpressionError
from constructs_lib.replay.expressions.rules import parse_rule
from constructs_lib.replay.happenings import AnyAlarm, Change, Composite, Mute, Notification, Transition
from constructs_lib.replay.matching import Matching
from constructs_lib.replay.metric_states import Bands, Seen, follow
from constructs_lib.replay.readings import Readings
from constructs_lib.replay.reasons import reason_for
from constructs_lib.replay.report import StackReport
from constructs_lib.replay.stacks import Stack
from constructs_lib.replay.statistics import StatisticError
from constructs_lib.replay.timelines.timeline import Timeline

__all__ = ["followed"]

T = TypeVar("T", Transition, Notification, Composite)


def followed(
    stacks: Sequence[Stack], chosen: Collection[str], timeline: Timeline, bands: Bands
) -> tuple[StackReport, ...]:
    """What is found in stacks.

    Args:
        stacks: all that are deployed together.
        chosen: the keys of those that are told of; of the others only the alarms that these refer to are evaluated.
        timeline: what the metrics did.
        bands: of anomaly alarms.
    """
    parts = {each.template.key: _Part(each, timeline) for each in stacks}
    told = [each for key, each in parts.items() if key in chosen]
    start, end = timeline.start.timestamp(), timeline.end.timestamp()
    directory = Directory()
    for each in parts.values():
        directory.add(each.template, each.alarms.values())
    owners = {key: part for part in parts.values() for key in part.alarms}
    waiting = [(part, alarm) for part in told for alarm in part.alarms.values()]
    known = {alarm.key for _, alarm in waiting}
    for part, alarm in waiting:  # what they refer to is put behind them
        for key in part.evaluate(alarm, directory, bands, start, end):
            if key not in known:
                known.add(key)
                waiting.append((owners[key], owners[key].alarms[key]))
    composites = _ordered([each for part in parts.values() for each in part.composites], owners)
    seen = [each for part in parts.values() for each in part.seen]
    changes = Changes(
        metric_alarms=[each.alarm for each in seen],
        composites=composites,
        mutes=[each for part in parts.values() for each in part.mutes(directory)],
    )
    changes.follow(chain.from_iterable(map(_changes, seen)), start, end)
    transitions, notifications = _by_stack(changes.transitions), _by_stack(changes.notifications)
    ordered, on_bands = _by_stack(composites), _on_bands(seen, composites)
    return tuple(
        StackReport(
            name=each.template.name,
            seen=tuple(each.seen),
            composites=tuple(ordered[key]),
            unreadable=tuple(each.unreadable),
            transitions=tuple(transitions[key]),
            notifications=tuple(notifications[key]),
            strangers=tuple(sorted(set(_strangers(ordered[key], changes.states)))),
            absent=each.readings.absent,
            unread=each.readings.unread(timeline.series),
            on_bands=frozenset(on_bands & each.alarms.keys()),
        )
        for key, each in parts.items()
        if key in chosen
    )


class _Part:
    """What is found in one stack."""

    def __init__(self, stack: Stack, timeline: Timeline) -> None:
        self.template = stack.template
        found = list(alarms_of(stack.template, stack.values))
        self.alarms = {each.key: each for each in found if isinstance(each, MetricAlarm | CompositeAlarm)}
        self.unreadable = [each for each in found if isinstance(each, Unreadable)]
        self._mute_rules = [each for each in found if isinstance(each, MuteRule)]
        matching = Matching(
            timeline=timeline,
            patterns=stack.patterns,
            account=stack.template.account,
            region=stack.template.region,
        )
        self.readings = Readings(finder=matching.find)
        self.seen: list[Seen] = []
        self.composites: list[Composite] = []

    def evaluate(
        self, alarm: AnyAlarm, directory: Directory, bands: Bands, start: float, end: float
    ) -> Collection[str]:
        """Evaluate an alarm, or read its rule; the keys of those that it depends on."""
        try:
            if isinstance(alarm, MetricAlarm):
                self.seen.append(follow(alarm, self.readings.find, bands, start, end))
                return ()
            rule = parse_rule(alarm.rule)
        except (ExpressionError, StatisticError, RecursionError) as error:
            deep = isinstance(error, RecursionError)
            self.refuse(alarm, "its expressions lead too deep" if deep else str(error))
            return ()
        named = {name: directory.key(name, self.template) for name in rule.alarms}
        children = {name: key for name, key in named.items() if key}
        by = directory.key(alarm.suppressor, self.template) if alarm.suppressor else None
        self.composites.append(
            Composite(alarm=alarm, rule=rule, children=children, suppressor=by or alarm.suppressor)
        )
        return [*children.values(), *filter(None, [by])]

    def refuse(self, alarm: AnyAlarm, problem: str) -> None:
        """Tell that one of its alarms is not evaluated."""
        self.unreadable.append(Unreadable(id=alarm.id, path=alarm.path, stack=alarm.stack, problem=problem))

    def mutes(self, directory: Directory) -> Iterator[Mute]:
        """Its mute rules."""
        for each in self._mute_rules:
            keys = (directory.key(target, self.template) for target in each.targets)
            yield Mute(rule=each, alarms=frozenset(key for key in keys if key))


def _ordered(composites: Sequence[Composite], owners: Mapping[str, _Part]) -> list[Composite]:
    """Composite alarms, those that others depend on first; those that depend on themselves are refused."""
    waiting = {each.alarm.key: each for each in composites}
    place = {key: number for number, key in enumerate(waiting)}
    sorter = TopologicalSorter({key: list(each.children.values()) for key, each in waiting.items()})
    with suppress(CycleError):  # all that no circle holds up is still sorted
        sorter.prepare()
    ordered: list[Composite] = []
    while ready := sorter.get_ready():
        ordered += [waiting.pop(key) for key in sorted(place.keys() & set(ready), key=place.__getitem__)]
        sorter.done(*ready)
    for each in waiting.values():
        owners[each.alarm.key].refuse(each.alarm, "its rule leads into a circle")
    return ordered


def _strangers(composites: Iterable[Composite], known: Collection[str]) -> Iterator[str]:
    """What rules name, and of which nothing is known."""
    for each in composites:
        yield from (name for name in each.rule.alarms if each.children.get(name) not in known)


def _on_bands(seen: Iterable[Seen], composites: Iterable[Composite]) -> set[str]:
    """The keys of anomaly alarms, and of composite alarms whose rules lead to one."""
    found = {each.alarm.key for each in seen if each.alarm.band}
    for composite in composites:  # those that others depend on come first
        if not found.isdisjoint(composite.children.values()):
            found.add(composite.alarm.key)
    return found


def _by_stack(found: Iterable[T]) -> defaultdict[str, list[T]]:
    sorted_: defaultdict[str, list[T]] = defaultdict(list)
    for each in found:
        sorted_[each.alarm.scope].append(each)
    return sorted_


def _changes(seen: Seen) -> Iterator[Change]:
    before = np.concatenate([[outcomes.INSUFFICIENT], seen.states[:-1]])
    for index in np.flatnonzero(seen.states != before):
        yield Change(
            at=float(seen.moments[index]),
            alarm=seen.alarm,
            state=outcomes.STATES[seen.states[index]],
            reason=reason_for(seen, int(index)),
        )
