"""Which threshold and how many datapoints would have rung in the incidents of a timeline, and seldom besides.

What an alarm saw does not depend on its threshold, so that other ones are tried on the same values.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from constructs_lib.replay.evaluation import EXTRA_DATAPOINTS
from constructs_lib.replay.metric_states import Seen
from constructs_lib.replay.outcomes import ALARM, INSUFFICIENT, MISSING, Codes, breaching, outcomes, settled
from constructs_lib.replay.statistics import Floats
from constructs_lib.replay.windows import ranges

__all__ = ["Limits", "Score", "Settings", "Trial", "best_of"]

_QUANTILES_WITHIN: Final = (0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1.0)
_QUANTILES_OUTSIDE: Final = (0.9, 0.99, 0.999, 1.0)
_DIGITS: Final = 2
"""Significant digits of thresholds that are tried: people have to remember them."""
_MOST_BREACHING: Final = 0.2
"""A threshold that more of the normal datapoints breach is none."""
_CHANCE: Final = 0.5
"""An incident in whose time an alarm would go to ALARM so often anyway is not caught by it, but met by chance."""
_MARGIN: Final = 0.1
"""How far from the usual value, as a part of its distance, a threshold may move without a change in what it does."""


@dataclass(frozen=True, order=True)
class Settings:
    """When an alarm rings.

    Attributes:
        threshold: with what it compares.
        needed: datapoints to alarm.
        periods: evaluation periods.
    """

    threshold: float
    needed: int
    periods: int


@dataclass(frozen=True)
class Score:
    """What settings come to on a timeline.

    Attributes:
        caught: by its place among the incidents, in how many seconds one was detected, not counting chance.
        false: how often the alarm went to ALARM where there was no incident.
    """

    caught: dict[int, float]
    false: int

    @property
    def time_to_detect(self) -> float:
        """The mean of the seconds; 0 where nothing was detected."""
        return sum(self.caught.values()) / len(self.caught) if self.caught else 0.0


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What is looked for.

    Attributes:
        most_periods: evaluation periods to try; what the alarm has is tried too.
        most_false: how often an alarm may ring falsely in all of the timeline so as to catch more than now.
        within: seconds in which an incident has to be detected; infinite for as long as it lasts.
        may_miss: whether settings may catch less than now.
    """

    most_periods: int
    most_false: float
    within: float
    may_miss: bool


class Trial:
    """Tries settings for one alarm."""

    def __init__(self, seen: Seen, incidents: Sequence[tuple[float, float]], within: float) -> None:
        """Prepare the values that the alarm saw.

        Args:
            seen: what it saw.
            incidents: start and end of each, in seconds since 1970.
            within: seconds in which an incident has to be detected.
        """
        self.seen = seen
        self._incidents = incidents
        self._within = within
        self._values, self._moments = seen.values, seen.moments
        self._width = round(seen.alarm.period / float(seen.moments[1] - seen.moments[0]))
        self.inside = np.zeros(len(self._moments), dtype=bool)
        for start, end in incidents:
            self.inside |= (self._moments > start) & (self._moments <= end + self._echo(seen.alarm.periods))
        self._normal = max(1, int((~self.inside).sum())) * float(seen.moments[1] - seen.moments[0])

    @property
    def now(self) -> Settings:
        """What the alarm has."""
        alarm = self.seen.alarm
        return Settings(float(alarm.threshold or 0.0), alarm.needed, alarm.periods)

    def score_now(self) -> Score:
        """What it comes to, as it was replayed."""
        before = np.concatenate([[INSUFFICIENT], self.seen.states[:-1]])
        rings = self._moments[(self.seen.states == ALARM) & (before != ALARM)]
        return self._score(rings, self.seen.alarm.periods)

    def scores(self, threshold: float, shapes: Sequence[tuple[int, int]]) -> Iterator[tuple[Settings, Score]]:
        """What datapoints to alarm and evaluation periods come to with one threshold."""
        alarm = self.seen.alarm
        found = breaching(alarm.operator, self._values, threshold)
        for periods in sorted({periods for _, periods in shapes}):
            length = periods + EXTRA_DATAPOINTS
            rows = self._changing(found, length)
            seen = ranges(found, rows, width=self._width, length=length, missing=MISSING)
            for needed in (needed for needed, each in shapes if each == periods):
                codes = outcomes(seen, periods=periods, needed=needed, treatment=alarm.treatment)
                states = settled(codes)
                before = np.concatenate([[INSUFFICIENT], states[:-1]])
                rings = self._moments[rows[(states == ALARM) & (before != ALARM)]]
                yield Settings(threshold, needed, periods), self._score(rings, periods)

    def thresholds(self) -> list[float]:
        """Those that are worth a try, from the values within the incidents and outside."""
        present = ~np.isnan(self._values)
        within, outside = self._values[self.inside & present], self._values[~self.inside & present]
        candidates = {self.now.threshold}
        for values, quantiles in ((within, _QUANTILES_WITHIN), (outside, _QUANTILES_OUTSIDE)):
            if len(values):
                high = np.quantile(values, self._extremes(quantiles), method="inverted_cdf")
                candidates |= {_rounded(each) for each in np.atleast_1d(high)}
        if len(outside) and len(within):
            # Between what is normal and what is not: as far from the one as from the other.
            edge = float(outside.min() if self._falling else outside.max())
            candidates |= {_rounded((edge + each) / 2) for each in sorted(candidates)}
        codes = {each: breaching(self.seen.alarm.operator, outside, each) for each in candidates}
        return sorted(
            each
            for each, found in codes.items()
            if each == self.now.threshold or not len(found) or (found == 1).mean() <= _MOST_BREACHING
        )

    def moved(self, threshold: float, *, stricter: bool) -> float:
        """`threshold` a margin further from what is usual, or nearer to it."""
        outside = self._values[~self.inside & ~np.isnan(self._values)]
        usual = float(np.median(outside)) if len(outside) else 0.0
        margin = _MARGIN * (threshold - usual)
        if not (outside % 1).any():  # counts: there is nothing between one and the next
            margin = float(np.trunc(margin))
        return threshold + margin if stricter else threshold - margin

    @property
    def _falling(self) -> bool:
        return self.seen.alarm.operator.startswith("LessThan")

    def _extremes(self, quantiles: Sequence[float]) -> list[float]:
        return [1 - each for each in quantiles] if self._falling else list(quantiles)

    def _changing(self, found: Codes, length: int) -> NDArray[np.int64]:
        """The evaluations that see other datapoints than the one before; all others change nothing."""
        changes = np.flatnonzero(np.concatenate([[True], found[1:] != found[:-1]]))
        rows = (changes[:, None] + self._width * np.arange(length)).ravel()
        # What lies before the timeline is missing; until all of the range lies in it, each evaluation is another one.
        first = np.arange(min(len(found), self._width * length))
        return np.unique(np.concatenate([first, rows[rows < len(found)]]))

    def _score(self, rings: Floats, periods: int) -> Score:
        caught: dict[int, float] = {}
        false = np.ones(len(rings), dtype=bool)
        for start, end in self._incidents:
            false &= ~((rings >= start) & (rings <= end + self._echo(periods)))
        often = false.sum() / self._normal
        for index, (start, end) in enumerate(self._incidents):
            own = rings[(rings >= start) & (rings <= end)]
            if len(own) and own[0] - start <= self._within and often * (end - start) < _CHANCE:
                caught[index] = float(own[0] - start)
        return Score(caught, int(false.sum()))

    def _echo(self, periods: int) -> float:
        """How long after an incident an alarm still looks at it."""
        return float(self.seen.alarm.period * periods)


def best_of(trial: Trial, limits: Limits) -> tuple[Settings, Score] | None:
    """Settings that catch more than now, or as much with fewer false rings; None where there are none.

    Nobody knows what an alarm is for that catches nothing: it is advised to ring less only where it catches something.
    Of those that catch the most, the ones that ring falsely least often; of these the ones that ring first; of these
    the ones that are the least change.
    """
    now, score = trial.now, trial.score_now()
    shapes = _shapes(now, trial.seen.alarm.period, limits.most_periods)
    found = [
        (settings, each)
        for threshold in trial.thresholds()
        for settings, each in trial.scores(threshold, shapes)
        if settings != now and _better(each, score, limits)
    ]
    found.sort(
        key=lambda each: (
            -len(each[1].caught),
            each[1].false,
            each[1].time_to_detect,
            _change(each[0], now),
            each[0],
        )
    )
    return next((each for each in found if _holds(trial, each, score, limits)), None)


def _shapes(now: Settings, period: int, most_periods: int) -> list[tuple[int, int]]:
    """Datapoints to alarm and evaluation periods to try: not more than a day, from where on CloudWatch looks hourly."""
    most = max(1, min(most_periods, 86_400 // period))
    shapes = {(needed, periods) for periods in range(1, most + 1) for needed in range(1, periods + 1)}
    return sorted(
        shapes | {(needed, now.periods) for needed in (*range(1, min(most, now.periods) + 1), now.needed)}
    )


def _better(score: Score, now: Score, limits: Limits) -> bool:
    missed = now.caught.keys() - score.caught.keys()
    if missed and not limits.may_miss:
        return False
    if len(score.caught) > len(now.caught):
        return score.false <= max(now.false, limits.most_false)
    return bool(score.caught) and score.false < now.false


def _holds(trial: Trial, found: tuple[Settings, Score], now: Score, limits: Limits) -> bool:
    """Whether it is so with a slightly other threshold too, and not by chance."""
    settings, score = found
    shape = [(settings.needed, settings.periods)]
    ((_, strict),) = trial.scores(trial.moved(settings.threshold, stricter=True), shape)
    ((_, loose),) = trial.scores(trial.moved(settings.threshold, stricter=False), shape)
    return not score.caught.keys() - strict.caught.keys() and (
        loose.false <= max(now.false, limits.most_false)
        if len(score.caught) > len(now.caught)
        else loose.false < now.false
    )


def _change(settings: Settings, now: Settings) -> tuple[int, float]:
    """How many values are others, and how far they are from what they were."""
    pairs = [
        (settings.threshold, now.threshold),
        (settings.needed, now.needed),
        (settings.periods, now.periods),
    ]
    distances = [abs(one - other) / max(abs(one), abs(other), 1e-12) for one, other in pairs]
    return sum(map(bool, distances)), sum(distances)


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")
