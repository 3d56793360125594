"""Calls that come no faster than a service takes them."""

import threading
from collections.abc import Callable

__all__ = ["Pace"]


class Pace:
    """Lets threads go on one after the other, at most so many a second."""

    def __init__(
        self, a_second: float, *, elapsed: Callable[[], float], sleep: Callable[[float], None]
    ) -> None:
        """Let `a_second` threads go on in each second.

        Args:
            a_second: how many.
            elapsed: seconds since any fixed moment.
            sleep: waits.
        """
        self._spacing = 1 / a_second
        self._elapsed = elapsed
        self._sleep = sleep
        self._lock = threading.Lock()
        self._next = 0.0

    def wait(self) -> None:
        """Go on when it is one's turn."""
        with self._lock:
            now = self._elapsed()
            turn = max(now, self._next)
            self._next = turn + self._spacing
        if turn > now:
            self._sleep(turn - now)
