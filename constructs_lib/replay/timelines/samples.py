"""The samples of many periods in two flat arrays: what percentiles and trimmed statistics are computed from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Floats", "Integers", "Samples"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Samples:
    """Sorted, weighted samples per period.

    Attributes:
        offsets: one more than there are periods; period i has `values[offsets[i]:offsets[i + 1]]`.
        values: ascending within each period.
        weights: how many observations each value stands for.
    """

    offsets: Integers
    values: Floats
    weights: Floats

    @classmethod
    def none(cls, periods: int) -> "Samples":
        """No sample in any of so many periods."""
        return cls(np.zeros(periods + 1, dtype=np.int64), np.empty(0), np.empty(0))

    @classmethod
    def gathered(cls, periods: int, rows: Integers, values: Floats, weights: Floats) -> "Samples":
        """Samples in any order: `rows` says which period each belongs to."""
        order = np.lexsort((values, rows))
        lengths = np.bincount(rows, minlength=periods)
        return cls(_offsets(lengths), values[order], weights[order])

    @property
    def lengths(self) -> Integers:
        """How many values each period keeps."""
        return np.diff(self.offsets)

    @property
    def rows(self) -> Integers:
        """The period of each value."""
        return np.repeat(np.arange(len(self.offsets) - 1), self.lengths)

    def between(self, first: int, last: int) -> "Samples":
        """Those of periods `first` up to, but without, `last`."""
        low, high = int(self.offsets[first]), int(self.offsets[last])
        return Samples(self.offsets[first : last + 1] - low, self.values[low:high], self.weights[low:high])

    def kept(self, which: npt.NDArray[np.bool_]) -> "Samples":
        """Only those of the periods that `which` says."""
        inside = np.repeat(which, self.lengths)
        return Samples(_offsets(np.where(which, self.lengths, 0)), self.values[inside], self.weights[inside])

    def padded(self, before: int, after: int) -> "Samples":
        """With so many empty periods before and after."""
        return Samples(np.pad(self.offsets, (before, after), mode="edge"), self.values, self.weights)

    @classmethod
    def together(cls, parts: Sequence["Samples"]) -> "Samples":
        """The samples of several over the same periods."""
        values, weights, rows = (
            np.concatenate([getattr(part, name) for part in parts]) for name in ("values", "weights", "rows")
        )
        return cls.gathered(len(parts[0].offsets) - 1, rows, values, weights)


def _offsets(lengths: npt.NDArray[np.intp]) -> Integers:
    return np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
