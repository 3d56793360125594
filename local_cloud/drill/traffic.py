"""Steady traffic: a few independent clients, each placing an order every other second and reading some back."""

import random
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from local_cloud.drill.attempts import Attempt
from local_cloud.drill.client import Client

__all__ = ["Habits", "Traffic"]


@dataclass(frozen=True, kw_only=True)
class Habits:
    """How a client behaves.

    Attributes:
        every: seconds between the beginnings of two orders, if the first one does not take longer.
        pause: seconds before the same order is tried again, with the same key.
        attempts: after so many it is given up.
        reads: after so many orders one is read back.
    """

    every: float = 2.0
    pause: float = 1.5
    attempts: int = 8
    reads: int = 4


_LAST_ATTEMPTS = 5
"""Of an order that is under way when the traffic stops."""


class Traffic:
    """Clients in threads of their own, until it is stopped; every second one is patient, the others give up."""

    def __init__(self, clients: Sequence[Client], habits: Sequence[Habits]) -> None:
        """Let the clients have the habits in turn."""
        self._stopping = threading.Event()
        self._changed = threading.Lock()
        self._attempts: list[Attempt] = []
        self._under_way = 0
        self._threads = [
            threading.Thread(
                target=self._run,
                args=(client, habits[number % len(habits)], number / len(clients)),
                name=f"client-{client.number}",
                daemon=True,
            )
            for number, client in enumerate(clients)
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let every client finish what it is at, and return."""
        self._stopping.set()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join()

    @property
    def clients(self) -> int:
        """How many clients there are."""
        return len(self._threads)

    @property
    def attempts(self) -> Sequence[Attempt]:
        """What was tried so far."""
        with self._changed:
            return tuple(self._attempts)

    def wait_for_request_under_way(self, *, timeout: float = 5.0) -> None:
        """Return while a request is being answered: what breaks then catches somebody in the middle."""
        deadline = time.monotonic() + timeout
        while not self._under_way and time.monotonic() < deadline:
            time.sleep(0.001)

    def _run(self, client: Client, habits: Habits, offset: float) -> None:
        chance = random.Random(client.number)  # noqa: S311 - which order is read back is no secret
        placed: list[tuple[str, str]] = []
        if self._stopping.wait(offset * habits.every):
            return
        while not self._stopping.is_set():
            due = time.monotonic() + habits.every
            key = str(uuid.uuid4())
            order_id = self._place(client, habits, key)
            if order_id:
                placed.append((key, order_id))
            if placed and chance.random() * habits.reads < 1:
                known, read = chance.choice(placed[-10:])
                self._record(lambda known=known, read=read: client.read(known, read))  # type: ignore[misc]
            self._stopping.wait(due - time.monotonic())

    def _place(self, client: Client, habits: Habits, key: str) -> str | None:
        for number in range(habits.attempts):
            attempt = self._record(lambda: client.place(key))
            if attempt.served:
                return attempt.order_id
            if self._stopping.is_set() and number >= _LAST_ATTEMPTS:
                break
            time.sleep(habits.pause)
        return None

    def _record(self, make: Callable[[], Attempt]) -> Attempt:
        with self._changed:
            self._under_way += 1
        try:
            attempt = make()
        finally:
            with self._changed:
                self._under_way -= 1
        with self._changed:
            self._attempts.append(attempt)
        return attempt
