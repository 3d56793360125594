"""Whether manifests make a chain: each window begins where the one before it ended, and nothing is missing."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from table_export.links import Link
from table_export.model import Kind

__all__ = ["chain_problems"]

_DAY: Final = 86_400


def chain_problems(links: Sequence[tuple[str, Link]], now: float) -> Iterator[tuple[str, str]]:
    """What is wrong with the `links` of one chain, each with its checksum: the key it is about, and the problem.

    What the bucket's own lifecycle has deleted is not missing.
    """
    by_key = {link.key: (md5, link) for md5, link in links}
    windows = sorted(
        (link for _, link in links if link.kind is Kind.INCREMENTAL), key=lambda each: (each.start, each.end)
    )
    fulls = sorted((link for _, link in links if link.kind is Kind.FULL), key=lambda each: each.end)
    for link in (*fulls, *windows):
        yield from _previous_problems(link, by_key, now)
    for name, count in Counter(link.export for _, link in links).items():
        if count > 1:
            yield name, f"{count} manifests are of the same export"
    if len({link.table_id for _, link in links}) > 1:
        yield links[0][1].chain, "it is of more than one table of that name"
    bases = [link for link in fulls if link.base]
    if len(bases) > 1:
        yield bases[1].key, "the chain begins twice"
    if not bases and not _expired(links, now):
        yield links[0][1].chain, "the full export that the chain begins with is missing"
    yield from _gaps(bases, windows)
    yield from _aside(fulls, windows)


def _previous_problems(
    link: Link, by_key: Mapping[str, tuple[str, Link]], now: float
) -> Iterator[tuple[str, str]]:
    if not link.previous:
        if link.kind is Kind.INCREMENTAL:
            yield link.key, "it names no manifest before it"
        return
    md5, before = by_key.get(link.previous, ("", None))
    if before is None:
        # It was written when this one began or later, and has been deleted by then.
        if not link.expire_days or link.start + link.expire_days * _DAY > now:
            yield link.previous, f"it is missing: {link.key} comes after it"
    elif md5 != link.previous_md5:
        yield link.previous, f"it was changed: its md5 is {md5}, and {link.key} says {link.previous_md5}"
    elif before.end != link.start:
        yield (
            link.key,
            f"it begins at {_shown(link.start)}, and the one before it ends at {_shown(before.end)}",
        )


def _gaps(bases: Sequence[Link], windows: Sequence[Link]) -> Iterator[tuple[str, str]]:
    end = bases[0].end if bases else None
    for window in windows:
        if end is not None and window.start > end:
            yield window.key, f"nothing is exported from {_shown(end)} to {_shown(window.start)}"
        if end is not None and window.start < end:
            yield window.key, f"it overlaps: it begins at {_shown(window.start)}, before {_shown(end)}"
        end = max(window.end, end or 0)


def _aside(fulls: Sequence[Link], windows: Sequence[Link]) -> Iterator[tuple[str, str]]:
    """Full exports within a window: nothing that follows can be added to them."""
    for full in fulls:
        for window in windows:
            if window.start < full.end < window.end:
                yield full.key, f"it is of {_shown(full.end)}, which lies within the window {window.key}"


def _expired(links: Sequence[tuple[str, Link]], now: float) -> bool:
    first = min((link for _, link in links), key=lambda each: each.start)
    return bool(first.expire_days) and first.start + first.expire_days * _DAY <= now


def _shown(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat()
