"""What follows from what was seen: pure functions from state to state."""

from collections.abc import Iterator
from dataclasses import replace

from failover_controller.model import (
    CLOCK_TOLERANCE,
    LEAVING_STANDBY,
    Mode,
    Observation,
    Phase,
    Settings,
    State,
)

__all__ = ["begun", "directed", "observed", "refusal_to_fail_back"]


def observed(state: State, observation: Observation, now: float, settings: Settings) -> State:
    """`state` after the alarm was seen.

    A change counts at once; more of the same only after `settings.spacing`, so that several calls at the same moment
    are one observation. After a gap counting starts anew.
    """
    if observation.ringing is None:
        return state
    last = state.observed_at
    elapsed = None if last is None else max(0.0, now - last)
    in_a_row = elapsed is not None and elapsed <= settings.gap
    if observation.ringing:
        if not in_a_row or state.ringing == 0:
            return replace(state, ringing=1, healthy_since=None, observed_at=now)
        if elapsed is not None and elapsed >= settings.spacing:
            # No more than is needed: a number that grows for months says nothing.
            count = min(state.ringing + 1, settings.observations)
            return replace(state, ringing=count, observed_at=now)
        return state
    since = state.healthy_since if in_a_row and state.healthy_since is not None else now
    return replace(state, ringing=0, healthy_since=since, observed_at=now)


def directed(state: State, now: float, settings: Settings) -> tuple[Phase, str] | None:
    """The phase that begins by itself now, and why; None to stay."""
    leaving = state.phase in LEAVING_STANDBY
    match state.mode:
        case Mode.FROZEN:
            return None
        case Mode.STANDBY:
            return (Phase.WAKING, "the parameter says standby") if leaving else None
        case Mode.PRIMARY:
            return None if leaving else (Phase.RELEASING, "the parameter says primary")
    if leaving and state.ringing >= settings.observations and _settled(state, now, settings):
        return Phase.WAKING, f"the alarm {settings.alarm} was seen ringing {state.ringing} times in a row"
    return None


def refusal_to_fail_back(state: State, takeover: object, now: float, settings: Settings) -> str | None:
    """Why the standby does not fail back now; None where it may."""
    return next(_objections(state, takeover, now, settings), None)


def _objections(state: State, takeover: object, now: float, settings: Settings) -> Iterator[str]:
    if state.mode is not Mode.AUTO:
        yield f"the parameter says {state.mode}"
    if takeover != state.transition:
        # One that comes late or twice is none for the present takeover.
        yield f"the command names takeover {takeover!r}, and the present one is {state.transition}"
    if state.phase is not Phase.STANDBY:
        yield f"the phase is {state.phase}"
    if not _settled(state, now, settings):
        yield f"the last change is less than {settings.between:g} s ago"
    if state.healthy_since is None:
        yield f"the alarm {settings.alarm} has not been seen silent"
    elif (silent := now - state.healthy_since) < settings.healthy_for + CLOCK_TOLERANCE:
        yield f"the alarm {settings.alarm} has been silent for {silent:.0f} of {settings.healthy_for:g} s"


def begun(state: State, phase: Phase, now: float) -> State:
    """`state` at the beginning of `phase`, in another direction than before."""
    return replace(
        state,
        phase=phase,
        transition=state.transition + 1,
        changed_at=now,
        done=frozenset(),
        released_at=None,
    )


def _settled(state: State, now: float, settings: Settings) -> bool:
    # The clocks of the two moments may differ, and the damping holds all the same.
    return state.changed_at is None or now - state.changed_at >= settings.between + CLOCK_TOLERANCE
