"""What a replay found, and questions that a test asks of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from constructs_lib.replay.alarms import CompositeAlarm, MetricAlarm, Unreadable
from constructs_lib.replay.assumptions import Assumption
from constructs_lib.replay.happenings import Composite, Notification, Transition
from constructs_lib.replay.metric_states import Seen
from constructs_lib.replay.timelines.moments import Span as Length
from constructs_lib.replay.timelines.moments import seconds_of
from constructs_lib.replay.timelines.timeline import Mark
from constructs_lib.replay.verdict import Verdict, chart_of
from constructs_lib.replay.watches import MetricKey

__all__ = ["Detection", "NoSuchAlarmError", "Report", "Span", "StackReport"]

AnyAlarm = MetricAlarm | CompositeAlarm
_MOST_NAMED: Final = 3


class NoSuchAlarmError(LookupError):
    """A report has no alarm of that name, or several."""


class Span(Protocol):
    """Anything with a start and an end: a timeline, the mark of an incident."""

    @property
    def start(self) -> datetime:
        """When it begins."""

    @property
    def end(self) -> datetime:
        """When it is over."""


@dataclass(frozen=True, kw_only=True)
class Detection:
    """How an incident was detected.

    Attributes:
        mark: the incident.
        rang: the alarms that went to ALARM while it lasted, in that order, each with the seconds it took.
        told: the seconds until the first notification of an ALARM was sent; None where none was.
    """

    mark: Mark
    rang: tuple[tuple[AnyAlarm, float], ...]
    told: float | None


@dataclass(frozen=True, kw_only=True)
class StackReport:
    """What was found in one stack.

    Attributes:
        name: the stack's name.
        seen: what each metric alarm saw.
        composites: the composite alarms.
        unreadable: the alarms that were not evaluated, and why.
        transitions: every change of a state.
        notifications: what was done about them, or withheld.
        strangers: names in rules that are no alarm that was evaluated, in this stack or another; of them nothing is
            known.
        absent: metrics that its alarms read, and that the timeline does not have.
        unread: metrics of the timeline that none of its alarms reads.
        on_bands: the keys of its anomaly alarms, and of composite alarms whose rules lead to one, in any stack.
    """

    name: str
    seen: tuple[Seen, ...]
    composites: tuple[Composite, ...]
    unreadable: tuple[Unreadable, ...]
    transitions: tuple[Transition, ...]
    notifications: tuple[Notification, ...]
    strangers: tuple[str, ...]
    absent: tuple[MetricKey, ...] = ()
    unread: tuple[MetricKey, ...] = ()
    on_bands: frozenset[str] = frozenset()

    @property
    def alarms(self) -> tuple[AnyAlarm, ...]:
        """The alarms that were evaluated."""
        return (*(each.alarm for each in self.seen), *(each.alarm for each in self.composites))


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a replay found.

    Attributes:
        start: when the timeline begins.
        end: when it is over.
        marks: the incidents in it.
        stacks: what was found in each stack.
        assumptions: what AWS does not publish, and is taken for granted here.
        approximate: whether the bands of anomaly alarms are a stand-in.
    """

    start: datetime
    end: datetime
    marks: tuple[Mark, ...]
    stacks: tuple[StackReport, ...]
    assumptions: tuple[Assumption, ...]
    approximate: bool

    @property
    def transitions(self) -> list[Transition]:
        """Every change of a state, in the order of time."""
        return sorted((each for stack in self.stacks for each in stack.transitions), key=lambda each: each.at)

    @property
    def notifications(self) -> list[Notification]:
        """Everything that was done, or withheld, in the order of time."""
        return sorted(
            (each for stack in self.stacks for each in stack.notifications), key=lambda each: each.at
        )

    @property
    def unfed(self) -> list[MetricAlarm]:
        """The alarms whose metrics the timeline does not have: nobody knows whether they would have rung."""
        return [each.alarm for stack in self.stacks for each in stack.seen if not each.fed]

    @property
    def unread(self) -> list[MetricKey]:
        """The metrics of the timeline that no alarm reads; one that is misspelt is among them."""
        if not self.stacks:
            return []
        first, *others = (each.unread for each in self.stacks)
        everywhere = set(first).intersection(*others)
        return [each for each in first if each in everywhere]

    @property
    def detections(self) -> list[Detection]:
        """How each incident was detected."""
        return [self._detection(mark) for mark in self.marks]

    def alarm(self, name: str) -> AnyAlarm:
        """The alarm that `name` means.

        Args:
            name: the path of its construct, of which parts in the middle may be left out, its logical id or its name;
                after the stack's name and a colon where several stacks have it.

        Raises:
            NoSuchAlarmError: there is none, or there are several.
        """
        stack, _, inside = name.rpartition(":")
        alarms = [each for one in self.stacks if stack in ("", one.name) for each in one.alarms]
        exact = [each for each in alarms if (inside or name) in (each.path, each.id, each.name)]
        found = exact or [each for each in alarms if _means(inside or name, each.path)]
        if len(found) == 1:
            return found[0]
        refused = [
            each for one in self.stacks for each in one.unreadable if _means(inside or name, each.path)
        ]
        if refused:
            raise NoSuchAlarmError(f"{refused[0].path} is not evaluated: {refused[0].problem}.")
        shown = ", ".join(sorted(f"{each.stack}:{each.path}" for each in found or alarms)) or "none at all"
        problem = "means several alarms" if found else "is no alarm"
        raise NoSuchAlarmError(f"{name!r} {problem}; there is: {shown}.")

    def rang(self, name: str, *, within: Length | None = None, during: Span | None = None) -> Verdict:
        """Whether an alarm went to ALARM.

        Args:
            name: the alarm, as `alarm` takes it.
            within: of how long from the start, such as ``"5m"`` or ``"1h30m"``, seconds or a timedelta. Left
                out: at all.
            during: an incident or another time. Left out: the only incident of the timeline, or all of it.

        Raises:
            NoSuchAlarmError: there is no such alarm.
            TimelineError: `within` is no duration.
        """
        alarm = self.alarm(name)
        start, end = self._span(during)
        limit = end if within is None else min(end, start + seconds_of(within))
        rung = [each for each in self._rings(alarm) if start <= each.at <= end]
        first = rung[0].at if rung else None
        holds = first is not None and first <= limit
        if first is None:
            text = self._unknown(alarm) or f"{alarm.path}: it never rang"
        else:
            text = f"{alarm.path}: it rang after {_duration(first - start)}"
            text += "" if holds else f", and not within {_duration(limit - start)}"
            if during is None and len(self.marks) > 1:
                text += f" of the timeline's start; it has {len(self.marks)} incidents: name one by during="
        return Verdict(
            holds=holds,
            text=f"{text}{self._stand_in(alarm)}",
            chart=chart_of(self._seen(alarm), self._states(alarm), start, end),
        )

    def quiet(self, *names: str, during: Span | None = None) -> Verdict:
        """Whether no alarm went to ALARM. It does not hold where the timeline has no metric of any of them.

        Args:
            *names: the alarms, as `alarm` takes them. Left out: all.
            during: a time. Left out: all of the timeline.

        Raises:
            NoSuchAlarmError: there is no such alarm.
        """
        wanted = [self.alarm(name) for name in names] or [each for one in self.stacks for each in one.alarms]
        start, end = (self.start.timestamp(), self.end.timestamp()) if during is None else self._span(during)
        rung = [each for alarm in wanted for each in self._rings(alarm) if start <= each.at <= end]
        unfed = {id(each) for each in self.unfed}
        watching = [each for each in wanted if isinstance(each, MetricAlarm)]
        if watching and all(id(each) in unfed for each in watching):
            unknown = self._unknown(watching[0])
            return Verdict(holds=False, text=f"nobody knows whether it rang: {unknown}", chart="")
        if not rung:
            return Verdict(holds=True, text=f"none of {len(wanted)} alarms rang", chart="")
        first = min(rung, key=lambda each: each.at)
        paths = sorted({each.alarm.path for each in rung})
        return Verdict(
            holds=False,
            text=f"{', '.join(paths)} rang; first {first.alarm.path} at {_clock(first.at)}: {first.reason}"
            f"{self._stand_in(first.alarm)}",
            chart=chart_of(self._seen(first.alarm), self._states(first.alarm), start, end),
        )

    def _detection(self, mark: Mark) -> Detection:
        start, end = mark.start.timestamp(), mark.end.timestamp()
        first: dict[str, Transition] = {}
        for each in self.transitions:
            if each.after == "ALARM" and start <= each.at <= end:
                first.setdefault(each.alarm.key, each)
        told = [
            each.at
            for each in self.notifications
            if each.status == "sent" and each.state == "ALARM" and start <= each.at <= end
        ]
        return Detection(
            mark=mark,
            rang=tuple((each.alarm, each.at - start) for each in first.values()),
            told=told[0] - start if told else None,
        )

    def _rings(self, alarm: AnyAlarm) -> Iterator[Transition]:
        return (each for each in self.transitions if each.alarm is alarm and each.after == "ALARM")

    def _span(self, during: Span | None) -> tuple[float, float]:
        if during is None:
            during = self.marks[0] if len(self.marks) == 1 else self
        return during.start.timestamp(), during.end.timestamp()

    def _seen(self, alarm: AnyAlarm) -> Seen | None:
        return next((each for one in self.stacks for each in one.seen if each.alarm is alarm), None)

    def _unknown(self, alarm: AnyAlarm) -> str:
        """Why nobody knows whether an alarm would have rung; empty where that is known."""
        seen = self._seen(alarm)
        if seen is None or seen.fed:
            return ""
        wanted = dict.fromkeys(seen.alarm.metrics)
        alike = {(each.namespace, each.name) for each in wanted}
        meant = [str(each) for each in self.unread if (each.namespace, each.name) in alike]
        hint = f"; no alarm reads its {_few(meant)}" if meant else ""
        return f"{alarm.path}: the timeline has no {_few(list(map(str, wanted)))}{hint}"

    def _stand_in(self, alarm: AnyAlarm) -> str:
        own = self.approximate and isinstance(alarm, MetricAlarm) and alarm.band
        return "; its band is approximate" if own else ""

    def _states(self, alarm: AnyAlarm) -> list[tuple[float, str]]:
        changes = [(each.at, each.after) for each in self.transitions if each.alarm is alarm]
        return [(self.start.timestamp(), "INSUFFICIENT_DATA"), *changes]


def _means(name: str, path: str) -> bool:
    """Whether `name` is `path`, or what is left of it without some of its parts; the last one has to be there."""
    parts, whole = name.split("/"), path.split("/")
    if parts[-1] != whole[-1]:
        return False
    rest = iter(whole)
    return all(part in rest for part in parts)


def _few(texts: Sequence[str]) -> str:
    more = len(texts) - _MOST_NAMED
    return ", ".join(texts[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _clock(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S}Z"


def _duration(seconds: float) -> str:
    return str(timedelta(seconds=round(seconds)))
