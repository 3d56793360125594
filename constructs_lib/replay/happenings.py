"""What happens to alarms: their states change, and somebody is told, or is not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from constructs_lib.replay.alarms import CompositeAlarm, MetricAlarm, MuteRule
from constructs_lib.replay.evaluation import State
from constructs_lib.replay.expressions.rules import Rule

__all__ = ["AnyAlarm", "Change", "Composite", "Mute", "Notification", "Status", "Transition"]

AnyAlarm = MetricAlarm | CompositeAlarm
Status = Literal["sent", "suppressed", "muted", "disabled"]


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
        children: what the rule calls an alarm, to that alarm's key; those of which nothing is known are left out.
        suppressor: the key of the alarm that withholds its actions; what it is called where nothing is known of it;
            None without.
    """

    alarm: CompositeAlarm
    rule: Rule
    children: Mapping[str, str]
    suppressor: str | None


@dataclass(frozen=True, kw_only=True)
class Mute:
    """A mute rule with its targets found.

    Attributes:
        rule: the rule.
        alarms: the keys of the alarms that it mutes.
    """

    rule: MuteRule
    alarms: frozenset[str]


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
