"""States over time in so many columns."""

import math
from collections.abc import Sequence
from itertools import groupby

from constructs_lib.replay.evaluation import State
from constructs_lib.replay.output.histories import Interval

__all__ = ["columns_of", "simplified"]


def columns_of(intervals: Sequence[Interval], columns: int) -> list[State]:
    """The state that each of so many parts of the time has: ALARM where it is in it at all, else its last one."""
    start, end = intervals[0].start, intervals[-1].end
    each_lasts = (end - start) / columns or 1.0
    states: list[State] = ["INSUFFICIENT_DATA"] * columns
    for interval in intervals:
        first = int((interval.start - start) / each_lasts)
        last = math.ceil((interval.end - start) / each_lasts)
        for index in range(first, min(last, columns)):
            if states[index] != "ALARM":
                states[index] = interval.state
    return states


def simplified(intervals: Sequence[Interval], columns: int) -> Sequence[Interval]:
    """`intervals`, or where there are more of them than columns what `columns_of` says of each."""
    if len(intervals) <= columns:
        return intervals
    start, end = intervals[0].start, intervals[-1].end
    states = columns_of(intervals, columns)
    found: list[Interval] = []
    at = 0
    for state, same in groupby(states):
        since, at = at, at + len(list(same))
        edges = (start + (end - start) * place / columns for place in (since, at))
        found.append(Interval(start=next(edges), end=next(edges), state=state))
    return found
