"""Waiting for what happens in its own time."""

import time
from collections.abc import Callable

__all__ = ["wait_until"]

_LOOK_SECONDS = 0.2


def wait_until(holds: Callable[[], object], *, timeout: float) -> bool:
    """Whether it came to hold within so many seconds."""
    deadline = time.monotonic() + timeout
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(_LOOK_SECONDS)
    return True
