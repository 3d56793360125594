"""Worst cases as sums of steps, each with its reason: plain data and arithmetic."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["PlanStep", "WorstCase"]


@dataclass(frozen=True, kw_only=True)
class PlanStep:
    """A part of a worst case.

    Attributes:
        what: what takes the time.
        seconds: how long at most.
        arithmetic: how that figure comes about.
        source: where AWS says so; None where it is a setting of the app, or an assumption that is said to be one.
    """

    what: str
    seconds: float
    arithmetic: str
    source: str | None = None


@dataclass(frozen=True, kw_only=True)
class WorstCase:
    """A sum of steps.

    Attributes:
        name: what it is the worst case of.
        steps: its parts, one after the other.
    """

    name: str
    steps: Sequence[PlanStep]

    @property
    def seconds(self) -> float:
        """The sum."""
        return sum(step.seconds for step in self.steps)

    def explain(self) -> str:
        """The sum, line by line."""
        lines = [f"{self.name}: {self.seconds:g} s"]
        for step in self.steps:
            source = f" ({step.source})" if step.source else ""
            lines.append(f"  {step.seconds:>6g} s  {step.what}: {step.arithmetic}{source}")
        return "\n".join(lines)

    def to_json(self) -> dict[str, Any]:
        """The sum as data."""
        steps = [
            {name: value for name, value in asdict(step).items() if value is not None} for step in self.steps
        ]
        return {"seconds": self.seconds, "steps": steps}
