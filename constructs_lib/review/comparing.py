"""Reviews templates, and tells what changed since older ones."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from constructs_lib.review.difference import changes_between
from constructs_lib.review.reading import Reading
from constructs_lib.review.report import Review
from constructs_lib.review.reviewing import Part, Source, part_of, review

__all__ = ["compare"]


def compare(old: Source, new: Source, *, stacks: Iterable[str] = (), **given: Any) -> Review:
    """Review `new`, and tell what changed since `old`.

    Args:
        old: what is deployed, or was before.
        new: what is to be deployed.
        stacks: the names of the stacks that are wanted, as `review` takes them. Left out: all.
        **given: what else `review` takes; it holds for the old one, too.

    Raises:
        TemplateError: a source cannot be used.
        UnusableError: the report of other tools in an assembly cannot be read.
    """
    wanted = frozenset(stacks)
    parts = part_of(old), part_of(new)
    before, after = (review(each, stacks=wanted, **given) for each in parts)
    readings = (_reading(part, each, given) for part, each in zip(parts, (before, after), strict=True))
    changes = changes_between(*readings, old_review=before, new_review=after)
    told = {each.stack for reviewed in (before, after) for each in reviewed.templates}
    return replace(after, changes=tuple(each for each in changes if not wanted or each.stack in told))


def _reading(part: Part, reviewed: Review, given: dict[str, Any]) -> Reading:
    if reviewed.templates:
        return reviewed.templates[0].reading.whole
    return Reading(part.assembly, parameters=given.get("parameters"), today=given.get("today"))
