"""What happens when alarms change their states: composites follow, actions are done, or withheld and made up for.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-suppression.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-mute-rules.html
"""

import heapq
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Literal

from constructs_lib.replay.alarms import CompositeAlarm, MetricAlarm, MuteRule
from constructs_lib.replay.evaluation import State
from constructs_lib.replay.expressions.rules import Rule
from constructs_lib.replay.mute_windows import Window
from constructs_lib.replay.suppression import SuppressedBy, Suppression

__all__ = ["Change", "Changes", "Composite", "Notification", "Status", "Transition"]

AnyAlarm = MetricAlarm | CompositeAlarm
Status = Literal["sent", "suppressed", "muted", "disabled"]
_BEFORE: Final[State] = "INSUFFICIENT_DATA"
_REASONS: Final[Mapping[SuppressedBy, str]] = {
    "Alarm": "{} is in ALARM",
    "WaitPeriod": "it waits whether {} goes to ALARM",
    "ExtensionPeriod": "{} was in ALARM just before",
}


@dataclass(frozen=True, kw_only=True)
class Change:
    """That a metric alarm changes its state.

    Attributes:
        at: when, in seconds since 1970.
        alarm: the alarm.
        state: the state that it goes to.
        reason: why.
    """

    at: float
    alarm: MetricAlarm
    state: State
    reason: str


@dataclass(frozen=True, kw_only=True)
class Composite:
    """A composite alarm with its rule read.

    Attributes:
        alarm: the alarm.
        rule: its rule.
    """

    alarm: CompositeAlarm
    rule: Rule


@dataclass(frozen=True, kw_only=True)
class Transition:
    """A change of any alarm's state.

    Attributes:
        at: when, in seconds since 1970.
        alarm: the alarm.
        before: the state that it was in.
        after: the state that it is in now.
        reason: why.
    """

    at: float
    alarm: AnyAlarm
    before: State
    after: State
    reason: str


@dataclass(frozen=True, kw_only=True)
class Notification:
    """Actions that are done for a state, or would be.

    Attributes:
        at: when they are done, or withheld.
        changed: when the state changed that they are for.
        alarm: the alarm.
        state: the state.
        targets: the ARNs of the actions.
        status: what became of them.
        reason: why, where they were withheld.
    """

    at: float
    changed: float
    alarm: AnyAlarm
    state: State
    targets: tuple[str, ...]
    status: Status
    reason: str = ""


@dataclass
class _Pending:
    """Actions that are withheld, and when the state changed first."""

    changed: float


@dataclass
class Changes:
    """Follows what happens, change by change.

    Attributes:
        metric_alarms: the metric alarms.
        composites: the composite alarms, those that others depend on first.
        mute_rules: the mute rules.
        names: every name that an alarm may be called by, to its own.
        transitions: what has happened.
        notifications: what was done, or withheld.
        states: the states that alarms are in, by their names.
    """

    metric_alarms: Sequence[MetricAlarm]
    composites: Sequence[Composite]
    mute_rules: Sequence[MuteRule]
    names: Mapping[str, str]
    transitions: list[Transition] = field(default_factory=list)
    notifications: list[Notification] = field(default_factory=list)
    states: dict[str, State] = field(default_factory=dict)

    def follow(self, changes: Iterable[Change], start: float, end: float) -> None:
        """Let `changes` happen, and all that follows from them.

        Args:
            changes: of metric alarms, in any order.
            start: from when on, in seconds since 1970.
            end: until when.
        """
        alarms: list[AnyAlarm] = [*self.metric_alarms, *(each.alarm for each in self.composites)]
        self.states = {each.name: _BEFORE for each in alarms}
        self._alarms = {each.name: each for each in alarms}
        self._suppressions = {
            each.alarm.name: Suppression(each.alarm.suppressor, each.alarm.wait, each.alarm.extension)
            for each in self.composites
            if each.alarm.suppressor
        }
        self._dependencies = [
            (each, {self.names.get(name, name) for name in each.rule.alarms}) for each in self.composites
        ]
        self._pending: dict[str, _Pending] = {}
        self._settled: set[str] = set()
        after = _moment(
            end + 1
        )  # a window that opens at the end counts: it may follow on one that closes then
        self._windows = [
            (rule, *_spans(rule.schedule.windows(_moment(start), after))) for rule in self.mute_rules
        ]
        by_moment: dict[float, list[Change]] = {start: []}
        for change in changes:
            by_moment.setdefault(change.at, []).append(change)
        for _rule, _opens, closes in self._windows:
            for moment in closes:
                by_moment.setdefault(moment, [])
        self._moments = list(by_moment)
        heapq.heapify(self._moments)
        last = None
        while self._moments and (now := heapq.heappop(self._moments)) <= end:
            if now != last:
                self._happen(now, by_moment.get(now, ()))
            last = now

    def _happen(self, now: float, changes: Iterable[Change]) -> None:
        changed = set()
        for change in changes:
            self._transit(now, change.alarm, change.state, change.reason)
            changed.add(change.alarm.name)
        for composite, depends in self._dependencies:
            name = composite.alarm.name
            if name in self._settled and changed.isdisjoint(depends):
                continue
            state: State = "ALARM" if composite.rule.holds(self._state_of) else "OK"
            if state != self.states[name]:
                self._transit(now, composite.alarm, state, self._because(composite))
                changed.add(name)
        for suppression in self._suppressions.values():
            self._again(suppression.look(now, self._state_of(suppression.suppressor)))
        for name, pending in list(self._pending.items()):
            self._make_up(now, self._alarms[name], pending)

    def _transit(self, now: float, alarm: AnyAlarm, state: State, reason: str) -> None:
        before = self.states[alarm.name]
        self.states[alarm.name] = state
        self.transitions.append(Transition(at=now, alarm=alarm, before=before, after=state, reason=reason))
        if before == _BEFORE and state == "OK" and alarm.name not in self._settled:
            self._settled.add(alarm.name)  # it was so before the timeline began: see `assumptions.IN_PLACE`
            return
        self._settled.add(alarm.name)
        if suppression := self._suppressions.get(alarm.name):
            self._again(suppression.look(now, self._state_of(suppression.suppressor)))
            self._again(suppression.changed(now))
        if not alarm.actions.enabled:
            self._note(now, alarm, "disabled", "its actions are not enabled", changed=now)
            return
        status, why = self._withheld(now, alarm)
        self._note(now, alarm, status, why, changed=now)
        if status == "sent":
            self._pending.pop(alarm.name, None)
        else:
            self._pending.setdefault(alarm.name, _Pending(now))

    def _make_up(self, now: float, alarm: AnyAlarm, pending: _Pending) -> None:
        """Do what was withheld, for the state that the alarm is in by now."""
        if self._withheld(now, alarm)[0] == "sent":
            del self._pending[alarm.name]
            self._note(now, alarm, "sent", "", changed=pending.changed)

    def _note(self, now: float, alarm: AnyAlarm, status: Status, why: str, *, changed: float) -> None:
        targets = alarm.actions.by_state[self.states[alarm.name]]
        if targets:
            self.notifications.append(
                Notification(
                    at=now,
                    changed=changed,
                    alarm=alarm,
                    state=self.states[alarm.name],
                    targets=targets,
                    status=status,
                    reason=why,
                )
            )

    def _withheld(self, now: float, alarm: AnyAlarm) -> tuple[Status, str]:
        suppression = self._suppressions.get(alarm.name)
        if suppression and (by := suppression.by(now)):
            return "suppressed", _REASONS[by].format(suppression.suppressor)
        for rule, opens, closes in self._windows:
            index = bisect_right(opens, now) - 1
            if index >= 0 and now < closes[index] and self._mutes(rule, alarm, now):
                return "muted", f"{rule.path} mutes it until {_moment(closes[index]).isoformat()}"
        return "sent", ""

    def _mutes(self, rule: MuteRule, alarm: AnyAlarm, now: float) -> bool:
        moment = _moment(now)
        if (rule.start and moment < rule.start) or (rule.expire and moment >= rule.expire):
            return False
        return any(self.names.get(target, target) == alarm.name for target in rule.targets)

    def _state_of(self, name: str) -> State:
        """The state of the alarm `name`; of one that is not there nothing is known."""
        return self.states.get(self.names.get(name, name), _BEFORE)

    def _because(self, composite: Composite) -> str:
        ringing = [each for each in composite.rule.alarms if self._state_of(each) == "ALARM"]
        paths = [self._alarms[self.names.get(each, each)].path for each in ringing]
        return f"in ALARM: {', '.join(paths)}" if paths else "none of its alarms is in ALARM"

    def _again(self, moment: float | None) -> None:
        if moment is not None:
            heapq.heappush(self._moments, moment)


def _spans(windows: Iterable[Window]) -> tuple[list[float], list[float]]:
    """When times open and close in which there is a window, or several, one after the other."""
    opens: list[float] = []
    closes: list[float] = []
    for window in windows:
        start, end = window.start.timestamp(), window.end.timestamp()
        if closes and start <= closes[-1]:
            closes[-1] = max(closes[-1], end)
        else:
            opens.append(start)
            closes.append(end)
    return opens, closes


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
