"""The JSON form of a timeline; timeline.schema.json beside this module says it in full."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from constructs_lib.replay.timelines.errors import TimelineError, shown
from constructs_lib.replay.timelines.files.checked import known_keys, part, text_map
from constructs_lib.replay.timelines.metric_names import metric_text
from constructs_lib.replay.timelines.moments import epoch_of, instant_of
from constructs_lib.replay.timelines.packing import pack
from constructs_lib.replay.timelines.samples import Floats
from constructs_lib.replay.timelines.series import MetricSeries
from constructs_lib.replay.timelines.timeline import Mark, Timeline

__all__ = ["SCHEMA", "timeline_of", "write_timeline"]

SCHEMA = Path(__file__).with_name("timeline.schema.json")
"""The JSON Schema of the form."""

_OPTIONAL = ("unit", "account", "region")
_KEYS = frozenset({"$schema", "start", "end", "metrics", "incidents"})
_METRIC_KEYS = frozenset(
    {"namespace", "name", "dimensions", "period", "start", "values", "given", *_OPTIONAL}
)
_INCIDENT_KEYS = frozenset({"name", "start", "end"})


def timeline_of(found: dict[str, Any]) -> Timeline:
    """The timeline of a document whose values are packed.

    Raises:
        TimelineError: it is not of the form.
    """
    known_keys(found, _KEYS)
    start = _moment(found, "start")
    series = []
    for index, metric in enumerate(part(found, "metrics", list)):
        try:
            series.append(_series(metric, start))
        except TimelineError as error:
            raise error.at(f"metrics[{index}]{_named(metric)}") from None
    marks = []
    for index, incident in enumerate(part(found, "incidents", list, [])):
        try:
            marks.append(_mark(incident))
        except TimelineError as error:
            raise error.at(f"incidents[{index}]") from None
    end = _moment(found, "end") if "end" in found else max([start, *(each.end for each in series)])
    return Timeline(start=instant_of(start), end=instant_of(end), series=tuple(series), marks=tuple(marks))


def write_timeline(timeline: Timeline, path: Path | str) -> None:
    """Write a timeline as JSON; reading it again gives the same."""
    with Path(path).open("w", encoding="utf-8") as file:
        file.write(f'{{"start": "{timeline.start.isoformat()}", "end": "{timeline.end.isoformat()}",\n')
        file.write('"metrics": [')
        file.writelines(
            (",\n" if index else "\n") + json.dumps(_metric(series, timeline), ensure_ascii=False)
            for index, series in enumerate(timeline.series)
        )
        incidents = [
            {"name": mark.name, "start": mark.start.isoformat(), "end": mark.end.isoformat()}
            for mark in timeline.marks
        ]
        file.write(f'\n],\n"incidents": {json.dumps(incidents, ensure_ascii=False)}}}\n')


def _moment(found: dict[str, Any], name: str) -> int:
    try:
        return epoch_of(found.get(name))
    except TimelineError as error:
        raise error.at(name) from None


def _named(metric: object) -> str:
    if isinstance(metric, dict) and isinstance(metric.get("name"), str):
        return f" ({metric_text(str(metric.get('namespace')), metric['name'], {})[:80]!r})"
    return ""


def _series(metric: object, start: int) -> MetricSeries:
    if not isinstance(metric, dict):
        raise TimelineError(f"is {shown(metric)}. Give an object with namespace, name and values.")
    known_keys(metric, _METRIC_KEYS)
    if "values" not in metric:
        raise TimelineError("values is missing. Give one value a period.")
    if isinstance(metric["values"], TimelineError):
        raise metric["values"]
    series = MetricSeries.of(
        part(metric, "namespace", str),
        part(metric, "name", str),
        text_map(metric, "dimensions"),
        metric["values"],
        start=_moment(metric, "start") if "start" in metric else start,
        period=part(metric, "period", int, 60),
        given={name: _given(name, values) for name, values in part(metric, "given", dict, {}).items()},
        **{name: part(metric, name, str) for name in _OPTIONAL if metric.get(name) is not None},
    )
    for name, values in series.given.items():
        if len(values) != len(series):
            raise TimelineError(
                f"given {shown(name)} has {len(values)} values, not {len(series)}. Give as many."
            )
    return series


def _given(name: str, values: object) -> Floats:
    try:
        packed = pack(values)
    except TimelineError as error:
        raise error.at(f"given {shown(name)}") from None
    if (packed.count > 1).any():
        raise TimelineError(f"given {shown(name)} has lists. Give a number or null for each period.")
    return packed.sum


def _mark(incident: object) -> Mark:
    if not isinstance(incident, dict):
        raise TimelineError(f"is {shown(incident)}. Give an object with name, start and end.")
    known_keys(incident, _INCIDENT_KEYS)
    start, end = _moment(incident, "start"), _moment(incident, "end")
    return Mark(name=part(incident, "name", str), start=instant_of(start), end=instant_of(end))


def _metric(series: MetricSeries, timeline: Timeline) -> dict[str, Any]:
    own_start = series.start != epoch_of(timeline.start)
    optional = {name: getattr(series, name) for name in _OPTIONAL if getattr(series, name) is not None}
    return {
        "namespace": series.namespace,
        "name": series.name,
        "dimensions": dict(series.dimensions),
        "period": series.period,
        **({"start": instant_of(series.start).isoformat()} if own_start else {}),
        **optional,
        "values": list(_plain(series)),
        **({"given": {name: _nulls(array) for name, array in series.given.items()}} if series.given else {}),
    }


def _plain(series: MetricSeries) -> Iterator[object]:
    """Each period as short as it can be said."""
    offsets = series.samples.offsets.tolist()
    columns = {name: getattr(series, name).tolist() for name in ("count", "sum", "minimum", "maximum")}
    for index, count, total, least, most in zip(range(len(series)), *columns.values(), strict=True):
        if count == 0:
            yield None
        elif count == 1 and total == least == most:
            yield _short(total)
        else:
            told = {"count": count, "sum": total, "minimum": least, "maximum": most}
            kept = slice(offsets[index], offsets[index + 1])
            samples = {
                "samples": [_short(each) for each in series.samples.values[kept].tolist()],
                "weights": [_short(each) for each in series.samples.weights[kept].tolist()],
            }
            known = {name: _short(value) for name, value in told.items() if value == value}  # noqa: PLR0124 - NaN is not itself
            yield {**known, **(samples if samples["samples"] else {})}


def _short(number: float) -> float | int:
    return int(number) if number.is_integer() and abs(number) < 1e15 else number  # noqa: PLR2004 - beyond, a float is as short


def _nulls(array: Floats) -> list[float | None]:
    return [None if np.isnan(each) else _short(each) for each in array.tolist()]
