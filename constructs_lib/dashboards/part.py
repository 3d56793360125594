"""What one segment contributes to a dashboard, read from its resources once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from constructs import Construct

from constructs_lib.checks import Check
from constructs_lib.dashboards.alarms import ShownAlarm, shown_alarms
from constructs_lib.dashboards.body import LogWidget
from constructs_lib.dashboards.graph import Graph, Source
from constructs_lib.dashboards.home import Home
from constructs_lib.dashboards.panel import Panel, Place, panels_of
from constructs_lib.dashboards.segment import Segment, check_common

__all__ = ["Part", "part_of"]


@dataclass(frozen=True, kw_only=True)
class Part:
    """One segment's part of a dashboard.

    Attributes:
        name: what it is called in titles.
        place: where its resource lives.
        graphs: its table.
        sources: where its metrics come from.
        figures: what its expressions need.
        alarms: its alarms.
        logs: answers from its logs.
    """

    name: str
    place: Place
    graphs: tuple[Graph, ...]
    sources: Mapping[str, Sequence[Source]]
    figures: Mapping[str, float]
    alarms: tuple[ShownAlarm, ...]
    logs: tuple[LogWidget, ...]

    def panels(self) -> list[Panel]:
        """Its graphs, without thresholds."""
        return list(panels_of(self.graphs, self.sources, self.figures, self.name, self.place))


def part_of(check: Check, segment: Segment, home: Home) -> Part:
    """What `segment` contributes to the dashboard in `home`."""
    if not isinstance(segment, Segment):
        found = segment.node.path if isinstance(segment, Construct) else repr(segment)
        check.fail(
            f"segments holds {found}.",
            remedy="Wrap it: LambdaSegment(function), QueueSegment(queue), TableSegment(table) and so on.",
        )
    check_common(check, segment)
    segment.check(check)
    place = home.place_of(segment)
    name = home.name_of(segment, place)
    log_group_name = segment.log_group_name if segment.LOGS else None
    return Part(
        name=name,
        place=place,
        graphs=segment.GRAPHS,
        sources=segment.sources,
        figures=segment.figures,
        alarms=tuple(shown_alarms(check, segment.alarms, home, name)),
        logs=()
        if log_group_name is None
        else tuple(LogWidget(row, name, log_group_name, place) for row in segment.LOGS),
    )
