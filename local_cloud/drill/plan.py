"""The app's own plan of the failover, as it stands in the synthesized assembly."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Plan", "PlanNotFoundError", "Step"]

_KIND = "constructs-lib:failover-plan"


class PlanNotFoundError(LookupError):
    """The assembly has no plan, or several."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """A part of the worst case.

    Attributes:
        what: what takes the time.
        seconds: how long at most.
        arithmetic: how that comes about.
    """

    what: str
    seconds: float
    arithmetic: str


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How long a failover takes at most, and what it may lose.

    Attributes:
        name: the name that fails over.
        steps: the parts of the recovery time.
        recovery_point: seconds of writes that may be lost; None where the plan names no data.
    """

    name: str
    steps: Sequence[Step]
    recovery_point: float | None = None

    @property
    def seconds(self) -> float:
        """The worst case of the recovery time."""
        return sum(step.seconds for step in self.steps)

    def at_speed(self, speed: float, *, interval: float, threshold: int, ttl: float) -> float:
        """The worst case where the health check's interval and the TTL pass so many times as fast.

        How long a probe may last, and everything else, stays as it is.
        """
        return self.seconds - (threshold * interval + ttl) * (1 - 1 / speed)

    @classmethod
    def read(cls, assembly: Path) -> "Plan":
        """Find the plan in an assembly.

        Raises:
            PlanNotFoundError: there is not exactly one.
        """
        found = [
            entry["data"]
            for file in sorted(assembly.glob("**/*.metadata.json"))
            for entries in json.loads(file.read_text()).values()
            for entry in entries
            if entry["type"] == _KIND
        ]
        if len(found) != 1:
            raise PlanNotFoundError(f"there are {len(found)} failover plans in {assembly}, not one")
        return cls.of(found[0])

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Plan":
        """The plan from its data."""
        steps = [
            Step(what=each["what"], seconds=each["seconds"], arithmetic=each["arithmetic"])
            for each in data["recovery_time"]["steps"]
        ]
        return cls(
            name=data["name"], steps=steps, recovery_point=data.get("recovery_point", {}).get("seconds")
        )
