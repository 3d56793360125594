"""Results of AWS Lambda Power Tuning: what a function costs and how long it takes with each memory.

https://github.com/alexcasalboni/aws-lambda-power-tuning#state-machine-output
"""

import base64
import json
import math
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from constructs_lib.review.unusable import UnusableError

__all__ = ["PowerTuning", "TunedMemory"]

_WRAPPERS: Final = ("results", "output", "analysis")
"""What the result stands in: in the README, of ``describe-execution``, within the state machine."""
_COST_WEIGHT: Final = 0.5
"""The tool's own weight of cost against time in what it calls balanced."""


@dataclass(frozen=True, kw_only=True)
class TunedMemory:
    """What was measured with one memory size.

    Attributes:
        megabytes: the memory.
        usd: of one invocation on average, its request left out.
        milliseconds: of one invocation on average.
    """

    megabytes: int
    usd: float
    milliseconds: float


@dataclass(frozen=True, kw_only=True)
class PowerTuning:
    """The result of a tuning."""

    measured: Sequence[TunedMemory]

    @property
    def cheapest(self) -> TunedMemory:
        """The cheapest; of two, the faster."""
        return min(self.measured, key=lambda each: (each.usd, each.milliseconds))

    @property
    def fastest(self) -> TunedMemory:
        """The fastest; of two, the cheaper."""
        return min(self.measured, key=lambda each: (each.milliseconds, each.usd))

    @property
    def balanced(self) -> TunedMemory:
        """The least mean of cost and time, each as a share of its largest: the tool's balanced strategy."""
        most_usd = max(each.usd for each in self.measured) or 1.0
        longest = max(each.milliseconds for each in self.measured)
        return min(
            self.measured,
            key=lambda each: (
                _COST_WEIGHT * each.usd / most_usd + (1 - _COST_WEIGHT) * each.milliseconds / longest
            ),
        )

    def of(self, megabytes: float) -> TunedMemory | None:
        """What was measured with a memory size; None where it was not."""
        return next((each for each in self.measured if each.megabytes == megabytes), None)

    @classmethod
    def read(cls, path: Path | str) -> "PowerTuning":
        """The output of the state machine, or what ``aws stepfunctions describe-execution`` printed of it.

        Without ``includeOutputResults`` the measurements are read from the address of its visualization.

        Raises:
            UnusableError: it cannot be used.
        """
        try:
            document = json.loads(Path(path).read_text(encoding="utf-8"))
            measured = _measured(_unwrapped(document))
        except (
            OSError,
            ValueError,
            TypeError,
            LookupError,
            OverflowError,
            RecursionError,
            struct.error,
        ) as error:
            raise UnusableError(
                f"{path} is no result of AWS Lambda Power Tuning: {' '.join(str(error).split())}. "
                "Give the output of its state machine."
            ) from error
        return cls(measured=measured)


def _unwrapped(document: Any) -> Mapping[str, Any]:
    while isinstance(document, Mapping):
        inner = next((document[each] for each in _WRAPPERS if each in document), None)
        if inner is None:
            return document
        document = json.loads(inner) if isinstance(inner, str) else inner
    raise TypeError("it is not an object")


def _measured(result: Mapping[str, Any]) -> list[TunedMemory]:
    if "stats" in result:
        rows = [(each["value"], each["averagePrice"], each["averageDuration"]) for each in result["stats"]]
    else:
        rows = _drawn(result["stateMachine"]["visualization"])
    found = [
        TunedMemory(megabytes=int(megabytes), usd=float(usd), milliseconds=float(milliseconds))
        for megabytes, usd, milliseconds in rows
        if milliseconds  # the tool leaves out what it got no result of
    ]
    if not found:
        raise ValueError("it has no measurements")
    for each in found:
        if each.megabytes <= 0 or not 0 <= each.usd < math.inf or not 0 < each.milliseconds < math.inf:
            raise ValueError(f"{each.megabytes} MB cannot have cost {each.usd} in {each.milliseconds} ms")
    return sorted(found, key=lambda each: each.megabytes)


def _drawn(address: str) -> list[tuple[float, float, float]]:
    """What lies in an address behind ``#``: memories as 16-bit integers, times and costs as 32-bit floats."""
    sizes, times, costs = (base64.b64decode(part) for part in address.partition("#")[2].split(";"))
    count = len(sizes) // struct.calcsize("<h")
    return list(
        zip(
            struct.unpack(f"<{count}h", sizes),
            struct.unpack(f"<{count}f", costs),
            struct.unpack(f"<{count}f", times),
            strict=True,
        )
    )
