"""A replay: the alarms of an assembly over a timeline."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import MAXYEAR, timedelta
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np

from constructs_lib.replay import assumptions, outcomes
from constructs_lib.replay.alarms import CompositeAlarm, MetricAlarm, MuteRule, Unreadable, alarms_of
from constructs_lib.replay.bands import seasonal_band
from constructs_lib.replay.changes import Changes
from constructs_lib.replay.expressions.assumptions import ALARM_RULES, METRIC_MATH
from constructs_lib.replay.expressions.errors import ExpressionError
from constructs_lib.replay.expressions.metric_math import band_of, parse
from constructs_lib.replay.expressions.rules import parse_rule
from constructs_lib.replay.happenings import Change, Composite
from constructs_lib.replay.matching import Matching
from constructs_lib.replay.metric_states import Bands, Seen, follow
from constructs_lib.replay.readings import Readings
from constructs_lib.replay.reasons import reason_for
from constructs_lib.replay.report import Report, StackReport
from constructs_lib.replay.statistics import Floats, StatisticError, parse_statistic
from constructs_lib.replay.timelines.errors import TimelineError
from constructs_lib.replay.timelines.timeline import Timeline
from constructs_lib.template import (
    Assembly,
    NamePatterns,
    Template,
    TemplateError,
    Values,
    read_assembly,
    template_of,
)

__all__ = ["replay"]

T = TypeVar("T")
Source = Assembly | Template | Mapping[str, Any] | Path | str

MOST_DAYS: Final = 455
"""As long as CloudWatch keeps data:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html"""


def replay(
    source: Source,
    timeline: Timeline,
    *,
    parameters: Mapping[str, str] | None = None,
    names: Mapping[str, str] | None = None,
    bands: Bands | None = None,
) -> Report:
    """Replay `timeline` over all alarms of a template or an assembly.

    Args:
        source: an assembly or a template: read already, as data, or the path of ``cdk.out`` or of a template.
        timeline: what the metrics did. Dimensions may have the names that resources have in the account, their logical
            ids, or the paths of their constructs.
        parameters: the values of the templates' parameters. Left out: their defaults.
        names: logical to physical ids. Left out: names that CloudFormation gives are recognised by how it makes them.
        bands: gives the band of anomaly alarms. Left out: `bands.seasonal_band`, which the report calls approximate.

    Raises:
        TemplateError: the template cannot be used.
        TimelineError: the timeline is longer, or later, than a replay takes.
    """
    days = (timeline.end - timeline.start) / timedelta(days=1)
    if days > MOST_DAYS:
        raise TimelineError(
            f"it lasts {days:,.0f} days, and {MOST_DAYS} are the most. Take a part: Timeline.between."
        )
    if timeline.end.year == MAXYEAR:
        raise TimelineError(
            f"it ends in the year {MAXYEAR}, after which there are no dates. Let it end earlier."
        )
    stacks = tuple(
        _stack(template, Values(template, parameters=parameters, names=names), timeline, bands or _stand_in)
        for template in _assembly(source).templates
    )
    return Report(
        start=timeline.start,
        end=timeline.end,
        marks=timeline.marks,
        stacks=stacks,
        assumptions=_assumptions(stacks),
        approximate=bands is None and any(each.alarm.band for stack in stacks for each in stack.seen),
    )


def _assembly(source: Source) -> Assembly:
    match source:
        case Assembly():
            return source
        case Template():
            return Assembly(templates=(source,))
        case str() | Path():
            return read_assembly(source)
        case Mapping():
            return Assembly(templates=(template_of(source),))
    raise TemplateError(
        f"{source!r} is neither a template nor an assembly: give a path, or a template's data."
    )


def _stack(template: Template, values: Values, timeline: Timeline, bands: Bands) -> StackReport:
    found = list(alarms_of(template, values))
    unreadable = [each for each in found if isinstance(each, Unreadable)]
    matching = Matching(
        timeline=timeline,
        patterns=NamePatterns(template),
        account=template.account,
        region=template.region,
    )
    readings = Readings(finder=matching.find)
    start, end = timeline.start.timestamp(), timeline.end.timestamp()

    def attempt(act: Callable[..., T], alarm: MetricAlarm | CompositeAlarm, *more: Any) -> Iterator[T]:
        try:
            yield act(alarm, *more)
        except (ExpressionError, StatisticError, RecursionError) as error:
            problem = "its expressions lead too deep" if isinstance(error, RecursionError) else str(error)
            unreadable.append(Unreadable(id=alarm.id, path=alarm.path, stack=alarm.stack, problem=problem))

    seen: list[Seen] = []
    composites: list[Composite] = []
    for alarm in found:
        if isinstance(alarm, MetricAlarm):
            seen += attempt(follow, alarm, readings.find, bands, start, end)
        if isinstance(alarm, CompositeAlarm):
            composites += attempt(_composite, alarm)
    alarms: list[MetricAlarm | CompositeAlarm] = [each.alarm for each in seen]
    alarms += [each.alarm for each in composites]
    names = {name: alarm.name for alarm in alarms for name in _called(alarm)}
    ordered, circular = _ordered(composites, names)
    unreadable += circular
    changes = Changes(
        metric_alarms=[each.alarm for each in seen],
        composites=ordered,
        mute_rules=[each for each in found if isinstance(each, MuteRule)],
        names=names,
    )
    changes.follow((change for each in seen for change in _changes(each)), start, end)
    return StackReport(
        name=template.name,
        seen=tuple(seen),
        composites=tuple(ordered),
        unreadable=tuple(unreadable),
        transitions=tuple(changes.transitions),
        notifications=tuple(changes.notifications),
        strangers=tuple(sorted({each for one in ordered for each in one.rule.alarms if each not in names})),
        absent=readings.absent,
        unread=readings.unread(timeline.series),
    )


def _composite(alarm: CompositeAlarm) -> Composite:
    return Composite(alarm=alarm, rule=parse_rule(alarm.rule))


def _called(alarm: MetricAlarm | CompositeAlarm) -> Iterator[str]:
    """What an alarm is called in rules, as a suppressor and by mute rules: its name, or the end of its ARN."""
    yield alarm.name
    yield f"${{{alarm.id}}}"
    yield f"${{{alarm.id}.Arn}}"


def _ordered(
    composites: Sequence[Composite], names: Mapping[str, str]
) -> tuple[list[Composite], list[Unreadable]]:
    """Composite alarms, those that others depend on first, and those that depend on themselves."""
    waiting = {each.alarm.name: each for each in composites}
    place = {name: number for number, name in enumerate(waiting)}
    sorter = TopologicalSorter(
        {name: [names.get(other, other) for other in each.rule.alarms] for name, each in waiting.items()}
    )
    with suppress(CycleError):  # all that no circle holds up is still sorted
        sorter.prepare()
    ordered: list[Composite] = []
    while ready := sorter.get_ready():
        ordered += [waiting.pop(name) for name in sorted(place.keys() & set(ready), key=place.__getitem__)]
        sorter.done(*ready)
    problem = "its rule leads into a circle"
    return ordered, [
        Unreadable(id=each.alarm.id, path=each.alarm.path, stack=each.alarm.stack, problem=problem)
        for each in waiting.values()
    ]


def _changes(seen: Seen) -> Iterator[Change]:
    before = np.concatenate([[outcomes.INSUFFICIENT], seen.states[:-1]])
    for index in np.flatnonzero(seen.states != before):
        yield Change(
            at=float(seen.moments[index]),
            alarm=seen.alarm,
            state=outcomes.STATES[seen.states[index]],
            reason=reason_for(seen, int(index)),
        )


def _stand_in(alarm: MetricAlarm, ends: Floats, values: Floats) -> tuple[Floats, Floats]:
    band = band_of(parse(alarm.queries[str(alarm.band)].expression))
    if band is None:
        raise ExpressionError(f"its ThresholdMetricId {alarm.band} is no ANOMALY_DETECTION_BAND.")
    return seasonal_band(ends, values, band[1])


def _assumptions(stacks: Sequence[StackReport]) -> tuple[assumptions.Assumption, ...]:
    """Those that this replay rests on."""
    queries = [query for stack in stacks for each in stack.seen for query in each.alarm.queries.values()]
    found = [
        assumptions.EVALUATION_RANGE,
        assumptions.PREMATURE,
        assumptions.NO_DELAY,
        assumptions.IN_PLACE,
    ]
    if any(query.statistic and not parse_statistic(query.statistic).basic for query in queries):
        found.append(assumptions.PERCENTILES)
    if any(query.expression for query in queries):
        found += METRIC_MATH
    if any(stack.composites for stack in stacks):
        found += ALARM_RULES
    return tuple(found)
