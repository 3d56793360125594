"""One dashboard for a service: what rings, and everything one looks at next."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from constructs_lib.checks import Check, is_token
from constructs_lib.dashboards.alarms import ShownAlarm, shown_alarms
from constructs_lib.dashboards.body import check_limits, widgets_of
from constructs_lib.dashboards.home import Home
from constructs_lib.dashboards.layout import JsonObject
from constructs_lib.dashboards.panel import Panel
from constructs_lib.dashboards.part import Part, part_of
from constructs_lib.dashboards.segment import AnyAlarm, Segment
from constructs_lib.dashboards.thresholds import draw_thresholds

__all__ = ["ServiceDashboard"]

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html
_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
# Metrics are kept for 15 months: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html
_INTERVAL_MINUTES = (1, 455 * 24 * 60)
_UNITS = ((24 * 60, "-P{}D"), (60, "-PT{}H"), (1, "-PT{}M"))


class ServiceDashboard(Construct):
    """A CloudWatch dashboard: alarms, then traffic, errors, latency, saturation, and what explains them.

    The thresholds of the alarms are drawn on the graphs of what they watch; an alarm on something else gets a graph of
    its own. Every resource may be imported, and live in another Region than the dashboard.

    Attributes:
        resource: the dashboard as a CloudFormation resource, to change any property of.
        segments: what is on it.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        segments: Sequence[Segment] = (),
        alarms: Sequence[AnyAlarm] = (),
        title: str | None = None,
        dashboard_name: str | None = None,
        default_interval: cdk.Duration | None = None,
    ) -> None:
        """Make the dashboard.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            segments: what to show, in this order within each section.
            alarms: alarms that belong to no one segment; those of the segments are shown without being named here.
            title: the heading. Left out: the construct's id.
            dashboard_name: the physical name, unique in the account. Left out: CloudFormation generates one.
            default_interval: the time range that is shown at first. Left out: CloudWatch's own default.

        Raises:
            ConfigurationError: an argument cannot work, or CloudWatch would refuse the dashboard; nothing has been
                built then.
        """
        self._check = check = Check(scope, construct_id)
        for argument, given in (("segments", segments), ("alarms", alarms)):
            check.instance(argument, given, list, tuple)
        check.instance("title", title, str, None)
        check.instance("dashboard_name", dashboard_name, str, None)
        check.require(
            dashboard_name is None or is_token(dashboard_name) or _NAME.fullmatch(dashboard_name) is not None,
            f"dashboard_name is {dashboard_name!r}.",
            remedy="Give at most 255 letters, digits, hyphens and underscores.",
        )
        check.require(
            bool(segments or alarms),
            "there is nothing on it.",
            remedy="Give segments, such as LambdaSegment(function), or alarms.",
        )
        self._start = _start(check, default_interval)
        self._title = title or construct_id
        super().__init__(scope, construct_id)
        with check.all_or_nothing():
            self._stack = cdk.Stack.of(self)
            self._home = Home.of(self._stack)
            self._alarms = list(shown_alarms(check, alarms, self._home))
            self.segments = tuple(segments)
            self._parts = [part_of(check, segment, self._home) for segment in segments]
            self.resource = cloudwatch.CfnDashboard(
                self, "Dashboard", dashboard_body=self._body(self._parts), dashboard_name=dashboard_name
            )

    def add_segment(self, segment: Segment) -> None:
        """Show one more resource, after those that are shown already.

        Raises:
            ConfigurationError: `segment` cannot be shown; the dashboard is as it was.
        """
        parts = [*self._parts, part_of(self._check, segment, self._home)]
        self.resource.dashboard_body = self._body(parts)
        self._parts = parts
        self.segments = (*self.segments, segment)

    def _body(self, parts: Sequence[Part]) -> str:
        panels = [panel for part in parts for panel in part.panels()]
        alarms = [*self._alarms, *(alarm for part in parts for alarm in part.alarms)]
        distinct = list({alarm.arn: alarm for alarm in alarms}.values())
        undrawn = draw_thresholds(panels, distinct, self._resolve(panels, distinct))
        logs = [log for part in parts for log in part.logs]
        widgets = widgets_of(self._title, distinct, undrawn, panels, logs)
        check_limits(self._check, panels, widgets)
        body: JsonObject = {"widgets": widgets}
        return self._stack.to_json_string(body if self._start is None else {"start": self._start, **body})

    def _resolve(self, panels: Sequence[Panel], alarms: Sequence[ShownAlarm]) -> Mapping[str, Any]:
        try:
            resolved: Mapping[str, Any] = self._stack.resolve(
                {
                    "alarms": [alarm.properties for alarm in alarms],
                    "metrics": [metric.identity for panel in panels for metric in panel.metrics],
                }
            )
        except RuntimeError as error:  # CDK's way to refuse a name
            self._check.fail(
                f"it shows a resource of another Region or account whose name is not known here: {error}",
                remedy="Give that resource a physical name, set cross_region_references on both stacks, or import "
                "the resource into this stack by its name.",
                cause=error,
            )
        return resolved


def _start(check: Check, interval: cdk.Duration | None) -> str | None:
    """`interval` as the start of a dashboard's time range."""
    if interval is None:
        return None
    check.duration("default_interval", interval, *_INTERVAL_MINUTES, unit="minutes")
    check.require(
        not is_token(interval),
        "default_interval is known only at deployment, and a dashboard names its unit.",
        remedy="Give it as a number, such as aws_cdk.Duration.hours(3).",
    )
    minutes = int(interval.to_minutes())
    return next(form.format(minutes // length) for length, form in _UNITS if minutes % length == 0)
