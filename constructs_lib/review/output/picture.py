"""The architecture of a stack as a picture: what calls what, where dead letters go, what alarms tell whom."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from constructs_lib.review.finding import Finding, Severity
from constructs_lib.review.output.picture_actors import actors_and_flows
from constructs_lib.review.output.picture_layout import (
    BOX_HEIGHT,
    BOX_WIDTH,
    COLUMN,
    MARGIN,
    ROW,
    Point,
    laid_out,
    path_of,
)
from constructs_lib.review.output.picture_merging import merged
from constructs_lib.review.output.picture_parts import Actor, Flow, Kind, Role
from constructs_lib.review.reading import StackReading

__all__ = ["Box", "Line", "Picture", "picture_of"]

_IN_A_ROW: Final = 4
_LONGEST: Final = 20
_LONGEST_WORDS: Final = 25


@dataclass(frozen=True, kw_only=True)
class Box:
    """An actor, placed.

    Attributes:
        actor: what it is.
        x: of its left side.
        y: of its top.
        words: what it is and the part of the app that it is in, shortened to fit.
        label: its name, likewise.
        errors: findings of this severity at what it stands for that nobody has acknowledged.
        warnings: likewise.
        finding: the anchor of the worst of them; None without one.
    """

    actor: Actor
    x: float
    y: float
    words: str
    label: str
    errors: int
    warnings: int
    finding: str | None


@dataclass(frozen=True, kw_only=True)
class Line:
    """A flow, drawn.

    Attributes:
        flow: what flows.
        source: the name of the one it comes from.
        target: the name of the one it goes to.
        path: the way, as SVG writes it.
    """

    flow: Flow
    source: str
    target: str
    path: str


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture of a stack.

    Attributes:
        width: in pixels.
        height: likewise.
        boxes: who takes part.
        lines: what flows.
        apart: the top of the part where those are that nothing is linked to; None where there is none.
        merged: how boxes were merged, in words; empty where they were not.
        resources: how many resources the boxes stand for.
        roles: those that are there, for the legend.
        kinds: likewise.
    """

    width: float
    height: float
    boxes: Sequence[Box]
    lines: Sequence[Line]
    apart: float | None
    merged: str
    resources: int
    roles: Sequence[Role]
    kinds: Sequence[Kind]


def picture_of(stack: StackReading, findings: Mapping[str, Sequence[tuple[Finding, str]]]) -> Picture:
    """Draw a stack.

    Args:
        stack: what is drawn.
        findings: logical ids to findings, the worst first, each with its anchor.
    """
    actors, flows, words = merged(*actors_and_flows(stack))
    linked = {each.source for each in flows} | {each.target for each in flows}
    together = [each for each in actors if each.id in linked]
    alone = _few([each for each in actors if each.id not in linked])
    places, routes = laid_out(together, flows)
    bottom = max((y for _, y in places.values()), default=-ROW) + ROW
    apart = bottom + MARGIN if alone else None
    for number, each in enumerate(alone):
        row, column = divmod(number, _IN_A_ROW)
        places[each.id] = (column * COLUMN, bottom + 2 * MARGIN + 14 + row * ROW)
    boxes = [_box(each, places[each.id], findings) for each in (*together, *alone)]
    names = {each.actor.id: f"{each.actor.word} {each.actor.label}" for each in boxes}
    lines = [
        Line(
            flow=flow,
            source=names[flow.source],
            target=names[flow.target],
            path=path_of([places[flow.source], *way, places[flow.target]]),
        )
        for flow, way in zip(flows, routes, strict=True)
    ]
    return Picture(
        width=max((x for x, _ in places.values()), default=0) + BOX_WIDTH + 2 * MARGIN,
        height=max((y for _, y in places.values()), default=0) + BOX_HEIGHT + 2 * MARGIN,
        boxes=boxes,
        lines=lines,
        apart=apart,
        merged=words,
        resources=len({id_ for each in actors for id_ in each.logical_ids}),
        roles=[role for role in Role if any(each.actor.role is role for each in boxes)],
        kinds=[kind for kind in Kind if any(each.kind is kind for each in flows)],
    )


def _few(alone: Sequence[Actor]) -> list[Actor]:
    """Those that nothing is linked to, one for each kind where they are many."""
    if len(alone) <= 2 * _IN_A_ROW:
        return list(alone)
    by_word: dict[str, list[Actor]] = {}
    for each in alone:
        by_word.setdefault(each.word, []).append(each)
    return [
        each
        if len(of) == 1
        else Actor(
            id=each.id,
            role=each.role,
            word=f"{len(of)} x {each.word}",
            label=f"{each.label}, ...",
            logical_ids=tuple(id_ for one in of for id_ in one.logical_ids),
        )
        for of in by_word.values()
        for each in of[:1]
    ]


def _box(actor: Actor, place: Point, findings: Mapping[str, Sequence[tuple[Finding, str]]]) -> Box:
    at = [each for id_ in actor.logical_ids for each in findings.get(id_, ())]
    at.sort(key=lambda each: -each[0].severity.rank)
    counts = Counter(finding.severity for finding, _ in at)
    group = actor.group if actor.group != actor.label else ""
    return Box(
        actor=actor,
        x=place[0],
        y=place[1],
        words=_shortened(f"{actor.word} \N{MIDDLE DOT} {group}" if group else actor.word, _LONGEST_WORDS),
        label=_shortened(actor.label, _LONGEST),
        errors=counts[Severity.ERROR],
        warnings=counts[Severity.WARNING],
        finding=at[0][1] if at else None,
    )


def _shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}\N{HORIZONTAL ELLIPSIS}"
