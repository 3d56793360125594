"""Which exports are due: pure functions of what is known of a table."""

from dataclasses import dataclass, replace
from math import ceil, floor

from table_export.model import Export, Kind, Settings, State, stamp, token_of

__all__ = [
    "Recovery",
    "asked",
    "broken",
    "due_full",
    "due_window",
    "is_possible",
    "released",
    "restarted",
    "with_export",
]


@dataclass(frozen=True, kw_only=True)
class Recovery:
    """The moments of which a table can be exported.

    Attributes:
        earliest: the first of them, in whole seconds.
        latest: the last of them.
    """

    earliest: int
    latest: int

    @classmethod
    def between(cls, earliest: float, latest: float) -> "Recovery":
        """The whole seconds between two times."""
        return cls(earliest=ceil(earliest), latest=floor(latest))


def asked(state: State, kind: Kind, moment: int, settings: Settings) -> State:
    """`state` once an export for `moment` was asked for; the same where that asks for nothing new.

    A full export is of a moment at which a window ends, so that it and the windows after it make any later moment.
    """
    if kind is Kind.INCREMENTAL:
        return replace(state, wanted=max(state.wanted, moment))
    if moment <= state.full_asked:
        return state
    state = replace(state, full_asked=moment)
    if not settings.incremental:
        return replace(state, full_at=moment)
    if not state.chain:
        return state  # a new chain begins with one
    boundary = _last_boundary(state)
    if moment - boundary < settings.shortest:
        return state if boundary == state.full_of else replace(state, full_at=boundary)
    return replace(state, full_at=moment, wanted=max(state.wanted, moment), pins=(*state.pins, moment))


def broken(state: State, recovery: Recovery, settings: Settings) -> bool:
    """Whether changes after the end of the chain can't be exported any more."""
    return bool(settings.incremental and state.chain and not state.window and state.end < recovery.earliest)


def restarted(state: State) -> State:
    """`state` with no chain: the next one begins with a full export. What is under way goes on."""
    return replace(state, chain="", end=0, pins=(), full_at=0, full_of=0, last="", last_md5="")


def released(state: State, export: Export) -> State:
    """`state` without `export`, which was not begun, so that what is due is planned anew."""
    full_at = max(state.full_at, 0 if export.kind is Kind.INCREMENTAL or export.base else export.end)
    return replace(state, full_at=full_at).with_under_way(export.kind, None)


def due_window(state: State, settings: Settings) -> int:
    """Until when the next window goes; 0 where none is due."""
    if not settings.incremental or not state.chain or state.window:
        return 0
    target = min((pin for pin in state.pins if state.end < pin < state.wanted), default=state.wanted)
    length = target - state.end
    if length < settings.shortest:
        return 0
    if length <= settings.longest:
        return target
    # What is left has to make a window too.
    return min(state.end + settings.longest, target - settings.shortest)


def due_full(state: State, recovery: Recovery, settings: Settings) -> int:
    """The moment of the full export that is due; 0 where none is, or it can't be exported yet."""
    if state.full:
        return 0
    if not state.chain:
        return recovery.latest if recovery.latest >= recovery.earliest else 0
    moment = state.full_at
    if 0 < moment < recovery.earliest:
        moment = _last_boundary(state) if settings.incremental else recovery.latest
        if moment == state.full_of:
            return 0
    return moment if recovery.earliest <= moment <= recovery.latest else 0


def is_possible(export: Export, recovery: Recovery) -> bool:
    """Whether `export` lies within what can be exported."""
    return recovery.earliest <= export.start <= export.end <= recovery.latest


def with_export(state: State, kind: Kind, end: int, settings: Settings, now: float) -> State:
    """`state` with the next export of `kind`, which ends at `end`."""
    window = kind is Kind.INCREMENTAL
    start = state.end if window else end
    base = not window and not (state.chain and settings.incremental)
    export = Export(
        kind=kind,
        chain=stamp(end) if base else state.chain,
        base=base,
        start=start,
        end=end,
        token=token_of(state, kind, start, end),
        asked=now,
    )
    state = replace(state, serial=state.serial + 1)
    return replace(state, window=export) if window else replace(state, full=export, full_at=0, full_of=end)


def _last_boundary(state: State) -> int:
    return max(state.window.end if state.window else state.end, *state.pins, 0)
