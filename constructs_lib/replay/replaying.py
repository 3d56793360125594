"""A replay: the alarms of an assembly over a timeline."""

from collections.abc import Collection, Mapping, Sequence
from datetime import MAXYEAR, timedelta
from pathlib import Path
from typing import Any, Final

from constructs_lib.replay import assumptions
from constructs_lib.replay.bands import stand_in
from constructs_lib.replay.expressions.assumptions import ALARM_RULES, METRIC_MATH
from constructs_lib.replay.following import followed
from constructs_lib.replay.metric_states import Bands
from constructs_lib.replay.report import Report, StackReport
from constructs_lib.replay.stacks import Names, chosen_stacks, read_stacks
from constructs_lib.replay.statistics import parse_statistic
from constructs_lib.replay.timelines.errors import TimelineError
from constructs_lib.replay.timelines.timeline import Timeline
from constructs_lib.template import Assembly, Template, TemplateError, read_assembly, template_of

__all__ = ["replay"]

Source = Assembly | Template | Mapping[str, Any] | Path | str

MOST_DAYS: Final = 455
"""As long as CloudWatch keeps data:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html"""


def replay(
    source: Source,
    timeline: Timeline,
    *,
    parameters: Mapping[str, str] | None = None,
    names: Names | None = None,
    stacks: Collection[str] | None = None,
    bands: Bands | None = None,
) -> Report:
    """Replay `timeline` over all alarms of a template or an assembly.

    Args:
        source: an assembly or a template: read already, as data, or the path of ``cdk.out`` or of a template.
        timeline: what the metrics did. Dimensions may have the names that resources have in the account, their logical
            ids, or the paths of their constructs.
        parameters: the values of the templates' parameters; those of nested stacks come from their parents. Left out:
            their defaults.
        names: logical to physical ids of all stacks, or the name of a stack to those of its resources. Left out: names
            that CloudFormation gives are recognised by how it makes them.
        stacks: the names of the stacks whose alarms are told of, with those nested in them; of the others only what
            these refer to is read. Left out: all.
        bands: gives the band of anomaly alarms. Left out: `bands.stand_in`, which the report calls approximate.

    Raises:
        TemplateError: the template cannot be used, or has no such stack.
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
    assembly = _assembly(source)
    chosen = {each.key for each in chosen_stacks(assembly, stacks)}
    read = read_stacks(assembly, parameters=parameters, names=names)
    found = followed(read, chosen, timeline, bands or stand_in)
    return Report(
        start=timeline.start,
        end=timeline.end,
        marks=timeline.marks,
        stacks=found,
        assumptions=_assumptions(found),
        approximate=bands is None and any(each.on_bands for each in found),
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
