"""Chance without state: the same question has the same answer, whatever was asked before.

So what is left out of a run, since nothing happens meanwhile, changes nothing of what comes after it.
"""

from enum import IntEnum, auto

_BITS = (1 << 64) - 1


class Of(IntEnum):
    """What is left to chance."""

    PHASE = auto()
    NOISE = auto()
    DELAY = auto()
    CANARY = auto()
    TICK = auto()
    LATENESS = auto()
    EVENT = auto()
    CALL = auto()
    KNOWN = auto()
    PEOPLE = auto()
    CLIENTS = auto()


def unit(seed: int, of: Of, *key: int) -> float:
    """A number from 0 to 1, without 1: mixed as SplitMix64 mixes, https://doi.org/10.1145/2660193.2660195."""
    mixed = seed
    for number in (of, *key):
        mixed = (mixed + 0x9E3779B97F4A7C15 * (number + 1)) & _BITS
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _BITS
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _BITS
        mixed ^= mixed >> 31
    return (mixed >> 11) / (1 << 53)
