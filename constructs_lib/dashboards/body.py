"""The body of a dashboard: the alarms first, then section by section what the segments show."""

from collections.abc import Sequence

from constructs_lib.checks import Check
from constructs_lib.dashboards.alarms import ShownAlarm
from constructs_lib.dashboards.graph import LogPanel, Section
from constructs_lib.dashboards.layout import COLUMNS, Grid, JsonObject
from constructs_lib.dashboards.panel import Panel, Place

__all__ = ["LogWidget", "check_limits", "widgets_of"]

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
_ALARMS_A_WIDGET = 100
_WIDGETS = 500
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
_METRICS_A_WIDGET = 500
_METRICS = 2_500

_GRAPH_HEIGHT, _WATCHED_HEIGHT, _TABLE_HEIGHT = 6, 4, 7
_STATUS_WIDTH, _STATUS_HEIGHT, _TALLEST_STATUS = 18, 4, 12
_ALARMS_A_ROW = 5
_GRAPHS_A_ROW, _WATCHED_A_ROW, _TABLES_A_ROW = 3, 4, 2
_NOTE = "CloudFormation makes this dashboard: what is changed here by hand is lost with the next deployment."


class LogWidget:
    """The answer to a query about one segment."""

    def __init__(self, row: LogPanel, name: str, log_group_name: str, place: Place) -> None:
        """Ask `log_group_name` what `row` asks."""
        self.section = row.section
        self.is_graph = row.view != "table"
        self._properties: JsonObject = {
            "title": f"{name}: {row.query.title.lower()}",
            "region": place.region,
            "query": f"SOURCE '{log_group_name}' | {row.query.text}",
            "view": row.view,
        }
        if place.account is not None:
            self._properties["accountId"] = place.account

    def render(self) -> JsonObject:
        """This answer as a widget's type and properties."""
        return {"type": "log", "properties": self._properties}


def widgets_of(
    title: str,
    alarms: Sequence[ShownAlarm],
    undrawn: Sequence[ShownAlarm],
    panels: Sequence[Panel],
    logs: Sequence[LogWidget],
) -> list[JsonObject]:
    """All widgets with their positions.

    Args:
        title: the heading.
        alarms: all alarms.
        undrawn: those whose thresholds stand on no graph.
        panels: the graphs.
        logs: the answers from logs.
    """
    grid = Grid()
    arns = list(dict.fromkeys(alarm.arn for alarm in alarms))
    text = _text(f"# {title}\n{_NOTE}")
    if arns:
        first, *more = [
            _status(arns[start : start + _ALARMS_A_WIDGET]) for start in range(0, len(arns), _ALARMS_A_WIDGET)
        ]
        height = min(max(1 + -(-len(arns) // _ALARMS_A_ROW), _STATUS_HEIGHT), _TALLEST_STATUS)
        grid.add_row([first, text], [_STATUS_WIDTH, COLUMNS - _STATUS_WIDTH], height=height)
        grid.add(more, height=height)
    else:
        grid.add([text], height=2)
    for section in Section:
        graphs = [panel.render() for panel in panels if panel.graph.section is section]
        graphs += [log.render() for log in logs if log.section is section and log.is_graph]
        watched = [_watched(alarm) for alarm in undrawn] if section is Section.WATCHED else []
        tables = [log.render() for log in logs if log.section is section and not log.is_graph]
        if graphs or watched or tables:
            grid.add([_text(f"## {section.value}", background="transparent")], height=1)
        grid.add(graphs, height=_GRAPH_HEIGHT, a_row=_GRAPHS_A_ROW)
        grid.add(watched, height=_WATCHED_HEIGHT, a_row=_WATCHED_A_ROW)
        grid.add(tables, height=_TABLE_HEIGHT, a_row=_TABLES_A_ROW)
    return grid.widgets


def _text(markdown: str, background: str = "solid") -> JsonObject:
    return {"type": "text", "properties": {"markdown": markdown, "background": background}}


def _status(arns: Sequence[str]) -> JsonObject:
    properties: JsonObject = {"title": "Alarms", "alarms": list(arns), "sortBy": "stateUpdatedTimestamp"}
    return {"type": "alarm", "properties": properties}


def _watched(alarm: ShownAlarm) -> JsonObject:
    """What an alarm watches, as CloudWatch itself draws it: with its threshold or band."""
    properties: JsonObject = {
        "title": f"{alarm.of}: {alarm.label}" if alarm.of else alarm.label,
        "view": "timeSeries",
        "region": alarm.region,
        "annotations": {"alarms": [alarm.arn]},
    }
    return {"type": "metric", "properties": properties}


def check_limits(check: Check, panels: Sequence[Panel], widgets: Sequence[JsonObject]) -> None:
    """Fail where CloudWatch would refuse the dashboard."""
    remedy = "Show fewer resources, or spread them over several dashboards."
    widest = max((len(panel.metrics) + len(panel.expressions) for panel in panels), default=0)
    metrics = sum(len(panel.metrics) for panel in panels)
    for count, limit, what in (
        (len(widgets), _WIDGETS, "widgets"),
        (widest, _METRICS_A_WIDGET, "metrics on one graph"),
        (metrics, _METRICS, "metrics"),
    ):
        check.require(
            count <= limit, f"it has {count:,} {what}, and CloudWatch takes {limit:,}.", remedy=remedy
        )
