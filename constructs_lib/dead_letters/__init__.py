"""Queues that keep what failed until somebody re-drives it."""

from constructs_lib.dead_letters.asynchronous import (
    DeadLetters,
    acknowledge_destination,
    add_dead_letters,
    check_dead_letters,
    destination_of,
    warn_without_role,
)
from constructs_lib.dead_letters.queue import DeadLetterQueue

__all__ = [
    "DeadLetterQueue",
    "DeadLetters",
    "acknowledge_destination",
    "add_dead_letters",
    "check_dead_letters",
    "destination_of",
    "warn_without_role",
]
