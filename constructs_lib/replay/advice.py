"""Advice on thresholds: what would have caught the incidents of a timeline with the fewest false rings."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from constructs_lib.replay import advice_form
from constructs_lib.replay.advice_search import Limits, Score, Settings, Trial, best_of
from constructs_lib.replay.alarms import MetricAlarm
from constructs_lib.replay.expressions.errors import ExpressionError
from constructs_lib.replay.metric_states import Seen
from constructs_lib.replay.pointwise import is_pointwise
from constructs_lib.replay.replaying import Source, replay
from constructs_lib.replay.stacks import Names
from constructs_lib.replay.timelines.moments import Span, seconds_of
from constructs_lib.replay.timelines.timeline import Mark, Timeline

__all__ = ["Advice", "AlarmAdvice", "NotAdvised", "advise"]

_DAY: Final = 86_400
_WEEK: Final = 7 * _DAY


@dataclass(frozen=True, kw_only=True)
class AlarmAdvice:
    """What is advised for one alarm.

    Attributes:
        alarm: the alarm.
        before: what it has.
        after: what it should have; the same where nothing better was found.
        was: what it has comes to.
        would_be: what it should have would have come to.
    """

    alarm: MetricAlarm
    before: Settings
    after: Settings
    was: Score
    would_be: Score

    @property
    def changes(self) -> bool:
        """Whether anything should change."""
        return self.before != self.after


@dataclass(frozen=True, kw_only=True)
class NotAdvised:
    """An alarm for which there is no advice.

    Attributes:
        path: the path of its construct.
        stack: the name of its stack.
        reason: why not.
    """

    path: str
    stack: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Advice:
    """What is advised for the alarms of a template or an assembly.

    Attributes:
        marks: the incidents of the timeline.
        weeks: how long the timeline is.
        alarms: the metric alarms for which there was something to try.
        not_advised: the others, and why.
    """

    marks: tuple[Mark, ...]
    weeks: float
    alarms: tuple[AlarmAdvice, ...]
    not_advised: tuple[NotAdvised, ...]

    @property
    def changes(self) -> tuple[AlarmAdvice, ...]:
        """Those that should change."""
        return tuple(each for each in self.alarms if each.changes)

    @property
    def noisy(self) -> tuple[AlarmAdvice, ...]:
        """Those that ring falsely and would catch no incident, whatever was tried."""
        return tuple(each for each in self.alarms if each.would_be.false and not each.would_be.caught)

    @property
    def missed(self) -> tuple[Mark, ...]:
        """The incidents that no metric alarm would catch, with the changes either."""
        caught = {index for each in self.alarms for index in each.would_be.caught}
        return tuple(mark for index, mark in enumerate(self.marks) if index not in caught)

    def of_stack(self, name: str) -> "Advice":
        """The advice for the alarms of one stack."""
        return replace(
            self,
            alarms=tuple(each for each in self.alarms if each.alarm.stack == name),
            not_advised=tuple(each for each in self.not_advised if each.stack == name),
        )

    def text(self, width: int = 100) -> str:
        """The changes as a diff against the template's values, in lines of at most `width` characters."""
        return advice_form.text(self, width)

    def as_json(self) -> dict[str, Any]:
        """The same as data for JSON."""
        return advice_form.data(self)


def advise(
    source: Source,
    timeline: Timeline,
    *,
    parameters: Mapping[str, str] | None = None,
    names: Names | None = None,
    stacks: Collection[str] | None = None,
    within: Span | None = None,
    most_false_a_week: float = 1.0,
    most_periods: int = 6,
    may_miss: bool = False,
) -> Advice:
    """The threshold and datapoints of each metric alarm that would have caught the incidents of `timeline`.

    An alarm catches an incident where it goes to ALARM while it lasts, unless it goes there so often anyway that it is
    chance. It rings falsely where it goes to ALARM outside of all incidents, and later than its evaluation periods
    after them.

    Args:
        source: as `replay` takes it.
        timeline: with its incidents marked; the longer it is, the more the false rings say.
        parameters: as `replay` takes them.
        names: as `replay` takes them.
        stacks: likewise; the others get no advice.
        within: in how long an incident has to be caught, such as ``"5m"``. Left out: while it lasts.
        most_false_a_week: how often an alarm may ring falsely so as to catch more incidents than now. It never is
            advised to ring falsely more often than now for any other reason.
        most_periods: how many evaluation periods to try; those that the alarm has are tried too.
        may_miss: whether to advise what misses an incident that is caught now, where it saves false rings.

    Raises:
        TemplateError: the template cannot be used, or has no such stack.
        TimelineError: `within` is no span of time.
    """
    report = replay(source, timeline, parameters=parameters, names=names, stacks=stacks)
    weeks = (report.end - report.start).total_seconds() / _WEEK
    limits = Limits(
        most_periods=most_periods,
        most_false=most_false_a_week * weeks,
        within=float("inf") if within is None else seconds_of(within),
        may_miss=may_miss,
    )
    incidents = [(mark.start.timestamp(), mark.end.timestamp()) for mark in report.marks]
    advised: list[AlarmAdvice] = []
    left = [
        NotAdvised(path=each.path, stack=each.stack, reason=f"it is not evaluated: {each.problem}")
        for stack in report.stacks
        for each in stack.unreadable
    ]
    for each in (seen for stack in report.stacks for seen in stack.seen):
        if reason := _no_advice(each):
            left.append(NotAdvised(path=each.alarm.path, stack=each.alarm.stack, reason=reason))
            continue
        trial = Trial(each, incidents, limits.within)
        was = trial.score_now()
        after, would_be = best_of(trial, limits) or (trial.now, was)
        advised.append(
            AlarmAdvice(alarm=each.alarm, before=trial.now, after=after, was=was, would_be=would_be)
        )
    return Advice(marks=report.marks, weeks=weeks, alarms=tuple(advised), not_advised=tuple(left))


def _no_advice(seen: Seen) -> str:
    """Why there is nothing to try; empty where there is."""
    alarm = seen.alarm
    if alarm.threshold is None:
        return "its threshold is an anomaly band"
    if not seen.fed or len(seen.moments) < 2:  # noqa: PLR2004 - from one to the next is a step
        return "the timeline has no such metric"
    if alarm.period * alarm.periods > _DAY:
        return "it looks back over more than a day"
    if alarm.ignores_low_samples:
        return "it keeps its state where there are few samples"
    return "" if _each_alone(alarm) else "its expression looks at several datapoints"


def _each_alone(alarm: MetricAlarm) -> bool:
    try:
        return is_pointwise(alarm)
    except ExpressionError:
        return False
