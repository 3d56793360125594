"""Plain values of many periods as compact arrays."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Real

import numpy as np
import numpy.typing as npt

from constructs_lib.replay.timelines.errors import TimelineError, shown
from constructs_lib.replay.timelines.samples import Floats, Samples

__all__ = ["LARGEST", "Packed", "from_samples", "pack"]

LARGEST = 2.0**360
"""CloudWatch takes values from -2^360 to 2^360, and neither NaN nor infinity
(https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html)."""

_STATISTICS = ("count", "sum", "minimum", "maximum")
_KEYS = frozenset({*_STATISTICS, "samples", "weights"})
_WHAT = "Give null, a number, a list of numbers, or an object with count, sum, minimum and maximum"
_TOLERANCE = 1e-6  # of what was rounded when it was written


@dataclass(frozen=True, eq=False)
class Packed:
    """What a series has for each of its periods; see MetricSeries."""

    count: Floats
    sum: Floats
    minimum: Floats
    maximum: Floats
    samples: Samples

    @classmethod
    def single(cls, values: Floats) -> "Packed":
        """One sample a period; none where it is NaN."""
        present = np.where(np.isnan(values), 0.0, 1.0)
        return cls(present, values, values, values, Samples.none(len(values)))

    def without(self, missing: npt.NDArray[np.bool_]) -> "Packed":
        """The same with no datapoint in some periods."""
        least, most, total = (
            np.where(missing, np.nan, array) for array in (self.minimum, self.maximum, self.sum)
        )
        return Packed(np.where(missing, 0.0, self.count), total, least, most, self.samples.kept(~missing))


def pack(values: object) -> Packed:
    """The values of many periods; MetricSeries.of says what one may be.

    Raises:
        TimelineError: one of them is something else.
    """
    if isinstance(values, np.ndarray):
        values = values.tolist()
    if not isinstance(values, Sequence) or isinstance(values, (str, bytes)):
        raise TimelineError(f"values is {shown(values)}, not a list. Give one value a period.")
    if set(map(type, values)) <= {int, float, type(None)}:
        return Packed.single(_numbers(values))
    return _packed_mixed(values)


def from_samples(samples: Samples) -> Packed:
    """What samples add up to; those of a period that are all the same are not kept."""
    periods = len(samples.offsets) - 1
    present = samples.lengths > 0
    firsts, lasts = samples.offsets[:-1][present], samples.offsets[1:][present] - 1
    minimum, maximum = np.full(periods, np.nan), np.full(periods, np.nan)
    minimum[present], maximum[present] = samples.values[firsts], samples.values[lasts]
    rows = samples.rows
    count = np.bincount(rows, samples.weights, minlength=periods).astype(np.float64)
    total = np.bincount(rows, samples.weights * samples.values, minlength=periods).astype(np.float64)
    total[~present] = np.nan
    return Packed(count, total, minimum, maximum, samples.kept(minimum < maximum))


def _numbers(values: Sequence[float | None]) -> Floats:
    try:
        numbers = np.array(values, dtype=np.float64)
    except OverflowError:
        numbers = np.array([math.inf])
    usable = np.isnan(numbers) | (np.abs(numbers) <= LARGEST)
    if not usable.all() or np.isnan(numbers).sum() != sum(value is None for value in values):
        index = next(i for i, value in enumerate(values) if value is not None and not _is_number(value))
        raise TimelineError(f"values[{index}] is {shown(values[index])}. {_WHAT}; no number beyond 2^360.")
    return numbers


def _packed_mixed(values: Sequence[object]) -> Packed:
    periods = len(values)
    sets = np.full((len(_STATISTICS), periods), np.nan)
    rows: list[int] = []
    kept: list[float] = []
    weights: list[float] = []
    for index, value in enumerate(values):
        found = _samples_of(value, index)
        if isinstance(value, Mapping):
            sets[:, index] = _statistic_set(value, found, index)
        kept += [number for number, _ in found]
        weights += [weight for _, weight in found]
        rows += [index] * len(found)
    samples = Samples.gathered(periods, np.array(rows, dtype=np.int64), np.array(kept), np.array(weights))
    packed = from_samples(samples)
    stated = np.array([isinstance(value, Mapping) for value in values], dtype=bool)
    count, total, least, most = (
        np.where(stated, told, getattr(packed, name)) for name, told in zip(_STATISTICS, sets, strict=True)
    )
    return Packed(count, total, least, most, packed.samples)


def _samples_of(value: object, index: int) -> list[tuple[float, float]]:
    if value is None:
        return []
    if _is_number(value):
        return [(float(value), 1.0)]  # type: ignore[arg-type] # a number, as just asked
    samples = value.get("samples", []) if isinstance(value, Mapping) else value
    weights = value.get("weights") if isinstance(value, Mapping) else None
    if not isinstance(samples, (list, tuple)) or not all(map(_is_number, samples)):
        raise TimelineError(f"values[{index}] is {shown(value)}. {_WHAT}.")
    if weights is None:
        weights = [1.0] * len(samples)
    if not isinstance(weights, (list, tuple)) or len(weights) != len(samples):
        raise TimelineError(f"values[{index}] has not as many weights as samples. Give each sample one.")
    if not all(_is_number(weight) and weight > 0 for weight in weights):
        raise TimelineError(f"values[{index}] has weights {shown(weights)}. Give numbers above 0.")
    return [(float(number), float(weight)) for number, weight in zip(samples, weights, strict=True)]


def _statistic_set(
    value: Mapping[str, object], samples: list[tuple[float, float]], index: int
) -> list[float]:
    place = f"values[{index}]"
    if unknown := sorted(set(value) - _KEYS, key=str):
        raise TimelineError(
            f"{place} has {shown(unknown[0])}, which is no key. Know {', '.join(sorted(_KEYS))}."
        )
    told = _told(samples)
    for name in _STATISTICS:
        if name in value:
            told[name] = _number(value[name], f"{place} has {name}")
    count, total, least, most = (told[name] for name in _STATISTICS)
    if count <= 0 or least > most:
        raise TimelineError(
            f"{place} is {shown(value)}. Give a count above 0 and a minimum up to the maximum."
        )
    if samples:
        weight = sum(each for _, each in samples)
        if not math.isclose(weight, count, rel_tol=_TOLERANCE):
            raise TimelineError(
                f"{place} counts {count:g} samples of weight {weight:g}. Let them be the same."
            )
    return [count, total, least, most]


def _told(samples: list[tuple[float, float]]) -> dict[str, float]:
    if not samples:
        return dict.fromkeys(_STATISTICS, math.nan)
    numbers = [number for number, _ in samples]
    count = sum(weight for _, weight in samples)
    total = sum(number * weight for number, weight in samples)
    return {"count": count, "sum": total, "minimum": min(numbers), "maximum": max(numbers)}


def _number(value: object, place: str) -> float:
    if not _is_number(value):
        raise TimelineError(f"{place} {shown(value)}. Give a number.")
    return float(value)  # type: ignore[arg-type] # a number, as just asked


def _is_number(value: object) -> bool:
    if not isinstance(value, Real) or isinstance(value, bool):
        return False
    try:
        return abs(float(value)) <= LARGEST
    except OverflowError:
        return False
