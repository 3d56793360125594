"""Timelines as CSV, in a long and a wide form.

Long, with one sample a row and the columns in any order; `dimensions`, `period` (seconds), `unit`, `account`
and `region` may be left out:

    timestamp,namespace,metric,dimensions,value
    2026-03-02T09:00:00Z,AWS/Lambda,Errors,FunctionName=create-order,3
    2026-03-02T09:01:00Z,AWS/Lambda,Errors,FunctionName=create-order,

Wide, with one column a metric, named `Namespace|Name|Dimensions`:

    timestamp,AWS/Lambda|Errors|FunctionName=create-order,AWS/SQS|NumberOfMessagesSent|QueueName=orders
    2026-03-02T09:00:00Z,3,120

Dimensions are `Name=Value;Name=Value` or a JSON object. A row belongs to the period that its timestamp lies in,
a minute where no period is told; several rows of one period are several samples. An empty value is no datapoint.
"""

import csv
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter
from pathlib import Path

import numpy as np

from constructs_lib.replay.timelines.errors import TimelineError, shown
from constructs_lib.replay.timelines.files.grid import series_of_points
from constructs_lib.replay.timelines.metric_names import dimensions_of, metric_of
from constructs_lib.replay.timelines.moments import epoch_of
from constructs_lib.replay.timelines.packing import LARGEST
from constructs_lib.replay.timelines.series import MetricSeries, is_period
from constructs_lib.replay.timelines.timeline import Timeline

__all__ = ["csv_timeline"]

_NEEDED = ("timestamp", "namespace", "metric", "value")
_OPTIONAL = ("dimensions", "period", "unit", "account", "region")
_HEADER = (
    f"Give a header: {','.join(_NEEDED)} (and {', '.join(_OPTIONAL)}), or timestamp,Namespace|Name|Dimensions"
)

_epoch_of_text = lru_cache(maxsize=1 << 17)(epoch_of)


@dataclass(frozen=True)
class _Metric:
    name: tuple[str, str, tuple[tuple[str, str], ...]]
    period: int = 60
    unit: str | None = None
    account: str | None = None
    region: str | None = None


@dataclass(frozen=True)
class _Column:
    times: "array[int]" = field(default_factory=lambda: array("q"))
    values: "array[float]" = field(default_factory=lambda: array("d"))


def csv_timeline(path: Path) -> Timeline:
    """The timeline of a CSV file.

    Raises:
        TimelineError: it is neither of the two forms.
    """
    columns: dict[_Metric, _Column] = {}
    line = 1
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file)
            header = [name.strip() for name in next(rows, [])]
            read = _reader(header)
            for row in rows:
                line = rows.line_num
                if any(row):
                    _add(columns, read, row, len(header))
    except OSError as error:
        raise TimelineError(f"cannot be read: {error.strerror or error}. Give the path of a file.") from None
    except UnicodeDecodeError:
        raise TimelineError(f"after line {line}: is no UTF-8 text. Save it as UTF-8.") from None
    except csv.Error as error:
        raise TimelineError(f"after line {line}: is no CSV: {error}. Correct it there.") from None
    except TimelineError as error:
        raise error.at(f"line {line}") from None
    return Timeline.of(_series(metric, column) for metric, column in columns.items())


class _Long:
    def __init__(self, header: list[str]) -> None:
        self.time_at = header.index("timestamp")
        self._value_at = header.index("value")
        self._names = [name for name in (*_NEEDED[1:3], *_OPTIONAL) if name in header]
        self._cells = itemgetter(*(header.index(name) for name in self._names))
        self._columns: dict[tuple[str, ...], _Column] = {}

    def read(self, row: list[str], columns: dict[_Metric, _Column]) -> Iterable[tuple[_Column, str]]:
        cells = self._cells(row)
        column = self._columns.get(cells)
        if column is None:
            metric = self._metric(dict(zip(self._names, map(str.strip, cells), strict=True)))
            column = self._columns[cells] = columns.setdefault(metric, _Column())
        return ((column, row[self._value_at]),)

    def _metric(self, cells: dict[str, str]) -> _Metric:
        if not cells["metric"]:
            raise TimelineError("metric is empty. Name the metric.")
        dimensions = tuple(dimensions_of(cells.get("dimensions", "")).items())
        others = {each: cells[each] for each in ("unit", "account", "region") if cells.get(each)}
        period = _period(cells.get("period") or "60")
        return _Metric((cells["namespace"], cells["metric"], dimensions), period, **others)


class _Wide:
    def __init__(self, header: list[str]) -> None:
        self.time_at = 0
        self._metrics = [_Metric(_wide_name(name)) for name in header[1:]]
        if len(set(self._metrics)) != len(self._metrics):
            raise TimelineError("two columns are of one metric. Let each column have its own.")

    def read(self, row: list[str], columns: dict[_Metric, _Column]) -> Iterable[tuple[_Column, str]]:
        if not columns:
            columns.update((metric, _Column()) for metric in self._metrics)
        return zip(columns.values(), row[1:], strict=True)


def _reader(header: list[str]) -> _Long | _Wide:
    if all(header.count(name) == 1 for name in _NEEDED):
        if unknown := [name for name in header if name not in (*_NEEDED, *_OPTIONAL)]:
            raise TimelineError(f"{shown(unknown[0])} is no column. {_HEADER}.")
        return _Long(header)
    if header[:1] == ["timestamp"] and len(header) > 1:
        return _Wide(header)
    raise TimelineError(f"the header is {shown(header)}. {_HEADER}.")


def _wide_name(text: str) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    found = metric_of(text)
    if found is None:
        raise TimelineError(f"the column {shown(text)} is no metric. {_HEADER}.")
    return (*found[:2], tuple(found[2].items()))


def _period(text: str) -> int:
    if text.isdecimal() and len(text) <= 9 and is_period(int(text)):  # noqa: PLR2004 - no longer ones exist
        return int(text)
    raise TimelineError(f"period is {shown(text)}. Give 1, 5, 10, 20, 30 or a multiple of 60 seconds.")


def _add(columns: dict[_Metric, _Column], read: _Long | _Wide, row: list[str], width: int) -> None:
    if len(row) != width:
        raise TimelineError(f"has {len(row)} cells, not {width} as the header. Give each column one.")
    time = _epoch_of_text(row[read.time_at])
    for column, text in read.read(row, columns):
        column.times.append(time)
        column.values.append(_value(text))


def _value(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = np.inf if text.strip() else np.nan
    if -LARGEST <= value <= LARGEST or not text.strip():
        return value
    raise TimelineError(f"value is {shown(text)}. Give a number, or nothing for no datapoint.")


def _series(metric: _Metric, column: _Column) -> MetricSeries:
    namespace, name, dimensions = metric.name
    times, values = np.array(column.times, dtype=np.int64), np.array(column.values)
    others = {each: getattr(metric, each) for each in ("unit", "account", "region")}
    try:
        return series_of_points((namespace, name, dict(dimensions)), times, values, metric.period, **others)
    except TimelineError as error:
        raise error.at(f"{namespace}|{name}") from None
