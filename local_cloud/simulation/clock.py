"""A virtual clock: what is to happen, in order of time; nobody waits."""

import heapq
from collections.abc import Callable
from itertools import count
from typing import Any


class Clock:
    """Calls what is due; what is due at the same time in the order in which it was said."""

    def __init__(self) -> None:
        """Begin at 0."""
        self.now = 0.0
        self._due: list[tuple[float, int, Callable[..., object], tuple[Any, ...]]] = []
        self._number = count()

    def at(self, when: float, act: Callable[..., object], *arguments: Any) -> None:
        """Call `act` then, or at once if that is over."""
        heapq.heappush(self._due, (max(when, self.now), next(self._number), act, arguments))

    def run(self, until: float) -> None:
        """Let time pass."""
        while self._due and self._due[0][0] <= until:
            self.now, _, act, arguments = heapq.heappop(self._due)
            act(*arguments)
        self.now = until
