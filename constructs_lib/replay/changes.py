"""What happens when alarms change their states: composites follow, actions are done, or withheld and made up for.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-suppression.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-mute-rules.html
"""

import heapq
import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from constructs_lib.replay.alarms import MetricAlarm, MuteRule
from constructs_lib.replay.evaluation import EXTRA_DATAPOINTS, State
from constructs_lib.replay.expressions.rules import Rule, alarm_name
from constructs_lib.replay.happenings import AnyAlarm, Change, Composite, Notification, Status, Transition
from constructs_lib.replay.mute_windows import Window
from constructs_lib.replay.suppression import SuppressedBy, Suppression

__all__ = ["Changes"]

_BEFORE: Final[State] = "INSUFFICIENT_DATA"
_REASONS: Final[Mapping[SuppressedBy, str]] = {
    "Alarm": "{} is in ALARM",
    "WaitPeriod": "it waits whether {} goes to ALARM",
    "ExtensionPeriod": "{} was in ALARM just before",
}


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
            (each, {self._own(name) for name in each.rule.alarms}) for each in self.composites
        ]
        # Alarms with actions that are withheld, and when their states changed first.
        self._pending: dict[str, float] = {}
        self._settled: set[str] = set()
        self._untold = {
            each.name: start + each.period * (each.periods + EXTRA_DATAPOINTS) for each in self.metric_alarms
        }
        # A window that opens at the end counts: it may follow on one that closes then.
        after = _moment(end + 1)
        self._windows = [
            (rule, *_spans(rule, rule.schedule.windows(_moment(start), after))) for rule in self.mute_rules
        ]
        by_moment: dict[float, list[Change]] = {start: []}
        for change in changes:
            by_moment.setdefault(change.at, []).append(change)
        closing = [moment for _rule, _opens, closes in self._windows for moment in closes]
        for moment in [*closing, *self._untold.values()]:
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
        for name in [each for each, until in self._untold.items() if until <= now]:
            del self._untold[name]
            changed.add(name)
        for composite, depends in self._dependencies:
            name = composite.alarm.name
            if name in self._settled and changed.isdisjoint(depends):
                continue
            state: State = "ALARM" if self._holds(composite.rule) else "OK"
            if state != self.states[name]:
                self._transit(now, composite.alarm, state, self._because(composite))
                changed.add(name)
        for suppression in self._suppressions.values():
            self._again(suppression.look(now, self._state_of(suppression.suppressor)))
        for name, since in list(self._pending.items()):
            self._make_up(now, self._alarms[name], since)

    def _transit(self, now: float, alarm: AnyAlarm, state: State, reason: str) -> None:
        before = self.states[alarm.name]
        self.states[alarm.name] = state
        self._untold.pop(alarm.name, None)
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
            self._pending.setdefault(alarm.name, now)

    def _make_up(self, now: float, alarm: AnyAlarm, since: float) -> None:
        """Do what has been withheld, for the state that the alarm is in by now."""
        if self._withheld(now, alarm)[0] == "sent":
            del self._pending[alarm.name]
            self._note(now, alarm, "sent", "", changed=since)

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
            return "suppressed", _REASONS[by].format(self._path(suppression.suppressor))
        for rule, opens, closes in self._windows:
            index = bisect_right(opens, now) - 1
            if index >= 0 and now < closes[index] and self._mutes(rule, alarm):
                return "muted", f"{rule.path} mutes it until {_moment(closes[index]).isoformat()}"
        return "sent", ""

    def _mutes(self, rule: MuteRule, alarm: AnyAlarm) -> bool:
        return any(self._own(target) == alarm.name for target in rule.targets)

    def _own(self, name: str) -> str:
        """The name of the alarm that is called `name`, or has this ARN."""
        plain = alarm_name(name)
        return self.names.get(plain, plain)

    def _holds(self, rule: Rule) -> bool:
        """Whether `rule` does, and not only because the timeline has yet to tell of an alarm.

        Such an alarm has had no datapoint, and its first evaluation range is not over: see `assumptions.IN_PLACE`.
        """
        if not rule.holds(self._state_of):
            return False
        return rule.holds(lambda name: "OK" if self._own(name) in self._untold else self._state_of(name))

    def _state_of(self, name: str) -> State:
        """The state of the alarm `name`; of one that is not there nothing is known."""
        return self.states.get(self._own(name), _BEFORE)

    def _because(self, composite: Composite) -> str:
        ringing = [each for each in composite.rule.alarms if self._state_of(each) == "ALARM"]
        paths = map(self._path, ringing)
        return f"in ALARM: {', '.join(paths)}" if ringing else "none of its alarms is in ALARM"

    def _path(self, name: str) -> str:
        """What people call the alarm `name`; of one that is not there, what it is called here."""
        own = self._own(name)
        return self._alarms[own].path if own in self._alarms else own

    def _again(self, moment: float | None) -> None:
        if moment is not None:
            heapq.heappush(self._moments, moment)


def _spans(rule: MuteRule, windows: Iterable[Window]) -> tuple[list[float], list[float]]:
    """When times open and close in which `rule` has a window, or several, one after the other."""
    first = rule.start.timestamp() if rule.start else -math.inf
    last = rule.expire.timestamp() if rule.expire else math.inf
    opens: list[float] = []
    closes: list[float] = []
    for window in windows:
        start, end = max(window.start.timestamp(), first), min(window.end.timestamp(), last)
        if start >= end:
            continue
        if closes and start <= closes[-1]:
            closes[-1] = max(closes[-1], end)
        else:
            opens.append(start)
            closes.append(end)
    return opens, closes


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
