"""What people are told."""

from collections.abc import Callable

from failover_controller.model import Settings, State

__all__ = ["Notice", "failed_back", "failing_back", "taken_over", "waking"]

Notice = Callable[[Settings, State], tuple[str, str]]
"""A subject and a text."""


def waking(settings: Settings, state: State) -> tuple[str, str]:
    """The standby could not be woken at the first try."""
    text = (
        f"{_which(settings, state)}: the standby is being woken, and something does not wake up yet. Within "
        f"{settings.wake_up_limit:g} s of its beginning it takes over with what is awake."
    )
    return "The standby is taking over", text


def taken_over(settings: Settings, state: State) -> tuple[str, str]:
    """Names lead to the standby."""
    text = (
        f"{_which(settings, state)}: the standby has taken over. It stays so until somebody says otherwise. Once the "
        f"alarm {settings.alarm} has been silent for {settings.healthy_for:g} s, invoke the controller with "
        f'{{"command": "fail_back", "takeover": {state.transition}}} to fail back.'
    )
    return "The standby has taken over", text


def failing_back(settings: Settings, state: State) -> tuple[str, str]:
    """Names lead to the primary again."""
    text = (
        f"{_which(settings, state)}: names lead to the primary again. The standby is put to sleep in "
        f"{settings.drain:g} s, once nobody uses it any more."
    )
    return "The standby is failing back", text


def failed_back(settings: Settings, state: State) -> tuple[str, str]:
    """The standby sleeps."""
    text = f"{_which(settings, state)}: the standby sleeps, and the primary serves."
    return "The primary serves again", text


def _which(settings: Settings, state: State) -> str:
    return f"Controller {settings.name}, change {state.transition}"
