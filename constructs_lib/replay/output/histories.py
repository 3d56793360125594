"""What each alarm went through, and each incident: what all outputs show."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from constructs_lib.replay.alarms import CompositeAlarm, MetricAlarm
from constructs_lib.replay.evaluation import State
from constructs_lib.replay.happenings import Notification, Transition
from constructs_lib.replay.metric_states import Seen
from constructs_lib.replay.report import Detection, Report, StackReport
from constructs_lib.replay.watches import MetricKey

__all__ = ["GROUPS", "FoundIncident", "Group", "History", "Interval", "histories_of", "incidents_of"]

Group = Literal["rang", "quiet", "without data"]
GROUPS: Final[tuple[Group, ...]] = ("rang", "quiet", "without data")
_BEFORE: Final[State] = "INSUFFICIENT_DATA"


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A time that an alarm was in one state.

    Attributes:
        start: in seconds since 1970.
        end: likewise.
        state: the state.
    """

    start: float
    end: float
    state: State


@dataclass(frozen=True, kw_only=True)
class History:
    """What an alarm went through.

    Attributes:
        alarm: the alarm.
        seen: what it saw; None for a composite alarm.
        intervals: the states that it was in, one after the other, from the start to the end of the timeline.
        transitions: its changes of state.
        absent: the metrics that it reads, and that the timeline does not have.
        approximate: whether it rests on a stand-in for the band that AWS would train, itself or by its rule.
    """

    alarm: MetricAlarm | CompositeAlarm
    seen: Seen | None
    intervals: tuple[Interval, ...]
    transitions: tuple[Transition, ...]
    absent: tuple[str, ...]
    approximate: bool

    @property
    def rings(self) -> tuple[Transition, ...]:
        """Its changes to ALARM."""
        return tuple(each for each in self.transitions if each.after == "ALARM")

    @property
    def first(self) -> float | None:
        """When it went to ALARM first, in seconds since 1970; None where it never did."""
        rings = self.rings
        return rings[0].at if rings else None

    @property
    def ringing(self) -> float:
        """For how many seconds it was in ALARM."""
        return sum(each.end - each.start for each in self.intervals if each.state == "ALARM")

    @property
    def group(self) -> Group:
        """Whether it rang; nobody knows of an alarm that had no data."""
        if self.seen is not None and not self.seen.fed:
            return "without data"
        return "rang" if self.rings else "quiet"


@dataclass(frozen=True, kw_only=True)
class FoundIncident:
    """An incident, and who was told of it.

    Attributes:
        detection: which alarms rang, and when.
        told: the notifications of an ALARM that were sent while it lasted.
    """

    detection: Detection
    told: tuple[Notification, ...]

    @property
    def detected(self) -> float | None:
        """The seconds until the first alarm rang; None where none did."""
        rang = self.detection.rang
        return rang[0][1] if rang else None

    @property
    def targets(self) -> tuple[str, ...]:
        """Who was told, each once, in that order."""
        return tuple(dict.fromkeys(target for each in self.told for target in each.targets))


def histories_of(report: Report, stack: StackReport) -> list[History]:
    """What the alarms of one stack went through: first those that rang, by time; the others by their paths."""
    start, end = report.start.timestamp(), report.end.timestamp()
    by_alarm: dict[str, list[Transition]] = {}
    for each in stack.transitions:
        by_alarm.setdefault(each.alarm.id, []).append(each)
    seen = {each.alarm.id: each for each in stack.seen}
    absent = frozenset(stack.absent)
    approximate = stack.on_bands if report.approximate else frozenset()
    found = [
        History(
            alarm=alarm,
            seen=seen.get(alarm.id),
            intervals=tuple(_intervals(by_alarm.get(alarm.id, ()), start, end)),
            transitions=tuple(by_alarm.get(alarm.id, ())),
            absent=_absent(alarm, absent),
            approximate=alarm.key in approximate,
        )
        for alarm in stack.alarms
    ]
    return sorted(
        found,
        key=lambda each: (
            GROUPS.index(each.group),
            end if each.first is None else each.first,
            each.alarm.path,
        ),
    )


def incidents_of(report: Report) -> list[FoundIncident]:
    """What became of each incident."""
    sent = [each for each in report.notifications if each.status == "sent" and each.state == "ALARM"]
    return [
        FoundIncident(
            detection=detection,
            told=tuple(
                each
                for each in sent
                if detection.mark.start.timestamp() <= each.at <= detection.mark.end.timestamp()
            ),
        )
        for detection in report.detections
    ]


def _absent(alarm: MetricAlarm | CompositeAlarm, absent: Collection[MetricKey]) -> tuple[str, ...]:
    if isinstance(alarm, CompositeAlarm):
        return ()
    return tuple(dict.fromkeys(str(each) for each in alarm.metrics if each in absent))


def _intervals(transitions: Sequence[Transition], start: float, end: float) -> Iterator[Interval]:
    state, since = _BEFORE, start
    for each in transitions:
        if each.at > since:
            yield Interval(start=since, end=each.at, state=state)
        state, since = each.after, each.at
    if end > since or since == start:
        yield Interval(start=since, end=end, state=state)
