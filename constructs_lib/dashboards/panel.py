"""What a segment draws: its graphs with the metrics that it really has."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from constructs_lib.dashboards.graph import Axis, Graph, Line, Rate, Source
from constructs_lib.dashboards.layout import JsonObject

__all__ = ["Expression", "Metric", "Panel", "Place", "panels_of"]


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where what a segment shows lives.

    Attributes:
        region: its Region.
        account: its account where that is not the dashboard's; else None.
        elsewhere: whether the Region is not the dashboard's.
    """

    region: str
    account: str | None
    elsewhere: bool

    @property
    def options(self) -> dict[str, str]:
        """What says so in a metric."""
        region = {"region": self.region} if self.elsewhere else {}
        return {**region, **({} if self.account is None else {"accountId": self.account})}


@dataclass(kw_only=True)
class Metric:
    """A line, or an operand of one."""

    source: Source
    name: str
    statistic: str
    label: str
    axis: Axis = "left"
    visible: bool = True
    query_id: str | None = None
    period: int | None = None

    @property
    def identity(self) -> JsonObject:
        """What tells it from other metrics, with tokens in it."""
        dimensions = [self.source.dimensions[name] for name in sorted(self.source.dimensions)]
        return {
            "metric": [self.source.namespace, self.name, *sorted(self.source.dimensions)],
            "of": dimensions,
        }

    def render(self, place: Place) -> list[object]:
        """This metric as a dashboard's body has it."""
        options: JsonObject = {"label": self.label, "stat": self.statistic, **place.options}
        options |= {"yAxis": self.axis} if self.axis == "right" else {}
        options |= {} if self.visible else {"visible": False}
        options |= {} if self.query_id is None else {"id": self.query_id}
        options |= {} if self.period is None else {"period": self.period}
        dimensions = [part for pair in self.source.dimensions.items() for part in pair]
        return [self.source.namespace, self.name, *dimensions, options]


@dataclass(kw_only=True)
class Expression:
    """A line that is computed from `operands`."""

    text: str
    operands: dict[str, Metric]
    label: str
    axis: Axis
    watched: bool = False

    def render(self, place: Place) -> list[object]:
        """This expression as a dashboard's body has it."""
        options: JsonObject = {"expression": self.text, "label": self.label, **place.options}
        return [options | ({"yAxis": self.axis} if self.axis == "right" else {})]


@dataclass(kw_only=True)
class Panel:
    """A graph of one segment, and the thresholds drawn on it."""

    graph: Graph
    title: str
    place: Place
    metrics: list[Metric] = field(default_factory=list)
    expressions: list[Expression] = field(default_factory=list)
    thresholds: list[JsonObject] = field(default_factory=list)

    def operand(self, source: Source, line: Line, query_id: str) -> Metric:
        """The metric of `line`, drawn already or else hidden, under `query_id`."""
        for metric in self.metrics:
            if (metric.source, metric.name, metric.statistic) == (source, line.metric, line.statistic):
                break
        else:
            metric = Metric(
                source=source, name=line.metric, statistic=line.statistic, label=line.label, visible=False
            )
            self.metrics.append(metric)
        metric.query_id = query_id
        return metric

    def render(self) -> JsonObject:
        """This graph as a widget's type and properties."""
        drawn: list[Metric | Expression] = [*self.metrics, *self.expressions]
        axes = {"left": self.graph.left, "right": self.graph.right}
        used = {line.axis for line in drawn}
        properties: JsonObject = {
            "title": self.title,
            "view": "timeSeries",
            "stacked": False,
            "region": self.place.region,
            "period": self.graph.period,
            "metrics": [line.render(self.place) for line in drawn],
            "yAxis": {
                side: {"label": label, "min": 0, "showUnits": False}
                for side, label in axes.items()
                if side in used
            },
        }
        if self.place.account is not None:
            properties["accountId"] = self.place.account
        if self.thresholds:
            properties["annotations"] = {"horizontal": self.thresholds}
        return {"type": "metric", "properties": properties}


def panels_of(
    graphs: Sequence[Graph],
    sources: Mapping[str, Sequence[Source]],
    figures: Mapping[str, float],
    name: str,
    place: Place,
) -> Iterator[Panel]:
    """The panels of one segment; lines without a source, and graphs without a line, are left out."""
    for graph in graphs:
        panel = Panel(graph=graph, title=f"{name}: {graph.title}", place=place)
        for line in graph.lines:
            if isinstance(line, Line):
                panel.metrics.extend(
                    Metric(
                        source=source,
                        name=line.metric,
                        statistic=line.statistic,
                        label=f"{source.label}{line.label}",
                        axis=line.axis,
                    )
                    for source in sources.get(line.of, ())
                )
        for rate in (line for line in graph.lines if isinstance(line, Rate)):
            _add_rate(panel, rate, {kind: found[0] for kind, found in sources.items() if found}, figures)
        if panel.metrics:
            yield panel


def _add_rate(panel: Panel, rate: Rate, sources: Mapping[str, Source], figures: Mapping[str, float]) -> None:
    if any(line.of not in sources for line in rate.operands.values()):
        return
    try:
        text = rate.expression.format_map(figures)
    except KeyError:  # a figure that this segment does not know
        return
    operands = {
        query_id: panel.operand(sources[line.of], line, query_id) for query_id, line in rate.operands.items()
    }
    panel.expressions.append(Expression(text=text, operands=operands, label=rate.label, axis=rate.axis))
