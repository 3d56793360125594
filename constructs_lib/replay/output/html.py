"""A report as one page that needs nothing else: charts, lists and the code that draws them lie in it."""

from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, Template
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from constructs_lib.replay.alarms import CompositeAlarm, MetricAlarm
from constructs_lib.replay.output.charts import chart_of
from constructs_lib.replay.output.histories import GROUPS, History, histories_of, incidents_of
from constructs_lib.replay.output.words import clock, iso, length, receivers
from constructs_lib.replay.reasons import SIGNS
from constructs_lib.replay.report import Report

__all__ = ["html_of"]

_TEMPLATE: Final = "page.html.jinja"
_MOST_TRANSITIONS: Final = 200
_MOST_NOTIFICATIONS: Final = 2_000


def html_of(report: Report) -> str:
    """`report` as a page; whatever a template or a timeline calls its things is text there, and never markup."""
    histories = [each for stack in report.stacks for each in histories_of(report, stack)]
    histories.sort(key=lambda each: float("inf") if each.first is None else each.first)
    return _page().render(
        report=report,
        plotly=Markup(get_plotlyjs()),  # noqa: S704 - Plotly's own code
        groups={group: [each for each in histories if each.group == group] for group in GROUPS},
        incidents=incidents_of(report),
        notifications=report.notifications[:_MOST_NOTIFICATIONS],
        further_notifications=max(0, len(report.notifications) - _MOST_NOTIFICATIONS),
        most_transitions=_MOST_TRANSITIONS,
        chart=lambda history: chart_of(history, report.marks),
    )


@cache
def _page() -> Template:
    environment = Environment(
        loader=PackageLoader("constructs_lib.replay.output", "page"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "clock": clock,
        "iso": iso,
        "length": length,
        "receivers": receivers,
        "rule": _rule,
    }
    return environment.get_template(_TEMPLATE)


def _rule(history: History) -> str:
    """When the alarm rings, in one line."""
    alarm = history.alarm
    if isinstance(alarm, CompositeAlarm):
        return alarm.rule
    limit = "the band" if alarm.threshold is None else f"{alarm.threshold:g}"
    periods = f"{alarm.needed} of {alarm.periods} x {length(alarm.period)}"
    return f"{_expression(alarm)} {SIGNS[alarm.operator]} {limit}, {periods}, missing data: {alarm.treatment}"


def _expression(alarm: MetricAlarm) -> str:
    query = alarm.queries[alarm.shown]
    return f"{query.statistic} of {query.metric}" if query.metric else query.expression
