"""Queues that keep what failed until somebody re-drives it."""

from constructs_lib.dead_letters.asynchronous import (
    DeadLetters,
    add_dead_letters,
)
from constructs_lib.dead_letters.queue import DeadLetterQueue

__all__ = [
    "DeadLetterQueue",
    "DeadLetters",
    "add_dead_letters",
]
