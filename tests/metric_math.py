"""What an alarm's expression makes of its metrics, by the evaluator of replay and the local cloud."""

from collections.abc import Mapping

from constructs_lib.replay.compared import QUOTAS
from constructs_lib.replay.expressions.metric_math import compute_series, parse
from tests.replay.metric_frames import Datapoints, frame, listed

Series = list[float | None]


def compute(expression: str, series: Mapping[str, Datapoints]) -> Series:
    """The datapoints of an expression over equally long series, in which None is a datapoint that is missing."""
    quotas = dict.fromkeys(series, QUOTAS["ConcurrentExecutions"])
    return listed(compute_series(parse(expression), frame(series, quotas=quotas))[0])
