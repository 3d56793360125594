"""Advice in text and as data."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.replay.advice_search import Score, Settings
from constructs_lib.replay.reasons import SIGNS
from constructs_lib.replay.timelines.moments import span_text
from constructs_lib.replay.timelines.timeline import Mark

if TYPE_CHECKING:
    from constructs_lib.replay.advice import Advice, AlarmAdvice

__all__ = ["FORMAT", "data", "text"]

FORMAT: Final = 1
"""Of the data; a later one may have other keys."""
_DAY: Final = 86_400
_ROUND: Final = 10
"""From how many on nobody needs parts of one."""
_PROPERTIES: Final[Mapping[str, Callable[[Settings], float]]] = {
    "Threshold": lambda settings: settings.threshold,
    "DatapointsToAlarm": lambda settings: settings.needed,
    "EvaluationPeriods": lambda settings: settings.periods,
}


def text(advice: "Advice", width: int) -> str:
    """The changes as a diff, what stays, and what nothing would catch, in lines of at most `width` characters."""
    parts = [_title(advice)]
    parts += ["\n".join(_lines(each, advice)) for each in advice.changes]
    stay = len(advice.alarms) - len(advice.changes)
    parts.append(f"{_count(stay, 'alarm')} better left as {'it is' if stay == 1 else 'they are'}.")
    if advice.noisy:
        noisy = ", ".join(f"{each.alarm.path} ({_weekly(each.would_be, advice)})" for each in advice.noisy)
        parts.append(f"Ring falsely, and catch no incident whatever was tried: {noisy}.")
    if advice.missed:
        names = ", ".join(mark.name for mark in advice.missed)
        parts.append(f"Caught by no metric alarm, with these changes either: {names}.")
    parts += [
        f"No advice where {reason}: {', '.join(paths)}."
        for reason, paths in sorted(_by_reason(advice).items())
    ]
    return "\n\n".join("\n".join(_fitted(part, width)) for part in parts) + "\n"


def data(advice: "Advice") -> dict[str, Any]:
    """The same as data for JSON."""
    return {
        "format": FORMAT,
        "weeks": round(advice.weeks, 3),
        "incidents": [_mark(mark) for mark in advice.marks],
        "alarms": [
            {
                "stack": each.alarm.stack,
                "id": each.alarm.id,
                "path": each.alarm.path,
                "changes": each.changes,
                "before": _settings(each.before) | _score(each.was, advice),
                "after": _settings(each.after) | _score(each.would_be, advice),
            }
            for each in advice.alarms
        ],
        "missed": [mark.name for mark in advice.missed],
        "notAdvised": [
            {"stack": each.stack, "path": each.path, "reason": each.reason} for each in advice.not_advised
        ],
    }


def _title(advice: "Advice") -> str:
    if not advice.marks:
        return "Nothing to advise: the timeline marks no incident. Mark those that should have been caught."
    days = advice.weeks * 7
    lasts = f"{days:.3g} days" if days >= 1 else span_text(round(days * _DAY))
    marked = _count(len(advice.marks), "marked incident")
    return f"{_count(len(advice.changes), 'change')} advised, from {marked} in {lasts}."


def _lines(each: "AlarmAdvice", advice: "Advice") -> Iterator[str]:
    alarm = each.alarm
    yield f"{alarm.stack}: {alarm.path} ({SIGNS[alarm.operator]} threshold, periods of {alarm.period} s)"
    for name, value in _PROPERTIES.items():
        before, after = value(each.before), value(each.after)
        if before == after:
            yield f"    {name}: {before:g}"
        else:
            yield f"  - {name}: {before:g}"
            yield f"  + {name}: {after:g}"
    total = len(advice.marks)
    yield f"    caught          {len(each.was.caught)} -> {len(each.would_be.caught)} of {total}"
    yield f"    time to detect  {_time(each.was)} -> {_time(each.would_be)}"
    yield f"    false rings     {_weekly(each.was, advice)} -> {_weekly(each.would_be, advice)}"
    for index in sorted(each.would_be.caught.keys() - each.was.caught.keys()):
        yield f"    newly caught    {advice.marks[index].name}"
    for index in sorted(each.was.caught.keys() - each.would_be.caught.keys()):
        yield f"    no more caught  {advice.marks[index].name}"


def _settings(settings: Settings) -> dict[str, Any]:
    return {name: value(settings) for name, value in _PROPERTIES.items()}


def _score(score: Score, advice: "Advice") -> dict[str, Any]:
    return {
        "caught": [
            {"incident": advice.marks[index].name, "seconds": seconds}
            for index, seconds in sorted(score.caught.items())
        ],
        "falseRings": score.false,
        "falseRingsAWeek": round(score.false / advice.weeks, 3) if advice.weeks else None,
    }


def _mark(mark: Mark) -> dict[str, str]:
    return {"name": mark.name, "start": _iso(mark.start), "end": _iso(mark.end)}


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _time(score: Score) -> str:
    return span_text(round(score.time_to_detect)) if score.caught else "never"


def _weekly(score: Score, advice: "Advice") -> str:
    weekly = score.false / advice.weeks if advice.weeks else 0.0
    return f"{weekly:.0f} a week" if weekly >= _ROUND else f"{weekly:.2g} a week"


def _by_reason(advice: "Advice") -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in advice.not_advised:
        found.setdefault(each.reason, []).append(each.path)
    return found


def _count(number: int, of: str) -> str:
    return f"{number} {of}{'' if number == 1 else 's'}"


def _fitted(part: str, width: int) -> Iterator[str]:
    for line in part.splitlines():
        indent = line[: len(line) - len(line.lstrip())] + "  "
        yield from wrap(line, width, subsequent_indent=indent, break_on_hyphens=False) or [""]
