"""What happens when alarms change their states: composites follow, actions are done, or withheld and made up for.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-suppression.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-mute-rules.html
"""

import heapq
import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from constructs_lib.replay.alarms import MetricAlarm, MuteRule
from constructs_lib.replay.evaluation import EXTRA_DATAPOINTS, State
from constructs_lib.replay.happenings import (
    AnyAlarm,
    Change,
    Composite,
    Mute,
    Notification,
    Status,
    Transition,
)
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
        mutes: the mute rules.
        transitions: what has happened.
        notifications: what was done, or withheld.
        states: the states that alarms are in, by their keys.
    """

    metric_alarms: Sequence[MetricAlarm]
    composites: Sequence[Composite]
    mutes: Sequence[Mute]
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
        self.states = {each.key: _BEFORE for each in alarms}
        self._alarms = {each.key: each for each in alarms}
        self._suppressions = {
            each.alarm.key: Suppression(each.suppressor, each.alarm.wait, each.alarm.extension)
            for each in self.composites
            if each.suppressor
        }
        self._dependencies = [(each, frozenset(each.children.values())) for each in self.composites]
        # Alarms with actions that are withheld, and when their states changed first.
        self._pending: dict[str, float] = {}
        self._settled: set[str] = set()
        self._untold = {
            each.key: start + each.period * (each.periods + EXTRA_DATAPOINTS) for each in self.metric_alarms
        }
        # A window that opens at the end counts: it may follow on one that closes then.
        after = _moment(end + 1)
        self._windows = [
            (each, *_spans(each.rule, each.rule.schedule.windows(_moment(start), after)))
            for each in self.mutes
        ]
        by_moment: dict[float, list[Change]] = {start: []}
        for change in changes:
            by_moment.setdefault(change.at, []).append(change)
        closing = [moment for _mute, _opens, closes in self._windows for moment in closes]
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
            changed.add(change.alarm.key)
        for key in [each for each, until in self._untold.items() if until <= now]:
            del self._untold[key]
            changed.add(key)
        for composite, depends in self._dependencies:
            key = composite.alarm.key
            if key in self._settled and changed.isdisjoint(depends):
                continue
            state: State = "ALARM" if self._holds(composite) else "OK"
            if state != self.states[key]:
                self._transit(now, composite.alarm, state, self._because(composite))
                changed.add(key)
        for suppression in self._suppressions.values():
            self._again(suppression.look(now, self._state_of(suppression.suppressor)))
        for key, since in list(self._pending.items()):
            self._make_up(now, self._alarms[key], since)

    def _transit(self, now: float, alarm: AnyAlarm, state: State, reason: str) -> None:
        key = alarm.key
        before = self.states[key]
        self.states[key] = state
        self._untold.pop(key, None)
        self.transitions.append(Transition(at=now, alarm=alarm, before=before, after=state, reason=reason))
        if before == _BEFORE and state == "OK" and key not in self._settled:
            self._settled.add(key)  # it was so before the timeline began: see `assumptions.IN_PLACE`
            return
        self._settled.add(key)
        if suppression := self._suppressions.get(key):
            self._again(suppression.look(now, self._state_of(suppression.suppressor)))
            self._again(suppression.changed(now))
        if not alarm.actions.enabled:
            self._note(now, alarm, "disabled", "its actions are not enabled", changed=now)
            return
        status, why = self._withheld(now, alarm)
        self._note(now, alarm, status, why, changed=now)
        if status == "sent":
            self._pending.pop(key, None)
        else:
            self._pending.setdefault(key, now)

    def _make_up(self, now: float, alarm: AnyAlarm, since: float) -> None:
        """Do what has been withheld, for the state that the alarm is in by now."""
        if self._withheld(now, alarm)[0] == "sent":
            del self._pending[alarm.key]
            self._note(now, alarm, "sent", "", changed=since)

    def _note(self, now: float, alarm: AnyAlarm, status: Status, why: str, *, changed: float) -> None:
        state = self.states[alarm.key]
        targets = alarm.actions.by_state[state]
        if targets:
            self.notifications.append(
                Notification(
                    at=now,
                    changed=changed,
                    alarm=alarm,
                    state=state,
                    targets=targets,
                    status=status,
                    reason=why,
                )
            )

    def _withheld(self, now: float, alarm: AnyAlarm) -> tuple[Status, str]:
        suppression = self._suppressions.get(alarm.key)
        if suppression and (by := suppression.by(now)):
            return "suppressed", _REASONS[by].format(self._path(suppression.suppressor))
        for mute, opens, closes in self._windows:
            index = bisect_right(opens, now) - 1
            if index >= 0 and now < closes[index] and alarm.key in mute.alarms:
                return "muted", f"{mute.rule.path} mutes it until {_moment(closes[index]).isoformat()}"
        return "sent", ""

    def _holds(self, composite: Composite) -> bool:
        """Whether its rule does, and not only because the timeline has yet to tell of an alarm.

        Such an alarm has had no datapoint, and its first evaluation range is not over: see `assumptions.IN_PLACE`.
        """

        def holds(state_of: Callable[[str], str]) -> bool:
            return composite.rule.holds(lambda name: state_of(composite.children.get(name, "")))

        if not holds(self._state_of):
            return False
        return holds(lambda key: "OK" if key in self._untold else self._state_of(key))

    def _state_of(self, key: str) -> State:
        """The state of an alarm; of one that is not there nothing is known."""
        return self.states.get(key, _BEFORE)

    def _because(self, composite: Composite) -> str:
        ringing = [each for each in composite.children.values() if self._state_of(each) == "ALARM"]
        paths = dict.fromkeys(map(self._path, ringing))
        return f"in ALARM: {', '.join(paths)}" if ringing else "none of its alarms is in ALARM"

    def _path(self, key: str) -> str:
        """What people call an alarm; one that is not there is called as it is here."""
        return self._alarms[key].path if key in self._alarms else key

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
