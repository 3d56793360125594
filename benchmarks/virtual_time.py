"""Threads in a time of their own: it stands still while one of them works, and jumps to when the next one wakes."""

import heapq
import itertools
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Self, TypeVar

__all__ = ["Pool", "VirtualTime"]

T = TypeVar("T")
R = TypeVar("R")


class VirtualTime:
    """A clock to sleep by in no time. One thread works at a time, in an order that is always the same."""

    def __init__(self, now: float) -> None:
        self.now = now
        self.most_threads = 1
        self._sleepers: list[tuple[float, int, threading.Event]] = []
        self._order = itertools.count()

    def sleep(self, seconds: float) -> None:
        """Let others work until then."""
        turn = self.wake_after(seconds)
        self.let_next_work()
        turn.wait()

    def wake_after(self, seconds: float) -> threading.Event:
        """What is set when a thread that sleeps from now on has its turn."""
        turn = threading.Event()
        heapq.heappush(self._sleepers, (self.now + max(seconds, 0.0), next(self._order), turn))
        return turn

    def let_next_work(self) -> None:
        """Give the turn to whoever wakes first."""
        self.now, _, turn = heapq.heappop(self._sleepers)
        turn.set()

    def pool(self, threads: int) -> "Pool":
        """What ``ThreadPoolExecutor(threads)`` is by this time."""
        self.most_threads = max(self.most_threads, threads)
        return Pool(self, threads)


class Pool:
    """As much of ``ThreadPoolExecutor`` as the handlers use."""

    def __init__(self, time: VirtualTime, threads: int) -> None:
        self._time = time
        self._threads = threads

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is left to end: `map` waits for its threads."""

    def map(self, act: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        """What `act` makes of each of `items`, in their order."""
        todo = deque(enumerate(items))
        results: dict[int, R] = {}
        working = min(self._threads, len(todo))
        ended = threading.Event()

        def work(turn: threading.Event) -> None:
            nonlocal working
            turn.wait()
            try:
                while todo:
                    number, item = todo.popleft()
                    results[number] = act(item)
            finally:
                working -= 1
                if working:
                    self._time.let_next_work()
                else:
                    ended.set()

        turns = [self._time.wake_after(0) for _ in range(working)]
        for turn in turns:
            threading.Thread(target=work, args=(turn,), daemon=True).start()
        if turns:
            self._time.let_next_work()
            ended.wait()
        return (results[number] for number in sorted(results))
