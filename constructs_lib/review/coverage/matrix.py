"""The matrix: each resource that can fail, each way in which it does, and the alarms that ring then."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from constructs_lib.review.coverage.hearing import tellers
from constructs_lib.review.coverage.judging import Judged, judged
from constructs_lib.review.coverage.mode import Mode
from constructs_lib.review.coverage.modes import MODES
from constructs_lib.review.coverage.subject import Subject
from constructs_lib.review.coverage.subjects import subjects_of
from constructs_lib.review.coverage.watching import watchers_of
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.report import Caught, Coverage, FailureMode

__all__ = ["coverage_of"]

_REPLAYED: Final = "replayed"
_READ: Final = "read"
_WORDS: Final[Mapping[str, str]] = {
    "timeout": "its timeout",
    "reserved": "its reserved concurrency",
    "retention_hours": "how long messages or records are kept",
}
_BY_SIGN: Final = "what it publishes of its own no longer comes"
_UNHEARD: Final = "it rings, and neither it nor a composite alarm above it tells anybody"


def coverage_of(stack: StackReading) -> Coverage:
    """Which failures of a stack's resources the alarms at hand catch, those of other stacks among them."""
    return Coverage(modes=tuple(_modes(stack)))


def _modes(stack: StackReading) -> Iterator[FailureMode]:
    for subject in subjects_of(stack):
        for mode in MODES[subject.kind]:
            if all(each in subject.facts for each in (*mode.facts, *mode.needs)):
                yield _safe_row(subject, mode)


def _safe_row(subject: Subject, mode: Mode) -> FailureMode:
    try:
        return _row(subject, mode)
    except Exception as error:  # noqa: BLE001 - whatever a template makes of one failure, the others stay in the matrix
        why = f"it could not be judged: {type(error).__name__}: {error}"
        return _answer(subject, mode, Caught.UNKNOWN, why=why, proof=_READ)


def _row(subject: Subject, mode: Mode) -> FailureMode:
    parts: list[str | None] = (list(subject.parts) if mode.in_parts else []) or [None]
    facts = {name: value for name in mode.facts if (value := subject.facts[name]) is not None}
    if open_ := [name for name in mode.facts if name not in facts]:
        return _unknown(subject, mode, parts, open_[0])
    found = {each: judged(subject, mode, each, facts) for each in parts}
    happens = mode.happens.format(**facts)
    alarms = _in_order(found.values())
    if all(heard := [_heard(each) for each in found.values()]):
        why = _BY_SIGN if all(each.by_sign for each in found.values()) else happens
        return _answer(subject, mode, Caught.YES, why=why, alarms=alarms, seconds=_soonest_of_all(heard))
    if all(rings := [list(each.seconds.values()) for each in found.values()]):
        seconds = _soonest_of_all(rings)
        return _answer(subject, mode, Caught.UNHEARD, why=_UNHEARD, alarms=alarms, seconds=seconds)
    silent = {part: each for (part, each), told in zip(found.items(), heard, strict=True) if not told}
    if unknown := [why for each in silent.values() for why in each.unknown]:
        return _answer(subject, mode, Caught.UNKNOWN, why=unknown[0], alarms=alarms, proof=_READ)
    if missed := dict.fromkeys(why for each in silent.values() for why in each.missed):
        return _answer(subject, mode, Caught.NO, why=f"{happens}: {'; '.join(missed)}", alarms=alarms)
    return _answer(subject, mode, Caught.NO, why=_nothing(mode, silent), alarms=alarms, proof=_READ)


def _unknown(subject: Subject, mode: Mode, parts: Iterable[str | None], fact: str) -> FailureMode:
    """What is known without the facts that make the incident: whether any alarm watches at all."""
    watchers = watchers_of(subject.node.stack.whole)
    for part in parts:
        for match in watchers.of(subject, part, mode.metrics):
            why = f"{_WORDS[fact]}, which decides whether {match.alarm.node.path} rings, is known only at deployment"
            return _answer(subject, mode, Caught.UNKNOWN, why=why, proof=_READ)
    return _answer(subject, mode, Caught.NO, why=_nothing(mode, parts), proof=_READ)


def _in_order(found: Iterable[Judged]) -> tuple[str, ...]:
    soonest: dict[Node, int] = {}
    for each in found:
        for alarm, seconds in each.seconds.items():
            soonest[alarm] = min(seconds, soonest.get(alarm, seconds))
    return tuple(each.id for each in sorted(soonest, key=soonest.__getitem__))


def _heard(found: Judged) -> list[int]:
    """After how long alarms ring that tell somebody."""
    return [seconds for alarm, seconds in found.seconds.items() if alarm in tellers(alarm.stack.whole)]


def _soonest_of_all(parts: list[list[int]]) -> int:
    """When the first alarm rings of the part that is told of last."""
    return max(map(min, parts))


def _nothing(mode: Mode, parts: Iterable[str | None]) -> str:
    named = ", ".join(each for each in parts if each)
    metrics = " or ".join(name for _, name in mode.metrics)
    return f"no alarm watches {metrics} of it{f' ({named})' if named else ''}"


def _answer(
    subject: Subject,
    mode: Mode,
    caught: Caught,
    *,
    why: str,
    alarms: tuple[str, ...] = (),
    seconds: int | None = None,
    proof: str = _REPLAYED,
) -> FailureMode:
    return FailureMode(
        logical_id=subject.node.id,
        construct_path=subject.node.path,
        kind=subject.kind,
        mode=mode.id,
        title=mode.title,
        caught=caught,
        alarms=alarms,
        seconds=seconds,
        proof=proof,
        why=f"{why[:1].upper()}{why[1:]}.",
    )
