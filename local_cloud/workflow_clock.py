"""The time of one execution of a workflow: what it does takes as long as it takes, its waits pass faster.

Waits that run side by side count once. The time-out of the execution is in its own time, so it comes as early for one
that waits fast.
"""

import math
import threading
import time
from collections.abc import Callable

__all__ = ["WorkflowClock"]


class WorkflowClock:
    """A clock that is put forward by what a wait has been shortened by.

    Args:
        scale: how many seconds pass while the workflow waits for one.
        timeout: after how many seconds of its own time the execution is over; never, if infinite.
        real: the clock that it runs by, in seconds.
    """

    def __init__(
        self, *, scale: float, timeout: float = math.inf, real: Callable[[], float] = time.monotonic
    ) -> None:
        self._scale = scale
        self._timeout = timeout
        self._real = real
        self._begun = real()
        self._ahead = 0.0
        self._lock = threading.Lock()

    @property
    def left(self) -> float:
        """Seconds until the execution is over, if it does not wait meanwhile."""
        return self._timeout - self._now

    def wait(self, seconds: float, sleep: Callable[[float], object]) -> None:
        """Wait by `sleep`, which gets real seconds; at most until the execution is over."""
        length = max(0.0, min(seconds, self.left))
        end = self._now + length
        sleep(length * self._scale)
        with self._lock:
            self._ahead = max(self._ahead, end - self._elapsed)

    @property
    def _now(self) -> float:
        return self._elapsed + self._ahead

    @property
    def _elapsed(self) -> float:
        return self._real() - self._begun
