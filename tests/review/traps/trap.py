"""What a trap is: an app that synthesizes cleanly and is broken in production, and its corrected twin."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import aws_cdk as cdk

__all__ = ["TRAPS", "Trap", "trap"]


class Build(Protocol):
    """Makes a trap in a stack."""

    __name__: str

    def __call__(self, stack: cdk.Stack, /, *, broken: bool) -> None:
        """Make it, broken or corrected."""


@dataclass(frozen=True, kw_only=True)
class Trap:
    """A trap.

    Attributes:
        id: the name of the function that builds it.
        sentence: what is broken.
        rule: that finds it.
        at: the path of the construct where it does; empty where it is the template as a whole.
        build: makes it in a stack, broken or corrected.
    """

    id: str
    sentence: str
    rule: str
    at: str
    build: Build

    @property
    def broken(self) -> str:
        """The id of the stage that it is in."""
        return f"Broken-{self.id.replace('_', '-')}"

    @property
    def fixed(self) -> str:
        """The id of the stage that its corrected twin is in."""
        return f"Fixed-{self.id.replace('_', '-')}"


TRAPS: list[Trap] = []
"""All of them, in the order of their modules."""


def trap(*, rule: str, at: str) -> Callable[[Build], Build]:
    """Make a trap of a function: its name is the id, its docstring the sentence."""

    def made(build: Build) -> Build:
        sentence = " ".join((build.__doc__ or "").split())
        TRAPS.append(Trap(id=build.__name__, sentence=sentence, rule=rule, at=at, build=build))
        return build

    return made
