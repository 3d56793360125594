"""What the targets of an incident have in common."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from constructs_lib.replay.timelines.incidents.signals import Minutes
from constructs_lib.replay.timelines.series import MetricSeries

__all__ = ["Target"]


@dataclass(frozen=True, kw_only=True)
class Target(ABC):
    """A resource, or one metric, whose data an incident makes.

    Names may be physical names, logical ids or construct paths: whatever the dimensions should say.

    Attributes:
        name: what it is called.
        region: where it is; None where that does not matter.
        feels: the signals that change its metrics.
    """

    name: str
    region: str | None = None

    feels: ClassVar[frozenset[str]]

    @property
    @abstractmethod
    def label(self) -> str:
        """What tells it from other targets, and seeds its chance."""

    @abstractmethod
    def series(self, minutes: Minutes) -> Sequence[MetricSeries]:
        """Its metrics."""
