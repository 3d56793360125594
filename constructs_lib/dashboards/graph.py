"""What a row of a table of graphs says, and the metrics that a segment has to draw on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from constructs_lib.dashboards.queries import LogQuery

__all__ = [
    "HOUR",
    "Axis",
    "Graph",
    "Line",
    "LogPanel",
    "Rate",
    "Section",
    "Source",
    "lines_of",
    "percentiles",
]

Axis = Literal["left", "right"]

HOUR = 3_600
"""Seconds: the period of what is billed."""


class Section(Enum):
    """The parts of a dashboard below the alarms, from the first to the last."""

    TRAFFIC = "Traffic"
    ERRORS = "Errors"
    LATENCY = "Latency"
    SATURATION = "Saturation"
    ASYNC = "Asynchronous work and dead letters"
    COLD_STARTS = "Cold starts"
    COST = "What it is billed for"
    WATCHED = "What else alarms watch"
    LOGS = "Logs"


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a service publishes: the namespace, and dimensions that identify one resource.

    Attributes:
        namespace: such as ``AWS/Lambda``.
        dimensions: name to value, usually a token.
        label: what tells it from other sources of the same kind, put before the label of each line.
    """

    namespace: str
    dimensions: Mapping[str, str]
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One metric on a graph.

    Attributes:
        metric: its name.
        statistic: as CloudWatch writes it.
        of: the kind of source that publishes it. A segment without such a source has no such line; one with
            several has a line for each.
        label: for the legend.
        axis: the side whose scale it uses.
    """

    metric: str
    statistic: str
    of: str
    label: str
    axis: Axis = "left"


@dataclass(frozen=True, kw_only=True)
class Rate:
    """Metric math on a graph.

    Attributes:
        expression: over `operands`; ``{figure}`` stands for a figure of the segment, without which there is no
            such line.
        operands: id in the expression to metric.
        label: for the legend.
        axis: the side whose scale it uses.
    """

    expression: str
    operands: Mapping[str, Line]
    label: str
    axis: Axis = "left"


@dataclass(frozen=True, kw_only=True)
class Graph:
    """One row of a table: a graph that each segment of that service has.

    Attributes:
        section: where on the dashboard it stands.
        title: what follows the segment's name.
        lines: what is drawn.
        left: what the left axis counts.
        right: what the right axis counts.
        period: seconds of one datapoint, as long as the time range of the dashboard allows it.
        source: where the names of its metrics come from.
    """

    section: Section
    title: str
    lines: tuple[Line | Rate, ...]
    left: str
    source: str
    right: str = ""
    period: int = 60


@dataclass(frozen=True, kw_only=True)
class LogPanel:
    """One row of a table: the result of a query on the log group that each segment has.

    Attributes:
        section: where on the dashboard it stands.
        query: what is asked.
        view: how the answer is shown.
    """

    section: Section
    query: LogQuery
    view: Literal["table", "timeSeries", "bar"] = "table"


def percentiles(metric: str, of: str) -> tuple[Line, ...]:
    """The lines p50, p90 and p99 of `metric`."""
    return tuple(Line(metric=metric, statistic=name, of=of, label=name) for name in ("p50", "p90", "p99"))


def lines_of(of: str, statistic: str, **labels: str) -> tuple[Line, ...]:
    """A line for each metric in `labels`, with its label."""
    return tuple(
        Line(metric=metric, statistic=statistic, of=of, label=label) for metric, label in labels.items()
    )
