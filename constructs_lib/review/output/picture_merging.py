"""Few boxes of many: what plays the same part in a large stack is drawn once."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from constructs_lib.review.output.picture_parts import Actor, Flow, Role

__all__ = ["MOST_ACTORS", "merged"]

MOST_ACTORS: Final = 45
"""Boxes that can be told apart on a screen."""
_ROUNDS: Final = 6

_Classes = Mapping[str, object]


def merged(actors: Sequence[Actor], flows: Sequence[Flow]) -> tuple[list[Actor], list[Flow], str]:
    """Actors and flows that can be drawn, and how they were merged in words, which are empty where they were not.

    The first of these that gives few enough: all of them; one for those that are linked alike; one for each kind in a
    part of the app; one for each part of the app; one for each kind.
    """
    ways: tuple[tuple[str, Callable[[], _Classes]], ...] = (
        ("", lambda: {each.id: each.id for each in actors}),
        ("What is linked alike is drawn once.", lambda: _alike(actors, flows)),
        (
            "Resources of a kind in a part of the app are drawn as one.",
            lambda: {each.id: (each.group, each.role, each.word) for each in actors},
        ),
        (
            "Each part of the app is drawn as one.",
            lambda: {each.id: each.group or each.role for each in actors},
        ),
        (
            "Resources of a kind are drawn as one.",
            lambda: {each.id: (each.role, each.word) for each in actors},
        ),
    )
    for words, classes_of in ways:  # noqa: B007 - the last is taken where none is enough
        classes = classes_of()
        if len(set(classes.values())) <= MOST_ACTORS:
            break
    return *_quotient(actors, flows, classes), words


def _alike(actors: Sequence[Actor], flows: Sequence[Flow]) -> _Classes:
    """Classes of actors that are of a kind and linked to the same classes, by refining what kinds there are."""
    colours: dict[str, int] = _numbered({each.id: (each.role, each.word) for each in actors})
    for _ in range(_ROUNDS):
        around: dict[str, set[tuple[bool, str, int]]] = {each: set() for each in colours}
        for flow in flows:
            around[flow.source].add((True, flow.kind, colours[flow.target]))
            around[flow.target].add((False, flow.kind, colours[flow.source]))
        colours = _numbered({each: (colours[each], frozenset(around[each])) for each in colours})
    return colours


def _numbered(classes: _Classes) -> dict[str, int]:
    numbers: dict[object, int] = {}
    return {each: numbers.setdefault(of, len(numbers)) for each, of in classes.items()}


def _quotient(
    actors: Sequence[Actor], flows: Sequence[Flow], classes: _Classes
) -> tuple[list[Actor], list[Flow]]:
    members: dict[object, list[Actor]] = {}
    for each in actors:
        members.setdefault(classes[each.id], []).append(each)
    first = {each.id: of[0].id for of in members.values() for each in of}
    drawn = dict.fromkeys(
        Flow(source=first[each.source], target=first[each.target], kind=each.kind, label=each.label)
        for each in flows
        if first[each.source] != first[each.target]
    )
    return [_one(each) for each in members.values()], list(drawn)


def _one(actors: Sequence[Actor]) -> Actor:
    """One actor for several."""
    first = actors[0]
    if len(actors) == 1:
        return first
    words = {each.word for each in actors}
    groups = {each.group for each in actors}
    roles = {each.role for each in actors}
    return Actor(
        id=first.id,
        role=next(iter(roles)) if len(roles) == 1 else Role.COMPUTE,
        word=f"{len(actors)} x {first.word}" if len(words) == 1 else f"{len(actors)} resources",
        label=first.group if len(words) > 1 and len(groups) == 1 and first.group else f"{first.label}, ...",
        logical_ids=tuple(id_ for each in actors for id_ in each.logical_ids),
        group=first.group if len(groups) == 1 else "",
    )
